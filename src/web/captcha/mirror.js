// What `mirror` asks for: the element's fields once more as hidden inputs beside it, for serialisers that know only native
// fields (jQuery's `serialize()`, rails-ujs).

/** @type {WeakMap<Element, HTMLInputElement[]>} */
const mirrors = new WeakMap();

/**
 * The hidden inputs hold these fields from now on; without any there are none.
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
    if (form !== null) input.setAttribute("form", form);
    return input;
  });
  mirrors.set(element, inputs);
  element.after(...inputs);
}

/** jQuery's `serialize()` and `serializeArray()` know no custom element: told once, where jQuery is on the page. */
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
