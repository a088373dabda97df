export { define } from "./index.js";

/** As `define()`: resolves when `<sori-captcha>` works, rejects if the module cannot be loaded. */
export declare const ready: Promise<void>;
