import { sveltekit } from "@sveltejs/kit/vite";

export default {
  plugins: [sveltekit()],
  optimizeDeps: { exclude: ["sori-captcha"] },
  server: {
    proxy: {
      "/captcha": { target: process.env.SITE_ORIGIN },
      "/site": { target: process.env.SITE_ORIGIN, rewrite: () => "/" },
    },
  },
};
