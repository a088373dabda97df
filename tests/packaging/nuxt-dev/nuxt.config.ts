const backend = process.env.CAPTCHA_BACKEND ?? "http://127.0.0.1:8040";

export default defineNuxtConfig({
  compatibilityDate: "2026-01-01",
  app: { head: { htmlAttrs: { lang: "ko" }, title: "Nuxt" } },
  vue: { compilerOptions: { isCustomElement: (tag: string) => tag.startsWith("sori-") } },
  vite: { optimizeDeps: { exclude: ["sori-captcha"] } },
  nitro: { devProxy: { "/captcha": { target: `${backend}/captcha`, changeOrigin: false } } },
});
