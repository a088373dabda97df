// What the page says to an element and around it.
import { live } from "./instance.js";
import { ATTRIBUTES, LANGUAGE, MESSAGES, PAGE_HIDDEN, PAGE_RESTORED, SURROUNDINGS, UNIT } from "./protocol.js";

// What the modules in locale/ have brought; they share no scope with this one.
const languages = (globalThis[Symbol.for("sori-captcha.languages")] ??= []);
let attributes, texts, volume;

/** Takes the names of the observed attributes (of a boolean one, `name?`) and of the texts, in their order. */
export function watch_the_page(...names) {
  [attributes, texts] = names;
  for (const type of ["pagehide", "pageshow"]) {
    addEventListener(type, ({ persisted }) => {
      for (const { tell } of live) {
        if (type === "pagehide") tell(PAGE_HIDDEN);
        else if (persisted) tell(PAGE_RESTORED);
      }
    });
  }
  document.addEventListener("sori-language", () => live.forEach(look_around));
}

/** The values of the observed attributes; of a boolean one, whether it is there. */
export function read({ element, tell }) {
  const values = attributes.map((name) => (name.endsWith("?") ? element.hasAttribute(name.slice(0, -1)) || "" : element.getAttribute(name) ?? ""));
  tell(ATTRIBUTES, 0, values.join(UNIT));
}

/**
 * The nearest `lang`, through shadow roots; the text of the labels that the page gives the element, else
 * its `aria-label`; the text that its `aria-describedby` names. The latter two do not cross the shadow.
 * And whether the volume can be set: iOS reads back 1, whatever was set.
 */
export function look_around(self) {
  const { element, internals, tell } = self;
  let lang = "";
  for (let node = element; node && !lang; node = node.parentNode ?? node.host) lang = node.getAttribute?.("lang") ?? "";
  const text = (nodes) => nodes.map((node) => node?.textContent.trim()).filter(Boolean).join(" ");
  const label = text([...(internals.labels ?? [])]) || (element.ariaLabel ?? "");
  const ids = element.getAttribute("aria-describedby")?.split(/\s+/) ?? [];
  if (volume === undefined) {
    const probe = new Audio();
    probe.volume = 0.5;
    volume = probe.volume === 0.5 || "";
  }
  const description = text(ids.map((id) => element.getRootNode().getElementById(id)));
  tell(SURROUNDINGS, 0, [lang, label, description, volume].join(UNIT));
  const language = languages.find(({ tag }) => spoken(tag) && spoken(tag) === spoken(lang));
  if (language !== self.language) {
    self.language = language;
    tell(LANGUAGE, 0, language ? [language.tag, ...texts.map((name) => language.texts[name] ?? "")].join(UNIT) : "");
  }
}

// Language and script: `zh-TW` is written in another script than `zh-Hans`. Nothing for what is no tag.
function spoken(tag) {
  try {
    const { language, script } = new Intl.Locale(tag).maximize();
    return `${language}-${script}`;
  } catch {
    return "";
  }
}

/** The page's own texts. */
export function say_messages({ tell, messages }) {
  tell(MESSAGES, 0, texts.map((name) => (typeof messages?.[name] === "string" ? messages[name] : "")).join(UNIT));
}
