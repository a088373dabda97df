import { defineConfig } from "vite";

export default defineConfig({
  // The development server of Vite 5 to 7 copies what it has from npm, and leaves the wasm behind.
  optimizeDeps: { exclude: ["sori-captcha"] },
  server: {
    proxy: {
      "/captcha": { target: process.env.CAPTCHA_BACKEND ?? "http://127.0.0.1:8040", changeOrigin: false },
    },
  },
});
