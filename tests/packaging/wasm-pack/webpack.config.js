import { resolve } from "node:path";

export default {
  entry: "./main.js",
  output: { path: resolve("out"), filename: "main.js" },
  // The module is imported as one of the page's own.
  experiments: { asyncWebAssembly: true },
};
