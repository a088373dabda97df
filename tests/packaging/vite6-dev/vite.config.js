export default {
  // Vite's copy of a dependency would lose the wasm beside it (https://vite.dev/config/dep-optimization-options).
  optimizeDeps: { exclude: ["sori-captcha"] },
  server: {
    // An object, not a string: with a string Vite changes the Host header, and the backend refuses the origin.
    proxy: {
      "/captcha": { target: process.env.SITE_ORIGIN },
      "/site": { target: process.env.SITE_ORIGIN, rewrite: () => "/" },
    },
  },
};
