import { fileURLToPath } from "node:url";

export default {
  output: "export",
  distDir: "out",
  // This fixture is a project of its own, whatever lock files lie above it.
  turbopack: { root: fileURLToPath(new URL(".", import.meta.url)) },
};
