// The search field of the documentation. The index is a file of the same site, so no search service is involved. It is fetched
// at the first use. It and this file are classic scripts, so that the search also works in pages that are opened as files.

/** @typedef {{ page: string, heading: string, url: string, text: string }} Section */

{
  const form = /** @type {HTMLFormElement} */ (document.querySelector(".search"));
  const field = /** @type {HTMLInputElement} */ (form.querySelector("input"));
  const status = /** @type {HTMLOutputElement} */ (form.querySelector("output"));
  const list = /** @type {HTMLOListElement} */ (form.querySelector("ol"));
  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const korean = document.documentElement.lang === "ko";
  const address = new URL(`../search/${korean ? "ko" : "en"}.js`, script.src).href;
  const page = /** @type {any} */ (globalThis);
  const policy = page.trustedTypes?.createPolicy("sori-search", {
    createScriptURL: (/** @type {string} */ url) => url,
  });
  const AT_MOST = 12;
  /** @type {Promise<Section[]> | undefined} */
  let sections;

  const search = async () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length) return show([], words, "");
    sections ??= load();
    try {
      const hits = find(await sections, words);
      const found = korean ? `${hits.length}개를 찾았습니다.` : `${hits.length} found.`;
      const none = korean ? "찾지 못했습니다." : "Nothing found.";
      show(hits, words, hits.length ? found : none);
    } catch {
      sections = undefined;
      show([], words, korean ? "검색할 내용을 불러오지 못했습니다." : "The search could not be loaded.");
    }
  };

  /**
   * The script at `address` sets `searchSections`.
   * @returns {Promise<Section[]>}
   */
  const load = () =>
    new Promise((resolve, reject) => {
      const index = document.createElement("script");
      index.src = policy?.createScriptURL(address) ?? address;
      index.addEventListener("load", () => resolve(page.searchSections));
      index.addEventListener("error", reject);
      document.head.append(index);
    });

  /**
   * @param {Section[]} hits
   * @param {string[]} words
   * @param {string} text
   */
  const show = (hits, words, text) => {
    list.replaceChildren(...hits.slice(0, AT_MOST).map((hit) => item(hit, words)));
    list.hidden = hits.length === 0;
    status.value = text;
  };

  /**
   * The sections that contain every word. Those that have every word in a heading come first.
   * @param {Section[]} all
   * @param {string[]} words
   */
  const find = (all, words) => {
    const holds = (/** @type {string} */ text) => words.every((word) => text.toLowerCase().includes(word));
    const found = all.filter(({ page, heading, text }) => holds(`${page} ${heading} ${text}`));
    const rank = (/** @type {Section} */ { page, heading }) =>
      holds(heading) ? 0 : holds(`${page} ${heading}`) ? 1 : 2;
    return found.sort((one, other) => rank(one) - rank(other));
  };

  /**
   * @param {Section} section
   * @param {string[]} words
   */
  const item = ({ page, heading, url, text }, words) => {
    const link = document.createElement("a");
    link.href = new URL(url, address).href;
    link.textContent = heading ? `${page}: ${heading}` : page;
    const at = Math.max(0, text.toLowerCase().indexOf(words[0]) - 40);
    const excerpt = document.createElement("span");
    excerpt.textContent = `${at ? "…" : ""}${text.slice(at, at + 120)}…`;
    const entry = document.createElement("li");
    entry.append(link, excerpt);
    return entry;
  };

  field.addEventListener("input", search);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    list.querySelector("a")?.focus();
  });
}
