import { defineConfig } from "astro/config";

export default defineConfig({
  vite: {
    optimizeDeps: { exclude: ["sori-captcha"] },
    server: {
      proxy: {
        "/captcha": { target: process.env.CAPTCHA_BACKEND ?? "http://127.0.0.1:8040", changeOrigin: false },
      },
    },
  },
});
