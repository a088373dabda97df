// One request: made and read here, sent by the module.
import { rust, trapped } from "./instance.js";
import { was_blocked } from "./policy.js";
import { ANSWER, AUDIO, FAILED, UNIT } from "./protocol.js";

// Of the answers' JSON; in step with `Session::answer` in bridge.rs.
const MEMBERS = ["key", "expiresIn", "verified", "token", "code", "errorCode"];

/** No `body` asks for the audio. */
export async function request(self, number, timeout, ticket, url, body) {
  self.request?.abort();
  const controller = (self.request = new AbortController());
  const { signal } = controller;
  // An Error, as browsers reject with: gloo-net panics at any other value.
  const late = new Error("timeout");
  const clock = setTimeout(() => controller.abort(late), timeout);
  const current = () => controller === self.request;
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
    // The race ends the wait also if the module dies over it.
    const stopped = new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    const response = await Promise.race([rust.send(request), stopped]);
    const { ok, status, headers } = response;
    if (ok && !body) {
      const pieces = [];
      const reader = response.body.getReader();
      for (let read; !(read = await reader.read()).done; pieces.push(read.value)) {
        if (!current()) return;
        if (!rust.scan(self.id, read.value)) return fail("not_audio");
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
    fail(signal.reason === late ? "timeout" : (await was_blocked()) ? "csp_blocked" : "network_error");
  } finally {
    clearTimeout(clock);
    controller.abort();
  }
}

export function abort(self) {
  self.request?.abort();
  self.request = undefined;
}
