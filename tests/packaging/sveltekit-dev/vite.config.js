import { sveltekit } from "@sveltejs/kit/vite";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [sveltekit()],
  // Not with Vite 8.
  optimizeDeps: { exclude: ["sori-captcha"] },
  server: {
    proxy: {
      "/captcha": { target: process.env.CAPTCHA_BACKEND ?? "http://127.0.0.1:8040", changeOrigin: false },
    },
  },
});
