import { defineConfig } from "vite";

export default defineConfig({
  server: {
    proxy: {
      // Not the short form "/captcha": "http://…": it changes the Host header, and the backend answers 403.
      "/captcha": { target: process.env.CAPTCHA_BACKEND ?? "http://127.0.0.1:8040", changeOrigin: false },
    },
  },
});
