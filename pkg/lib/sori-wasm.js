import { compile } from "./compile.js";

/** A connection that hangs would leave the elements without a word: after this the attempt has failed, and an act tries anew, in ms. */
const TIMEOUT_MS = 20_000;

// Written out in full here: bundlers find the wasm by this very form. Older browsers have no such signal, and wait.
export const open = () =>
  compile(new URL("./sori_bg.wasm", import.meta.url), SORI_INTEGRITY, AbortSignal.timeout?.(TIMEOUT_MS));
