// What `define()` does in a plain build by wasm-pack: it registers the elements. All that they need is inside the module.

/** Whether this copy has registered the elements. */
let ours = false;

/**
 * @param {string} css
 * @param {string} ko The Korean texts, as JSON.
 * @param {string} en
 * @param {import("./captcha/boundary.d.ts").Core} core
 * @param {string} shareCss
 * @param {import("./share/shell.js").Act} share
 * @returns {Promise<void>}
 */
export async function defineElements(css, ko, en, core, shareCss, share) {
  const languages = [
    ["ko", ko],
    ["en", en],
  ].map(([tag, texts]) => ({ tag, texts: JSON.parse(texts) }));
  let fresh = true;
  const bring = () => {
    // After a trap, the npm package starts a fresh instance. Here, only loading the page again helps.
    if (!fresh) throw new Error("sori-captcha: the module has failed; load the page again");
    fresh = false;
    return core;
  };
  const { defineCaptcha } = await import("./captcha/element.js");
  const { defineShare } = await import("./share/element.js");
  defineShare(share, shareCss);
  // Another copy on the page has registered the elements, and serves them.
  if (!ours && customElements.get("sori-captcha")) return;
  ours = true;
  await defineCaptcha({ css, languages, bring });
}
