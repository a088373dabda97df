import { fileURLToPath } from "node:url";

const backend = process.env.CAPTCHA_BACKEND ?? "http://127.0.0.1:8040";

export default {
  // The root is this folder. Otherwise Next.js could choose a folder above it that also has a lock file.
  turbopack: { root: fileURLToPath(new URL(".", import.meta.url)) },
  async rewrites() {
    return [{ source: "/captcha/:path*", destination: `${backend}/captcha/:path*` }];
  },
};
