// What <sori-share> finds out about the page and the element.

// The controls of a form and the named elements of a document hide properties of the same names: `form.lang` may be a
// control. The accessors of the prototypes are never hidden.
const { querySelector } = globalThis.Document?.prototype ?? {};
const { getAttribute } = globalThis.Element?.prototype ?? {};
/** @param {string} name */
const read = (name) => Reflect.get(Document.prototype, name, document);
const documentUrl = () => read("URL").split("#")[0];

/** @typedef {{ value: string | null | undefined, at: string }} Found */

/**
 * The page's metadata, and the address of the document when the metadata was first read.
 * @type {Map<string, Found>}
 */
const known = new Map();

/** @param {string} selector @param {string} name @returns {Found} */
function find(selector, name) {
  const value = querySelector.call(document, selector)?.getAttribute(name);
  const before = known.get(selector);
  if (before && before.value === value) return before;
  const here = documentUrl();
  // The first metadata belongs to the address that the document was loaded from.
  const loaded = () => performance.getEntriesByType?.("navigation")[0]?.name.split("#")[0] ?? here;
  const found = { value, at: before ? here : loaded() };
  known.set(selector, found);
  return found;
}

const canonical = () => find("head link[rel~=canonical i][href]:not([href=''])", "href");
const openGraphUrl = () => find("meta[property='og:url' i]", "content");

/** Path and query of a URL, with a mark after the path and after each parameter. @param {string} url */
const path = (url) => url.replace(/^\w+:\/\/[^/]*|#.*/g, "").replace(/[?&]|$/g, "?");

/**
 * The value, if it is of the page that is shown. A single-page application changes the address and not always the head, and
 * URL and title must be of one page. So metadata counts if it was read first at the present address, or together with a
 * canonical link (else an `og:url`) that names the present address. That name has the same path, perhaps of another host,
 * and a part of the same query. This rule is not in Rust because it would take 320 bytes more there.
 * @param {Found} found
 */
function current({ value, at }) {
  const here = documentUrl();
  const name = canonical().value ? canonical() : openGraphUrl();
  return at === here || (at === name.at && path(here).startsWith(path(resolve(name.value)))) ? value : "";
}

/** The nearest `lang`, also outside shadow roots; otherwise the browser's language. @param {Element} element */
function language(element) {
  for (let node = element; ; ) {
    const holder = node.closest("[lang]:not([lang=''])");
    if (holder) return getAttribute.call(holder, "lang");
    const root = node.getRootNode();
    if (!(root instanceof ShadowRoot)) return navigator.language;
    node = root.host;
  }
}

/**
 * A URL as the standard serialises it. What is not a URL becomes one that nobody can share.
 * @param {string | null | undefined} text
 */
function resolve(text) {
  if (!text?.trim()) return "";
  try {
    return new URL(text, Reflect.get(Node.prototype, "baseURI", document)).href;
  } catch {
    return "about:invalid";
  }
}

/**
 * @param {Element} element
 * @param {import("./boundary.d.ts").Fact} name
 * @returns {string | null | undefined}
 */
function text(element, name) {
  switch (name) {
    case "url":
      return resolve(element.getAttribute("url"));
    case "canonicalUrl":
      return resolve(current(canonical()));
    case "openGraphUrl":
      return resolve(current(openGraphUrl()));
    case "documentUrl":
      return documentUrl();
    case "shareTitle":
      return element.getAttribute("share-title");
    case "openGraphTitle":
      return current(find("meta[property='og:title' i]", "content"));
    case "documentTitle":
      return read("title");
    case "language":
      return language(element);
    default:
      return element.getAttribute(name);
  }
}

/**
 * Empty if the page says nothing, or only white space.
 * @param {Element} element
 * @param {import("./boundary.d.ts").Fact} name
 */
export function fact(element, name) {
  const found = text(element, name);
  return found?.trim() ? found : "";
}
