// What <sori-share> shows.

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

/** What `suggest` wrote. @type {WeakMap<Element, Record<string, string | false>>} */
const suggested = new WeakMap();

/** Sets an attribute unless the author has set it. @param {Element} link @param {string} name @param {string | false} value */
function suggest(link, name, value) {
  const ours = suggested.get(link) ?? {};
  if (link.hasAttribute(name) && link.getAttribute(name) !== ours[name]) return;
  ours[name] = value;
  suggested.set(link, ours);
  set(link, name, value);
}

/**
 * Makes the page's own link open a tab, and says so in its description. The name stays the author's: a name that we made of the
 * text would contain what is hidden, lack what is an image, and so differ from what is seen (WCAG 2.5.3, Label in Name). Only a
 * link without a name gets ours.
 * @param {HTMLAnchorElement} link
 * @param {View} view
 */
function adopt(link, { caption, hint, explanation }) {
  const named =
    link.textContent.trim() || link.title || link.querySelector("[alt]:not([alt='']),[aria-label],[aria-labelledby]");
  suggest(link, "aria-label", !named && caption);
  // A description hides the one that the title gives.
  const opens = link.textContent.includes(hint.slice(1, -1)) ? "" : hint;
  suggest(link, "aria-description", explanation || `${link.title} ${opens}`.trim());
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
    const names = /** @type {(keyof View)[]} */ (Object.keys(view));
    // Painting the same text again would clear a selection.
    if (link !== this.link || names.some((name) => view[name] !== last?.[name])) this.repaint(view, link);
    if (link !== tree.link) adopt(link, view);
  }

  /** @param {View} view @param {HTMLAnchorElement} link */
  repaint(view, link) {
    const { tree, view: last } = this;
    const why = view.explanation;
    const disabled = why ? { "aria-disabled": "true", title: why } : undefined;
    if (link !== this.link) disable(this.link);
    // Without `href` it would not be a link, and the keyboard could not reach it.
    disable(link, disabled && { href: "", role: "link", tabindex: "0", ...disabled });
    disable(tree.sheet, disabled);
    disable(tree.copy, disabled);
    // What was said of another page is no longer true.
    if (view.href !== last?.href || why !== last.explanation) tree.status.textContent = why;
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
    // Firefox before 119 has no `ariaLabel`.
    set(tree.field, "aria-label", view.addressLabel);
    tree.field.value = view.address;
    tree.field.hidden = !view.address;
  }
}
