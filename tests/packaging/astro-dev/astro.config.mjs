export default {
  vite: {
    optimizeDeps: { exclude: ["sori-captcha"] },
    server: {
      proxy: {
        "/captcha": { target: process.env.SITE_ORIGIN },
        "/site": { target: process.env.SITE_ORIGIN, rewrite: () => "/" },
      },
    },
  },
};
