const backend = process.env.CAPTCHA_BACKEND ?? "http://127.0.0.1:8040";

export default {
  async rewrites() {
    return [{ source: "/captcha/:path*", destination: `${backend}/captcha/:path*` }];
  },
};
