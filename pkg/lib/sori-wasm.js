import { compile } from "./compile.js";

// Written out in full here: bundlers find the wasm by this very form.
export const open = () => compile(new URL("./sori_bg.wasm", import.meta.url), SORI_INTEGRITY);
