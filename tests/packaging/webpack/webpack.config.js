import { resolve } from "node:path";

export default {
  entry: "./main.js",
  output: { path: resolve("out"), filename: "main.js" },
};
