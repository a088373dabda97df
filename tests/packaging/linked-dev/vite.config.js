import { defineConfig } from "vite";

export default defineConfig({
  server: {
    // Vite serves no file outside the project unless it is told to, and the wasm of a linked package is one.
    fs: { allow: [".", "../linked-package"] },
    proxy: {
      "/captcha": { target: process.env.CAPTCHA_BACKEND ?? "http://127.0.0.1:8040", changeOrigin: false },
    },
  },
});
