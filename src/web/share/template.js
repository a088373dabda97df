// The shadow tree of <sori-share>.

// The controls of a form and the named elements of a document hide properties of the same names: `form.lang` may be a
// control. The accessors of the prototypes are never hidden.
const { createElement } = globalThis.Document?.prototype ?? {};

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string>} attributes
 * @param {...Element} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
function node(tag, attributes = {}, ...children) {
  const made = createElement.call(document, tag);
  // `for…in` would add what a page adds to `Object.prototype`.
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return /** @type {any} */ (made);
}

/** @typedef {ReturnType<typeof tree>} Tree */

/** The elements of a new shadow tree. All of them are inside `wrapper`. */
export function tree() {
  const slot = node("slot");
  const icon = node("span", { part: "icon", "aria-hidden": "true" }, node("slot", { name: "icon" }, node("i")));
  const caption = node("span", { part: "text" });
  const hint = node("span", { class: "n", dir: "auto" });
  const link = node("a", { part: "link", target: "_blank", rel: "noopener noreferrer" }, icon, caption, hint);
  const sheet = node("button", { part: "native", type: "button" });
  const copy = node("button", { part: "copy", type: "button" });
  const field = node("input", { part: "url", readonly: "", dir: "ltr" });
  const status = node("span", { part: "status", role: "status", dir: "auto" });
  const wrapper = node("div", {}, slot, link, sheet, copy, field, status);
  return { wrapper, slot, link, caption, hint, sheet, copy, field, status };
}
