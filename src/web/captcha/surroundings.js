// What the page and the device around an element are like.

/** Whether the device seems to have no keyboard, so that the texts name no keyboard keys. */
export function isCoarse() {
  // A device without any pointer is operated with keys.
  return matchMedia("(any-pointer: coarse)").matches && !matchMedia("(any-pointer: fine)").matches;
}

/** Whether the page offers an alternative. @param {Element} element */
export function hasWay(element) {
  return [...element.childNodes].some((node) =>
    node instanceof Element ? node.slot !== "notice" && !!node.textContent?.trim() : !!node.textContent?.trim(),
  );
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
