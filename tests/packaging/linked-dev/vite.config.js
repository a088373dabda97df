export default {
  optimizeDeps: { exclude: ["sori-captcha"] },
  server: {
    // Vite serves no file outside the project: the linked package's wasm is one (https://vite.dev/config/server-options#server-fs-allow).
    fs: { allow: [".", "../linked-package"] },
    proxy: {
      "/captcha": { target: process.env.SITE_ORIGIN },
      "/site": { target: process.env.SITE_ORIGIN, rewrite: () => "/" },
    },
  },
};
