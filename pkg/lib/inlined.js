/** A module from inside the classic script: one character per byte. */
export const compile_inlined = (bytes) =>
  WebAssembly.compile(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
