import bytes from "sori:wasm-bytes";

/** The module from inside the classic script: one character per byte. */
export const open = () =>
  WebAssembly.compile(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
