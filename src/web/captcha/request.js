// One request. It is made here, and the reply is read here; the module sends it.
import { advise } from "./advice.js";
import { attempt, forget, wasBlocked } from "./policy.js";

/** @typedef {import("./shell.js").Shell} Shell */
/** @typedef {import("./boundary.d.ts").Failure} Failure */

/** The module's memory never shrinks, so it gets the audio in small portions. */
const PORTION = 4096;
const DAY_S = 86400;

/**
 * @typedef {object} Order
 * @property {number} generation The number of the request.
 * @property {number} timeout In ms.
 * @property {string} url
 * @property {object} [body] Sent as JSON. A request without a body fetches the audio.
 * @property {(json: any, response: Response) => import("./shell.js").Telling} [read] Turns the reply into what the core is told.
 */

/** @param {unknown} value */
const text = (value) => (typeof value === "string" ? value : "");

/**
 * @param {Shell} self
 * @param {Order} order
 */
async function perform(self, { generation, timeout, url, body, read }) {
  self.request?.abort();
  const controller = new AbortController();
  self.request = controller;
  self.advised = false;
  const { signal } = controller;
  // The reason is an Error, as in browsers: gloo-net panics on any other value.
  const late = new Error("timeout");
  const clock = setTimeout(() => controller.abort(late), timeout);
  const current = () => controller === self.request;
  /** @param {Failure} how */
  const fail = (how) => current() && self.tell("failed", generation, how);
  let made;
  try {
    let request;
    try {
      request = makeRequest(self.element.getAttribute("ticket"), url, body, signal);
    } catch (error) {
      console.error(
        `sori-captcha: the backend's address, or the ticket, cannot be used: ${url} (help: troubleshooting#address)`,
        error,
      );
      return fail("config_error");
    }
    made = attempt(`connect-src ${request.url}`);
    const response = await sent(self, request, signal);
    if (!current()) return;
    if (response.ok && !read) return await takeAudio(self, response, generation, current, fail);
    /** @type {any} */
    let json;
    try {
      // NAVER serves JSON as text/plain, so the content decides.
      json = JSON.parse(await response.text());
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
    if (!current()) return;
    if (response.ok && json && read) return self.tell(...read(json, response));
    console.warn(advise(url.replace(/[^/]*$/, body ? "$&" : "…"), response.status, text(json?.code)));
    self.advised = true;
    const retryAfter = secondsUntil(response.headers.get("retry-after") ?? "");
    self.tell("refused", generation, response.status, retryAfter, text(json?.code), text(json?.errorCode));
  } catch (error) {
    // Without this line, a fault of ours would look like one of the network.
    if (error && !signal.aborted) {
      console.error("sori-captcha: the reply was not read (help: troubleshooting#network_error)", error);
      self.advised = true;
    }
    // Some WebViews always say that there is no network, so `onLine` is asked only after a failure.
    fail(
      signal.reason === late
        ? "timeout"
        : made && (await wasBlocked(made))
          ? "csp_blocked"
          : navigator.onLine
            ? "network_error"
            : "offline",
    );
  } finally {
    if (made) forget(made);
    clearTimeout(clock);
    controller.abort();
  }
}

/** Reads `Retry-After`, which is a number of seconds or a date (RFC 9110, 10.2.3); 0 if unknown. @param {string} text */
function secondsUntil(text) {
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  return seconds > 0 ? Math.min(Math.ceil(seconds), DAY_S) : 0;
}

/**
 * @param {string | null} ticket
 * @param {string} url
 * @param {object | undefined} body
 * @param {AbortSignal} signal
 */
function makeRequest(ticket, url, body, signal) {
  const request = new Request(url, {
    method: body ? "POST" : "GET",
    body: body && JSON.stringify(body),
    headers: body ? { "content-type": "application/json", ...(ticket && { "sori-ticket": ticket }) } : {},
    signal,
    credentials: "same-origin",
    referrerPolicy: "no-referrer",
    cache: "no-store",
    redirect: "error",
  });
  if (!/^https?:/.test(request.url)) throw new TypeError("neither http: nor https:");
  return request;
}

/**
 * @param {Shell} self
 * @param {Request} request
 * @param {AbortSignal} signal
 * @returns {Promise<Response>}
 */
function sent(self, request, signal) {
  return new Promise((resolve, reject) => {
    // This also ends the wait if the module traps.
    signal.addEventListener("abort", () => reject(signal.reason));
    self.answered = (response) => (response ? resolve(response) : reject());
    self.tell("send", request);
  });
}

/**
 * @param {Shell} self
 * @param {Response} response
 * @param {number} generation
 * @param {() => boolean} current
 * @param {(how: Failure) => void} fail
 */
async function takeAudio(self, response, generation, current, fail) {
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const pieces = [];
  const reader = response.body?.getReader();
  while (reader) {
    const { done, value } = await reader.read();
    if (!current()) return;
    if (done) break;
    if (!scan(self, value)) return fail("not_audio");
    pieces.push(value);
  }
  if (!current()) return;
  self.arrived = pieces;
  self.tell("audio", generation);
}

/** Returns false once the audio is longer than the limit. @param {Shell} self @param {Uint8Array} piece */
function scan(self, piece) {
  let fits = true;
  for (let at = 0; fits && at < piece.length; at += PORTION) {
    fits = self.ask("scan", piece.subarray(at, at + PORTION)) ?? true;
  }
  return fits;
}

/** @param {Shell} self @param {number} generation @param {number} timeout @param {string} url */
export function requestKey(self, generation, timeout, url) {
  perform(self, {
    generation,
    timeout,
    url,
    body: {},
    read: ({ key, expiresIn }, { headers }) => [
      "issued",
      generation,
      text(key),
      Number(expiresIn ?? NaN),
      headers.get("sori-upstream") === "practice",
    ],
  });
}

/** @param {Shell} self @param {number} generation @param {number} timeout @param {string} url */
export function fetchAudio(self, generation, timeout, url) {
  perform(self, { generation, timeout, url });
}

/** @param {Shell} self @param {number} generation @param {number} timeout @param {string} url @param {object} body */
export function verify(self, generation, timeout, url, body) {
  perform(self, {
    generation,
    timeout,
    url,
    body,
    read: ({ verified, token }) => [
      "judged",
      generation,
      typeof verified === "boolean" ? verified : undefined,
      text(token),
    ],
  });
}

/** @param {Shell} self */
export function abort(self) {
  self.request?.abort();
  self.request = undefined;
}
