import { defineConfig } from "vite";

export default defineConfig({ cacheDir: "node_modules/.vite-without-the-line" });
