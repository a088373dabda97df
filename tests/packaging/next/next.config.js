import { fileURLToPath } from "node:url";

export default {
  output: "export",
  distDir: "out",
  // The root is this folder. Otherwise Next.js could choose a folder above it that also has a lock file.
  turbopack: { root: fileURLToPath(new URL(".", import.meta.url)) },
};
