import bytes from "sori:wasm-bytes";
import { compileInlined } from "./inlined.js";

export const open = () => compileInlined(bytes);
