import css from "sori:share-css";
import { instantiate } from "sori:share-glue";
import { open } from "sori:share-wasm";
import { define_share } from "../src/web/share.js";

let loading;

const load = async () => define_share((await instantiate(await open())).share, css);

/**
 * Registers `<sori-share>` alone. Resolves when it works; where there is no DOM (Node, a worker) at once.
 * Rejects if the module cannot be loaded; the next call tries again.
 */
export const define = async () => {
  if (!globalThis.customElements) return;
  loading ??= load();
  try {
    await loading;
  } catch (error) {
    loading = undefined;
    throw error;
  }
};

/** Resolves when the element is registered, rejects if the module cannot be loaded. */
export const ready = define();

ready.catch((error) => console.error("sori-share: the module could not be loaded, so the page's own link stays;", error));
