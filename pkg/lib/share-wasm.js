import { compile } from "./compile.js";

// The URL is written out in full here, because bundlers find the wasm by this very form.
export const open = () => compile(new URL("./button_bg.wasm", import.meta.url), BUTTON_INTEGRITY);
