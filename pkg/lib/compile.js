/**
 * After this long, in ms, an attempt has failed, and the visitor's next act tries again. Without a limit, a connection that hangs
 * would leave the elements without a message.
 */
const TIMEOUT_MS = 20_000;

/**
 * Fetches and compiles a module. The hash ensures that the file belongs to this very script. A cache may have the file of another
 * version, so after a failure the file is fetched once more past the cache. Rejects with the cause; the next call tries again.
 * @param {URL} url
 * @param {string} integrity
 */
export const compile = async (url, integrity) => {
  // Older browsers have no `AbortSignal.timeout`, and wait without a limit.
  const signal = AbortSignal.timeout?.(TIMEOUT_MS);
  if (!globalThis.WebAssembly) throw new Error("Sori: this browser has no WebAssembly");
  let response;
  try {
    response = await fetch(url, { integrity, signal });
  } catch {
    try {
      response = await fetch(url, { integrity, signal, cache: "reload" });
    } catch {
      // The browser does not say why that failed: the file may be another one, missing, or out of reach.
      response = await fetch(url, { signal, cache: "reload" });
      // A single-page application's server answers every path with its page.
      if (response.ok && response.headers.get("content-type")?.includes("html")) {
        throw new Error(
          `Sori: ${url} answered with a web page; set optimizeDeps.exclude in Vite 5 to 7 (help: troubleshooting#mixed-versions)`,
        );
      }
      if (response.ok) {
        throw new Error(
          `Sori: mixed versions: ${url} is not the file that this script was built with. Deploy both together and empty caches between (help: troubleshooting#mixed-versions)`,
        );
      }
    }
  }
  if (!response.ok) throw new Error(`Sori: ${response.url} answered ${response.status}`);
  // `compileStreaming` refuses every other media type, and not every server knows this one.
  return response.headers.get("content-type") === "application/wasm"
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
};
