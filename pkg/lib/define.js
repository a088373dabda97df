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

/** A fresh instance: what is left of one that has trapped cannot reach into it. */
const bring = async () => {
  if (initialized) reset();
  else await initialize({ module_or_path: await open() });
  initialized = true;
  return new Core();
};

/**
 * Registers `<sori-captcha>`, and `<sori-share>`, which loads its module where there is one. They are there at once. Resolves
 * when the captcha works; where there is no DOM (Node, a worker) at once, without doing anything. Rejects if the module
 * cannot be loaded; the next call tries again.
 */
export const define = async () => {
  const { customElements } = globalThis;
  // Of another copy, or another version, on the same page: the first one serves both.
  if (!customElements || (!ours && customElements.get("sori-captcha"))) return;
  ours = true;
  // A module of its own: pages without a share button pay nothing for it.
  standIn(bringShare);
  const languages = [
    { tag: "ko", texts: ko },
    { tag: "en", texts: en },
  ];
  await defineCaptcha({ css, languages, bring });
};
