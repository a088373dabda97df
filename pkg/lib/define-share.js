import css from "sori:share-css";
import initialize, { share } from "sori:share-glue";
import { open } from "sori:share-wasm";
import { defineShare } from "../../src/web/share/element.js";

let loading;

const load = async () => {
  await initialize({ module_or_path: await open() });
  defineShare(share, css);
};

/**
 * Registers `<sori-share>` alone. Resolves when it works; without a DOM (Node, a worker) it resolves at once. Rejects if the
 * module cannot be loaded; the next call tries again.
 */
export const define = async () => {
  if (!globalThis.document) return;
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

ready.catch((error) =>
  console.error(
    "sori-share: the module is not loaded, and the page's own link stays (help: troubleshooting#not-loaded);",
    error,
  ),
);
