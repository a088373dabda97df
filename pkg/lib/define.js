import css from "sori:captcha-css";
import { instantiate } from "sori:glue";
import { bring_share } from "sori:bring-share";
import { open } from "sori:wasm";
import { define_captcha } from "../../src/web/captcha/element.js";
import { stand_in } from "./stand-in.js";

let loading;

const load = async () => {
  const module = await open();
  const start = async () => define_captcha(await instantiate(module), css, start);
  await start();
};

/**
 * Registers `<sori-captcha>`, and `<sori-share>`, which loads its module where there is one. Resolves when the captcha
 * works; where there is no DOM (Node, a worker) at once, without doing anything. Rejects if the module
 * cannot be loaded; the next call tries again.
 */
export const define = () => {
  const { customElements } = globalThis;
  // Of another copy, or another version, on the same page: the first one serves both.
  if (!customElements || (!loading && customElements.get("sori-captcha"))) return Promise.resolve();
  if (!loading) {
    // A module of its own: pages without a share button pay nothing for it.
    stand_in(bring_share);
    loading = load().catch((error) => {
      loading = undefined;
      throw error;
    });
  }
  return loading;
};
