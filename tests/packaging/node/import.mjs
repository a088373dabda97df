// Importing any entry outside a page must have no effect and no error, because servers import what they render.
import { readFileSync } from "node:fs";
import { Worker, isMainThread, workerData } from "node:worker_threads";

const manifest = JSON.parse(readFileSync(new URL("./node_modules/sori-captcha/package.json", import.meta.url), "utf8"));
const entries = Object.entries(manifest.exports)
  .filter(([name, target]) => !name.includes("*") && target.default?.endsWith(".js"))
  .map(([name]) => name.replace(/^\./, "sori-captcha"));
if (entries.length < 2) throw new Error(`package.json exports too little: ${entries}`);

// An import must request nothing. It must leave no unhandled rejection, which would end the process.
globalThis.fetch = (url) => {
  throw new Error(`importing requested ${url}`);
};
// As @lit-labs/ssr-dom-shim: elements may be declared, but there is no document.
if (workerData === "shim") {
  const refuse = (...words) => {
    throw new Error(`with a DOM shim: ${words.join(" ")}`);
  };
  console.error = refuse;
  globalThis.HTMLElement = class {};
  globalThis.customElements = { get() {}, define: refuse };
}
const before = Object.keys(globalThis).join();
for (const entry of entries) await import(entry);
await new Promise((done) => setTimeout(done, 50));
const after = Object.keys(globalThis).join();
if (before !== after) throw new Error(`importing changed the globals: ${before} became ${after}`);

if (isMainThread) {
  for (const workerData of ["", "shim"]) {
    const worker = new Worker(new URL(import.meta.url), { workerData });
    await new Promise((done, failed) => worker.on("error", failed).on("exit", done));
  }
  console.log(`packaging: imported in Node, in a worker and with a DOM shim: ${entries.join(", ")}`);
}
