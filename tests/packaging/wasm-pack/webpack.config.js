import { resolve } from "node:path";

export default {
  entry: "./main.js",
  output: { path: resolve("out"), filename: "main.js" },
  // The wasm module is imported like one of the page's own modules.
  experiments: { asyncWebAssembly: true },
};
