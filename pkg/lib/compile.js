/** Compiles the module that `request` brings. Rejects with the cause; a further call tries again. */
export const compile = async (request) => {
  const response = await request;
  if (!response.ok) throw new Error(`Sori: ${response.url} answered ${response.status}`);
  // Streaming refuses every other type, and not every server knows this one.
  return response.headers.get("content-type") === "application/wasm"
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
};
