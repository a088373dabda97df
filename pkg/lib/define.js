import css from "sori:captcha-css";
import { instantiate } from "sori:glue";
import { open } from "sori:wasm";
import { define_captcha } from "../../src/web/captcha/element.js";

let loading;

const load = async () => {
  const module = await open();
  const start = async () => define_captcha(await instantiate(module), css, start);
  await start();
};

// The share button is a module of its own, loaded when the page has one: other pages pay nothing for it.
const watch_for_share = () => {
  const found = document.getElementsByTagName("sori-share");
  const bring = () => {
    if (!found.length) return;
    observer.disconnect();
    // It reports its own failure, and the link inside the element works without it.
    import("./share.js").catch(() => {});
  };
  const observer = new MutationObserver(bring);
  observer.observe(document, { childList: true, subtree: true });
  bring();
};

/**
 * Registers `<sori-captcha>`, and `<sori-share>` as soon as the page has one. Resolves when the captcha
 * works; where there is no DOM (Node, a worker) at once, without doing anything. Rejects if the module
 * cannot be loaded; the next call tries again.
 */
export const define = () => {
  const { customElements } = globalThis;
  // Of another copy, or another version, on the same page: the first one serves both.
  if (!customElements || (!loading && customElements.get("sori-captcha"))) return Promise.resolve();
  if (!loading) {
    watch_for_share();
    loading = load().catch((error) => {
      loading = undefined;
      throw error;
    });
  }
  return loading;
};
