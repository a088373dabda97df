import bytes from "sori:share-wasm-bytes";
import { compile_inlined } from "./inlined.js";

export const open = () => compile_inlined(bytes);
