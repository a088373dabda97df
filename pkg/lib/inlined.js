/** Compiles a module that the classic script contains as a text, one character per byte. @param {string} bytes */
export const compileInlined = (bytes) =>
  WebAssembly.compile(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
