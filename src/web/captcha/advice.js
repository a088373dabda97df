// The line in the console about an error reply: the likely cause, and where to read more.

/** The likely cause by our own error code, for codes that usually have the same cause. @type {Record<string, string>} */
const BY_CODE = {
  origin_not_allowed:
    "does your proxy change Host, or its port? Else the site's origin is to be listed in SORI_ALLOWED_ORIGINS",
  upstream_rejected: "NAVER refuses the backend's credentials; its log says why",
  quota_exceeded: "the day's calls are spent, or kept for keys already issued",
  rate_limited: "one of the backend's limits; its log says which",
  store_unavailable: "the backend's store is away",
};
/** The likely cause by HTTP status, for replies that are not from our backend. @type {Record<number, string>} */
const BY_STATUS = {
  401: "something before the backend asks for a password",
  403: "something before the backend refuses",
  404: "does your proxy strip the endpoint's path, or is nothing mounted there?",
  405: "something else than the backend answers at this address",
  502: "is the backend running?",
  503: "is the backend running?",
  504: "is the backend running, and does it reach NAVER?",
};

/**
 * @param {string} url
 * @param {number} status
 * @param {string} code Empty if the reply has none.
 */
export function advise(url, status, code) {
  const cause = BY_CODE[code] ?? (code ? undefined : BY_STATUS[status]);
  const anchor = code || "answered-status";
  return `sori-captcha: ${url} answered ${status}${code && ` ${code}`}${cause ? `: ${cause}` : ""} (help: troubleshooting#${anchor})`;
}
