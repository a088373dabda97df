// One request: made and read here, sent by the module.
import { rust, trapped } from "./instance.js";
import { was_blocked, watched } from "./policy.js";
import { ANSWER, AUDIO, FAILED, UNIT } from "./protocol.js";

// Of the answers' JSON; in step with `Session::answer` in report.rs.
const MEMBERS = ["key", "expiresIn", "verified", "token", "code", "errorCode"];

const PORTION = 4096;

/** An empty `key` asks for one, none asks for the audio, and any other has its answer verified. */
export async function request(self, number, timeout, ticket, url, key, answer) {
  self.request?.abort();
  const controller = (self.request = new AbortController());
  const { signal } = controller;
  const body = key === undefined ? key : JSON.stringify(key ? { key, answer } : {});
  // An Error, as browsers reject with: gloo-net panics at any other value.
  const late = new Error("timeout");
  const clock = setTimeout(() => controller.abort(late), timeout);
  const current = () => controller === self.request;
  const attempt = {};
  const fail = (code) => current() && self.tell(FAILED, number, code);
  try {
    if (!navigator.onLine) return fail("offline");
    let request;
    try {
      const headers = body ? { "content-type": "application/json", ...(ticket && { "sori-ticket": ticket }) } : {};
      request = new Request(url, {
        method: body ? "POST" : "GET", body, headers, signal,
        credentials: "same-origin", referrerPolicy: "no-referrer", cache: "no-store", redirect: "error",
      });
    } catch (error) {
      console.error(`sori-captcha: the backend's address, or the ticket, cannot be used: ${url}`, error);
      return fail("config_error");
    }
    attempt.what = `connect-src ${request.url}`;
    watched.add(attempt);
    const response = await new Promise((answered, reject) => {
      // This ends the wait also if the module dies over it.
      signal.addEventListener("abort", () => reject(signal.reason));
      rust.send(self.id, request, answered);
    });
    // Without an answer it is null, which ends in the failure below.
    const { ok, status, headers } = response;
    if (ok && !body) {
      const pieces = [];
      const reader = response.body.getReader();
      for (let read; !(read = await reader.read()).done; pieces.push(read.value)) {
        if (!current()) return;
        if (!scan(self, read.value)) return fail("not_audio");
      }
      if (!current()) return;
      self.arrived = pieces;
      return self.tell(AUDIO, number);
    }
    let json;
    try {
      // NAVER serves JSON as text/plain: what counts is what it is.
      json = JSON.parse(await response.text());
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
    if (!ok || !json) console.warn(`sori-captcha: ${url.replace(/[^/]*$/, body ? "$&" : "…")} answered ${status}`);
    if (current()) self.tell(ANSWER, number, [status, headers.get("retry-after") ?? "", ...MEMBERS.map((name) => json?.[name] ?? "")].join(UNIT));
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) return trapped(error);
    fail(signal.reason === late ? "timeout" : (await was_blocked(attempt)) ? "csp_blocked" : "network_error");
  } finally {
    watched.delete(attempt);
    clearTimeout(clock);
    controller.abort();
  }
}

// In small portions: the module's memory never shrinks. False once there is more than the cap allows.
function scan({ id }, piece) {
  let fits = true;
  for (let at = 0; fits && at < piece.length; at += PORTION) fits = rust.scan(id, piece.subarray(at, at + PORTION));
  return fits;
}

export function abort(self) {
  self.request?.abort();
  self.request = undefined;
}
