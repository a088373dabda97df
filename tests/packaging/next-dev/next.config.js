import { fileURLToPath } from "node:url";

const site = process.env.SITE_ORIGIN;

export default {
  turbopack: { root: fileURLToPath(new URL(".", import.meta.url)) },
  rewrites: () => [
    { source: "/captcha/:path*", destination: `${site}/captcha/:path*` },
    { source: "/site", destination: `${site}/` },
  ],
};
