// What the page and the device around an element are like.

/** Whether the device seems to have no keyboard, so that the texts name no keyboard keys. */
export function isCoarse() {
  // A device without any pointer is operated with keys.
  return matchMedia("(any-pointer: coarse)").matches && !matchMedia("(any-pointer: fine)").matches;
}

/** What gives a link or a button a name without a text. */
const NAMED = "[aria-label],img[alt],input";

/** Whether the page offers an alternative. @param {Element} element */
export function hasWay(element) {
  // A component may pass its own slot on.
  const nodes = [...element.childNodes].flatMap((node) =>
    node instanceof HTMLSlotElement ? node.assignedNodes({ flatten: true }) : node,
  );
  return nodes.some((node) => {
    if (node.textContent?.trim()) return /** @type {Element} */ (node).slot !== "notice";
    return node instanceof Element && (node.matches(NAMED) || !!node.querySelector(NAMED));
  });
}

/**
 * A form's first submit button, in document order. `form.elements` lacks `<input type=image>`, so the whole tree is searched.
 * @param {HTMLFormElement} form
 */
export function defaultButton(form) {
  const root = /** @type {ParentNode} */ (/** @type {unknown} */ (Node.prototype.getRootNode.call(form)));
  const buttons = root.querySelectorAll("button,input");
  return /** @type {HTMLButtonElement[]} */ ([...buttons]).find(
    (button) => button.form === form && /^(submit|image)$/.test(button.type),
  );
}
