// In which language an element speaks, and what it says.

/** @typedef {import("./boundary.d.ts").Message} Message */
/** @typedef {{ tag: string, texts: Record<string, string> }} Language */

const everywhere = /** @type {any} */ (globalThis);
const LANGUAGES = Symbol.for("sori-captcha.languages");
everywhere[LANGUAGES] ??= [];
/** What the modules in locale/ have brought; they share no scope with this one. @type {Language[]} */
const loaded = everywhere[LANGUAGES];
/** @type {Language[]} The last one is what a page in an unknown language gets. */
let inside = [];

/** @param {Language[]} languages */
export function setLanguages(languages) {
  inside = languages;
}

/**
 * Language and script: `zh-TW` is written in another script than `zh-Hans`. Nothing for what is no tag.
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
 * The language of the nearest `lang`, through shadow roots; of a page that has none, the browser's.
 * @param {Element} element
 * @returns {Language}
 */
export function languageOf(element) {
  let lang = "";
  /** @type {any} */
  let node = element;
  // A control of the form's may be named as one of its properties.
  for (; node && !lang; node = Reflect.get(Node.prototype, "parentNode", node) ?? node.host) {
    if (node.nodeType === 1) lang = Element.prototype.getAttribute.call(node, "lang") ?? "";
  }
  const wanted = spoken(lang || navigator.language);
  return (
    (wanted && [...loaded, ...inside].find(({ tag }) => spoken(tag) === wanted)) ||
    /** @type {Language} */ (inside.at(-1))
  );
}

/**
 * The direction of the language's script. `Intl.Locale` tells it in newer browsers only.
 * @param {Language} language
 */
export function directionOf({ tag }) {
  return /-(Adlm|Arab|Hebr|Nkoo|Rohg|Syrc|Thaa)$/.test(spoken(tag)) ? "rtl" : "ltr";
}

/**
 * A text with its placeholders filled in: `names` says which text `{play}` and `{way}` stand for at present; the name of any other
 * text is that text; anything else is the number. The page's own texts stand over the language's; an empty one replaces nothing.
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
