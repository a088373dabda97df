// The classic script: one file with the wasm inside, for pages without modules.
import "./define.js";
