// The `mirror` attribute: hidden inputs beside the element repeat its fields, for serialisers that know only native fields
// (jQuery's `serialize()`, rails-ujs).

/** @type {WeakMap<Element, HTMLInputElement[]>} */
const mirrors = new WeakMap();

/**
 * Makes the hidden inputs hold these fields. Without fields there are no hidden inputs.
 * @param {Element} element
 * @param {FormData} [data]
 */
export function mirror(element, data) {
  for (const input of mirrors.get(element) ?? []) input.remove();
  const form = element.getAttribute("form");
  const inputs = [...(data ?? [])].map(([name, value]) => {
    const input = /** @type {HTMLInputElement} */ (
      Document.prototype.createElement.call(element.ownerDocument, "input")
    );
    input.type = "hidden";
    input.name = name;
    input.value = `${value}`;
    // A copy of the page in Turbo's cache must not keep an old key.
    input.setAttribute("data-turbo-temporary", "");
    if (form !== null) input.setAttribute("form", form);
    return input;
  });
  mirrors.set(element, inputs);
  element.after(...inputs);
}

/** Whether the console has said that jQuery's `serialize()` and `serializeArray()` ignore custom elements. */
let told = false;

/** @param {Element} element */
export function warnOfSerialisers(element) {
  if (told || element.hasAttribute("mirror") || !(/** @type {any} */ (globalThis).jQuery)) return;
  told = true;
  console.info(
    "sori-captcha: jQuery's serialize() sends native fields only; send new FormData(form), or set the attribute mirror (help: troubleshooting#jquery)",
    element,
  );
}
