// What <sori-share> finds out about the page and the element.

// The controls of a form and the named elements of a document hide properties of the same names: `form.lang` may be a
// control. The accessors of the prototypes are never hidden.
const { querySelector } = globalThis.Document?.prototype ?? {};
const { getAttribute } = globalThis.Element?.prototype ?? {};
/** @param {string} name */
const read = (name) => Reflect.get(Document.prototype, name, document);
const documentUrl = () => read("URL").split("#")[0];

/**
 * The page's metadata, and the address of the document when the metadata was first read.
 * @type {Map<string, { value: string | null | undefined, at: string }>}
 */
const known = new Map();

/**
 * The metadata in the page's head. It is not used once the address has changed and the metadata has not: a single-page
 * application that does not update its head would otherwise share this page's title with another page's URL.
 * @param {string} selector
 * @param {string} name
 */
function metadata(selector, name) {
  const value = querySelector.call(document, selector)?.getAttribute(name);
  const here = documentUrl();
  // The first metadata belongs to the address that the document was loaded from.
  const loaded = () => performance.getEntriesByType?.("navigation")[0]?.name.split("#")[0] ?? here;
  const before = known.get(selector);
  if (!before) known.set(selector, { value, at: loaded() });
  else if (before.value !== value) known.set(selector, { value, at: here });
  return known.get(selector)?.at === here ? value : undefined;
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
      return resolve(metadata("link[rel~=canonical i]", "href"));
    case "openGraphUrl":
      return resolve(metadata("meta[property='og:url' i]", "content"));
    case "documentUrl":
      return documentUrl();
    case "shareTitle":
      return element.getAttribute("share-title");
    case "openGraphTitle":
      return metadata("meta[property='og:title' i]", "content");
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
