import { compile } from "./compile.js";

/** As for the captcha's module: see sori-wasm.js. */
const TIMEOUT_MS = 20_000;

// The URL is written out in full here, because bundlers find the wasm by this very form.
export const open = () =>
  compile(new URL("./button_bg.wasm", import.meta.url), BUTTON_INTEGRITY, AbortSignal.timeout?.(TIMEOUT_MS));
