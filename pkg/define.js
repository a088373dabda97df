import { define } from "./lib/define.js";

/** Resolves when the elements are registered, rejects if the module cannot be loaded. */
export const ready = define();

ready.catch((error) => console.error("sori-captcha: the module could not be loaded, so the page's fallback stays;", error));

export { define };
