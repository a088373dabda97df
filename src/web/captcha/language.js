// The language of an element, and its texts.

/** @typedef {import("./boundary.d.ts").Message} Message */
/** @typedef {{ tag: string, texts: Record<string, string> }} Language */

/** Here the modules in locale/ put their languages. These modules share no scope with this one. */
const LANGUAGES = Symbol.for("sori-captcha.languages");
/** @type {Language[]} A page in an unknown language gets the last one. */
let inside = [];

/** @param {Language[]} languages */
export function setLanguages(languages) {
  inside = languages;
}

/** Whether the widget has a text of this name. @param {string} name */
export function isMessage(name) {
  return name in (inside.at(-1)?.texts ?? {});
}

/**
 * Language and script, because `zh-TW` is written in another script than `zh-Hans`. Empty if the text is no language tag.
 * @param {string} tag
 */
function spoken(tag) {
  try {
    const { language, script } = new Intl.Locale(tag.replaceAll("_", "-")).maximize();
    return `${language}-${script}`;
  } catch {
    return "";
  }
}

/**
 * The language of the nearest `lang`, also outside shadow roots; if the page has none, the browser's language.
 * @param {Element} element
 * @returns {Language}
 */
export function languageOf(element) {
  let lang = "";
  /** @type {any} */
  let node = element;
  // A control of a form may have the name of a property and hide it.
  for (; node && !lang; node = Reflect.get(Node.prototype, "parentNode", node) ?? node.host) {
    if (node.nodeType === 1) lang = Element.prototype.getAttribute.call(node, "lang") ?? "";
  }
  const wanted = spoken(lang || navigator.language);
  /** @type {Language[]} */
  const loaded = /** @type {any} */ (globalThis)[LANGUAGES] ?? [];
  return (
    (wanted && [...loaded, ...inside].find(({ tag }) => spoken(tag) === wanted)) ||
    /** @type {Language} */ (inside.at(-1))
  );
}

/**
 * The direction of the language's script. Only newer browsers have it in `Intl.Locale`.
 * @param {Language} language
 */
export function directionOf({ tag }) {
  return /-(Adlm|Arab|Hebr|Nkoo|Rohg|Syrc|Thaa)$/.test(spoken(tag)) ? "rtl" : "ltr";
}

/**
 * A text with its placeholders filled in. `names` says which texts `{play}` and `{way}` stand for at present. A placeholder with
 * the name of any other text becomes that text. Any other placeholder becomes the number. The page's own texts replace the texts
 * of the language; an empty text replaces nothing.
 * @param {Language} language
 * @param {Record<string, unknown> | null | undefined} own
 * @param {Record<string, string>} names
 * @param {string} message
 * @param {number} [number]
 */
export function say(language, own, names, message, number) {
  /** @param {string} name @returns {string | undefined} */
  const text = (name) => {
    const replaced = own?.[name];
    return (typeof replaced === "string" && replaced) || language.texts[name] || inside.at(-1)?.texts[name];
  };
  return (text(message) ?? "").replace(/\{(\w*)\}/g, (_, name) => text(names[name] ?? name) ?? `${number ?? ""}`);
}
