const site = process.env.SITE_ORIGIN ?? "";

export default defineNuxtConfig({
  compatibilityDate: "2026-01-01",
  telemetry: false,
  devtools: { enabled: false },
  app: { head: { htmlAttrs: { lang: "ko" }, title: "Nuxt" } },
  vue: { compilerOptions: { isCustomElement: (tag: string) => tag.startsWith("sori-") } },
  vite: { optimizeDeps: { exclude: ["sori-captcha"] } },
  nitro: { devProxy: { "/captcha": { target: `${site}/captcha` }, "/site": { target: site } } },
});
