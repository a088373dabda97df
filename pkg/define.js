import { define } from "./lib/define.js";

/** Resolves when the elements are registered, rejects if the module cannot be loaded. */
export const ready = define();

ready.catch((error) => console.error("sori-captcha: not loaded; a CSP needs 'wasm-unsafe-eval';", error));

export { define };
