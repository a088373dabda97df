// The search field of the documentation. The index is fetched at the first use, from beside this file: no service is asked.

/** @typedef {{ page: string, heading: string, url: string, text: string }} Section */

const form = /** @type {HTMLFormElement} */ (document.querySelector(".search"));
const field = /** @type {HTMLInputElement} */ (form.querySelector("input"));
const status = /** @type {HTMLOutputElement} */ (form.querySelector("output"));
const list = /** @type {HTMLOListElement} */ (form.querySelector("ol"));
const korean = document.documentElement.lang === "ko";
const address = new URL(`../search/${korean ? "ko" : "en"}.js`, import.meta.url).href;
const AT_MOST = 12;
/** @type {Promise<Section[]> | undefined} */
let sections;

async function search() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  sections ??= import(address).then((index) => index.default);
  const hits = words.length ? find(await sections, words) : [];
  list.replaceChildren(...hits.slice(0, AT_MOST).map((hit) => item(hit, words)));
  list.hidden = hits.length === 0;
  if (!words.length) status.value = "";
  else if (korean) status.value = hits.length ? `${hits.length}개를 찾았습니다.` : "찾지 못했습니다.";
  else status.value = hits.length ? `${hits.length} found.` : "Nothing found.";
}

/**
 * The sections that contain every word, those first that have them in a heading.
 * @param {Section[]} all
 * @param {string[]} words
 */
function find(all, words) {
  const holds = (/** @type {string} */ text) => words.every((word) => text.toLowerCase().includes(word));
  const found = all.filter(({ page, heading, text }) => holds(`${page} ${heading} ${text}`));
  const rank = (/** @type {Section} */ { page, heading }) => (holds(heading) ? 0 : holds(`${page} ${heading}`) ? 1 : 2);
  return found.sort((one, other) => rank(one) - rank(other));
}

/**
 * @param {Section} section
 * @param {string[]} words
 */
function item({ page, heading, url, text }, words) {
  const link = document.createElement("a");
  link.href = new URL(url, address).href;
  link.textContent = heading ? `${page}: ${heading}` : page;
  const at = Math.max(0, text.toLowerCase().indexOf(words[0]) - 40);
  const excerpt = document.createElement("span");
  excerpt.textContent = `${at ? "…" : ""}${text.slice(at, at + 120)}…`;
  const entry = document.createElement("li");
  entry.append(link, excerpt);
  return entry;
}

field.addEventListener("input", search);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  list.querySelector("a")?.focus();
});
