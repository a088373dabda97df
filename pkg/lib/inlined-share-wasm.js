import bytes from "sori:share-wasm-bytes";
import { compileInlined } from "./inlined.js";

export const open = () => compileInlined(bytes);
