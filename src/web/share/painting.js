// What <sori-share> shows.

/**
 * The accessible name that we gave to a link in the light DOM, and the author's own, from which we made it.
 * @type {WeakMap<Element, [string, string | null | undefined]>}
 */
const names = new WeakMap();

/** @param {Element} target @param {string} name @param {string | null | undefined | false} value */
export function set(target, name, value) {
  if (value) target.setAttribute(name, value);
  else target.removeAttribute(name);
}

/** The attributes that links and buttons had before they were disabled. @type {WeakMap<Element, [string, string | null][]>} */
const before = new WeakMap();

/**
 * Disables a link or a button, or gives it back the attributes that the author wrote.
 * @param {Element} target
 * @param {Record<string, string>} [marks] The attributes of a disabled one.
 */
function disable(target, marks) {
  const own = before.get(target) ?? Object.keys(marks ?? {}).map((name) => [name, target.getAttribute(name)]);
  for (const [name, value] of marks ? Object.entries(marks) : own) set(target, name, value);
  if (marks) before.set(target, own);
  else before.delete(target);
}

/**
 * Makes the page's own link open a tab, and says so in its accessible name. The name is the author's label, or the
 * text, or ours, followed by the hint. A label that we set earlier does not count as the author's.
 * @param {HTMLAnchorElement} link
 * @param {string} caption
 * @param {string} hint
 */
function adopt(link, caption, hint) {
  const label = link.getAttribute("aria-label");
  let [ours, own] = /** @type {any[]} */ (names.get(link) ?? []);
  if (label !== ours) own = label;
  ours = own || link.textContent.trim() || link.querySelector("[alt]")?.getAttribute("alt") || caption;
  if (!ours.includes(hint.slice(1, -1))) ours += ` ${hint}`;
  names.set(link, [ours, own]);
  set(link, "aria-label", ours);
  link.target = "_blank";
  link.relList.add("noopener", "noreferrer");
}

/**
 * @typedef {object} View
 * @property {string} look
 * @property {string} language
 * @property {string} href
 * @property {string} caption
 * @property {string} hint
 * @property {string} sheet
 * @property {string} copy
 * @property {string} address
 * @property {string} addressLabel
 * @property {string} explanation Why nothing can be shared.
 */

/** What an element shows. */
export class Painting {
  /** @type {View | undefined} What was painted last. */
  view;
  /** @type {HTMLAnchorElement} The page's own link, or ours. */
  link;

  /** @param {Element} element @param {import("./template.js").Tree} tree */
  constructor(element, tree) {
    this.element = element;
    this.tree = tree;
    this.link = tree.link;
  }

  /** @param {View} view */
  paint(view) {
    const { element, tree, view: last } = this;
    // A link of SVG has another interface, without a settable `target`.
    const link = /** @type {HTMLAnchorElement | null} */ (element.querySelector("a:not(svg a)")) ?? tree.link;
    if (link !== tree.link) adopt(link, view.caption, view.hint);
    const names = /** @type {(keyof View)[]} */ (Object.keys(view));
    // Painting the same text again would clear a selection.
    if (last && link === this.link && names.every((name) => view[name] === last[name])) return;
    const why = view.explanation;
    const disabled = why ? { "aria-disabled": "true", title: why } : undefined;
    if (link !== this.link) disable(this.link);
    // Without `href` it would not be a link, and the keyboard could not reach it.
    disable(link, disabled && { href: "", role: "link", tabindex: "0", ...disabled });
    disable(tree.sheet, disabled);
    disable(tree.copy, disabled);
    if (why !== (last?.explanation ?? "")) tree.status.textContent = why;
    this.view = view;
    this.link = link;
    tree.slot.hidden = link === tree.link;
    tree.link.hidden = link !== tree.link;
    tree.wrapper.lang = view.language;
    tree.wrapper.className = view.look;
    set(tree.link, "href", view.href);
    set(link, "href", view.href);
    tree.caption.textContent = view.caption;
    tree.hint.textContent = ` ${view.hint}`;
    tree.sheet.textContent = view.sheet;
    tree.sheet.hidden = !view.sheet;
    tree.copy.textContent = view.copy;
    tree.copy.hidden = !view.copy;
    tree.field.ariaLabel = view.addressLabel;
    tree.field.value = view.address;
    tree.field.hidden = !view.address;
  }
}
