import { define } from "./lib/define.js";

/** Resolves when the elements work, rejects if the module cannot be loaded. */
export const ready = define();

ready.catch((error) => {
  // A policy forbids to compile, not to fetch.
  const policy =
    globalThis.WebAssembly && error instanceof WebAssembly.CompileError ? " A CSP needs 'wasm-unsafe-eval'." : "";
  console.error(
    `sori-captcha: the module is not loaded, and the elements say so.${policy} (help: troubleshooting#not-loaded)`,
    error,
  );
});

export { define };
