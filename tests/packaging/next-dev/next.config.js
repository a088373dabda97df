import { fileURLToPath } from "node:url";

const backend = process.env.CAPTCHA_BACKEND ?? "http://127.0.0.1:8040";

export default {
  // This fixture is a project of its own, whatever lock files lie above it.
  turbopack: { root: fileURLToPath(new URL(".", import.meta.url)) },
  async rewrites() {
    return [{ source: "/captcha/:path*", destination: `${backend}/captcha/:path*` }];
  },
};
