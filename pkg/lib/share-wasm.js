import { compile } from "./compile.js";

// Written out in full here: bundlers find the wasm by this very form.
export const open = () => compile(new URL("./button_bg.wasm", import.meta.url), BUTTON_INTEGRITY);
