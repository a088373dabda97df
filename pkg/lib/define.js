import { bringShare } from "sori:bring-share";
import css from "sori:captcha-css";
import initialize, { Core, __wbg_reset_state as reset } from "sori:glue";
import { open } from "sori:wasm";
import en from "../../src/locale/en.json";
import ko from "../../src/locale/ko.json";
import { defineCaptcha } from "../../src/web/captcha/element.js";
import { standIn } from "./stand-in.js";

let ours = false;
let initialized = false;

/** Makes a fresh instance. After a trap, callbacks that belong to the old instance cannot call into the fresh one. */
const bring = async () => {
  if (initialized) reset();
  else await initialize({ module_or_path: await open() });
  initialized = true;
  return new Core();
};

/**
 * Registers `<sori-captcha>` and `<sori-share>` at once. `<sori-share>` loads its module only if the page has such an element.
 * Resolves when the captcha works; without a DOM (Node, a worker) it does nothing and resolves at once. Rejects if the module
 * cannot be loaded; the next call tries again.
 */
export const define = async () => {
  // Server-side rendering may have a stand-in for `customElements`, without a document.
  const { customElements, document } = globalThis;
  // Another copy or another version on the same page may have registered the element. The first one serves both.
  if (!document || (!ours && customElements.get("sori-captcha"))) return;
  ours = true;
  // The share button is a module of its own: pages without a share button pay nothing for it.
  standIn(bringShare);
  const languages = [
    { tag: "ko", texts: ko },
    { tag: "en", texts: en },
  ];
  await defineCaptcha({ css, languages, bring });
};
