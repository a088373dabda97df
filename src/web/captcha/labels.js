// The page's names and descriptions for an element. They do not cross the shadow boundary by themselves.

/**
 * The text of a node without the text of the element, which a wrapping label contains.
 * @param {Node} node
 * @param {Element} without
 * @returns {string}
 */
function textOf(node, without) {
  if (node === without) return "";
  if (!node.contains(without)) return node.textContent ?? "";
  return [...node.childNodes].map((child) => textOf(child, without)).join("");
}

/**
 * @param {Iterable<Node | null | undefined>} nodes
 * @param {Element} without
 */
function join(nodes, without) {
  return [...nodes]
    .map((node) => (node ? textOf(node, without).replace(/\s+/g, " ").trim() : ""))
    .filter(Boolean)
    .join(" ");
}

/**
 * The text of the elements that an attribute names.
 * @param {Element} element
 * @param {string} attribute
 */
function named(element, attribute) {
  const ids = element.getAttribute(attribute)?.split(/\s+/).filter(Boolean) ?? [];
  const root = /** @type {Document | ShadowRoot} */ (element.getRootNode());
  return join(
    ids.map((id) => root.getElementById?.(id)),
    element,
  );
}

/**
 * The name that the page gives to the element; empty if there is none.
 * @param {HTMLElement} element
 * @param {ElementInternals} internals
 */
export function labelOf(element, internals) {
  return (
    named(element, "aria-labelledby") ||
    join(internals.labels ?? [], element) ||
    (element.getAttribute("aria-label") ?? "").trim()
  );
}

/** @param {HTMLElement} element */
export function descriptionOf(element) {
  return named(element, "aria-describedby");
}
