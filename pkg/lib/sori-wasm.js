import { compile } from "./compile.js";

/**
 * After this long, in ms, an attempt to load the module has failed, and the visitor's next act tries again. Without a limit, a
 * connection that hangs would leave the elements without a message.
 */
const TIMEOUT_MS = 20_000;

// The URL is written out in full here, because bundlers find the wasm by this very form. Older browsers have no
// `AbortSignal.timeout`, and wait without a limit.
export const open = () =>
  compile(new URL("./sori_bg.wasm", import.meta.url), SORI_INTEGRITY, AbortSignal.timeout?.(TIMEOUT_MS));
