// Warnings in the console about an element's markup, for the page's developer. Each line appears once per page.
import { isMessage } from "./language.js";
import { hasWay } from "./surroundings.js";

/** @type {WeakSet<Element>} */
const checked = new WeakSet();
/**
 * The console keeps every element that a line names in memory, so a page that makes many elements gets one line.
 * @type {Set<string>}
 */
const told = new Set();

/** Attributes that are not misspelt: usual ones that differ from ours by two letters, and template syntax (`@error`, `:name`). */
const OTHERS = /^(on|data-|role$)|[^a-z-]/;

/**
 * How many letters must be added, dropped or changed to turn one word into the other.
 * @param {string} one
 * @param {string} other
 */
function distance(one, other) {
  let row = [...Array(other.length + 1).keys()];
  for (let at = 1; at <= one.length; at++) {
    const next = [at];
    for (let to = 1; to <= other.length; to++) {
      next[to] = Math.min(row[to] + 1, next[to - 1] + 1, row[to - 1] + Number(one[at - 1] !== other[to - 1]));
    }
    row = next;
  }
  return row[other.length];
}

/** @param {Element} element @param {string} text @param {string} anchor */
function warnOnce(element, text, anchor) {
  if (told.has(text)) return;
  told.add(text);
  console.warn(`sori-captcha: ${text} (help: troubleshooting#${anchor})`, element);
}

/**
 * Warns of texts of the page's that replace nothing.
 * @param {Element} element
 * @param {Record<string, unknown>} messages
 */
export function checkMessages(element, messages) {
  for (const [name, text] of Object.entries(messages)) {
    if (text == null || (typeof text === "string" && isMessage(name))) continue;
    warnOnce(element, `messages.${name} replaces no text; it should be a string with the name of one`, "messages");
  }
}

/**
 * Warns of a missing `name`, of a missing alternative, and of attributes that are probably misspelt.
 * @param {Element} element
 * @param {string[]} known The element's attributes.
 * @param {string[]} flags Those whose value does not matter.
 */
export function checkMarkup(element, known, flags) {
  if (checked.has(element)) return;
  checked.add(element);
  if (document.readyState !== "loading") return tellOfMarkup(element, known, flags);
  // A classic script upgrades the element before its content is parsed.
  addEventListener("DOMContentLoaded", () => tellOfMarkup(element, known, flags), { once: true });
}

/**
 * @param {Element} element
 * @param {string[]} known
 * @param {string[]} flags
 */
function tellOfMarkup(element, known, flags) {
  /** @param {string} text */
  const warn = (text) => warnOnce(element, text, "attribute");
  if (!element.getAttribute("name")) {
    warn(
      'the attribute name is missing, so the form submits nothing of the captcha; it should be the prefix of the fields, such as "captcha"',
    );
  }
  if (!hasWay(element)) {
    warn('nothing in slot="alternative": whoever cannot hear has no other way (WCAG 1.1.1)');
  }
  for (const { name, value } of element.attributes) {
    // React 18 writes the value of `disabled={false}`.
    if (value === "false" && flags.includes(name)) {
      warn(`the attribute ${name}="false" is on, because it is there; leave it out instead`);
    }
    if (OTHERS.test(name) || known.includes(name)) continue;
    const meant = known.find((other) => distance(name, other) <= 2);
    if (meant) warn(`the attribute ${name} is not known; did you mean ${meant}?`);
  }
}
