import { define } from "./lib/define.js";

/** Resolves when the elements work, rejects if the module cannot be loaded. */
export const ready = define();

ready.catch((error) => {
  // A content security policy forbids compiling the module, not fetching it.
  const policy =
    globalThis.WebAssembly && error instanceof WebAssembly.CompileError ? " A CSP needs 'wasm-unsafe-eval'." : "";
  console.error(
    `sori-captcha: the module is not loaded, and the elements say so.${policy} (help: troubleshooting#not-loaded)`,
    error,
  );
});

export { define };
