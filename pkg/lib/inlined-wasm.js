import bytes from "sori:wasm-bytes";
import { compile_inlined } from "./inlined.js";

export const open = () => compile_inlined(bytes);
