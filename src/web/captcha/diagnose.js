// A report for developers whose captcha does not work. It is loaded on demand. It makes no request unless asked to, and then it
// requests one key: that spends one of the day's calls (and reserves one more).

import { silence } from "./silence.js";
import { hasWay } from "./surroundings.js";

const SECRETS = /client[-_]?(id|secret)|api[-_]?key|x-naver|x-ncp/i;
const MEDIA_TYPES = ["audio/wav", "audio/wave", "audio/x-wav"];

/** @typedef {import("../../../pkg/index.d.ts").SoriCaptchaElement} Captcha */
/** @typedef {import("../../../pkg/index.d.ts").SoriFinding} Finding */
/** @typedef {(level: Finding["level"], about: string, text: string) => void} Say */

/**
 * Looks at an element and its page. Resolves with findings: `level` is `ok`, `warning` or `error`, `about` what
 * was looked at, `text` what was found and what to do. With `request` it also asks the backend.
 * @param {Captcha} element
 * @param {{ request?: boolean }} [options]
 */
export async function diagnose(element, { request = false } = {}) {
  /** @type {Finding[]} */
  const findings = [];
  /** @type {Say} */
  const say = (level, about, text) => findings.push({ level, about, text });
  if (!("endpoint" in element)) {
    say(
      "error",
      "element",
      "The element is not defined: the script did not load, or this browser lacks what it needs. The console says why (help: troubleshooting#only-the-link).",
    );
    return findings;
  }
  const { keys, audio } = lookAtAddresses(say, element);
  lookAtMarkup(say, element);
  lookAtBrowser(say);
  const blocked = await violationsDuring(async () => {
    await tryMedia(say);
    if (request && keys && audio) {
      await ask(say, element, keys, audio);
    } else if (!request) {
      say("ok", "request", "Nothing was requested; diagnose({ request: true }) asks the backend, for one key.");
    }
  });
  for (const text of blocked) {
    say(
      "error",
      "Content-Security-Policy",
      `${text}. The captcha needs connect-src for the endpoint, media-src blob: and script-src 'wasm-unsafe-eval'.`,
    );
  }
  return findings;
}

/** Returns where a key and its audio are, as far as the element says so. @param {Say} say @param {Captcha} element */
function lookAtAddresses(say, { endpoint, keyUrl, audioUrl, verifyUrl, verify }) {
  const base = endpoint.trim().replace(/\/+$/, "");
  if (!base && !(keyUrl && audioUrl)) {
    say("error", "endpoint", 'No address: set endpoint="/captcha", or key-url and audio-url.');
  }
  if (verify === "inline") {
    if (base || verifyUrl) resolve(say, "verify-url", verifyUrl || `${base}/verifications`);
    else say("error", "verify-url", 'No address: verify="inline" needs endpoint or verify-url.');
  }
  return {
    keys: base || keyUrl ? resolve(say, "key-url", keyUrl || `${base}/keys`) : undefined,
    audio: base || audioUrl ? resolve(say, "audio-url", audioUrl || `${base}/audio/{key}`) : undefined,
  };
}

/** @param {Say} say @param {string} about @param {string} text */
function resolve(say, about, text) {
  let url;
  try {
    url = new URL(text, document.baseURI);
  } catch {
    say("error", about, `"${text}" is no URL.`);
    return;
  }
  if (SECRETS.test(url.search)) {
    say(
      "error",
      about,
      `The URL carries what looks like credentials (${[...url.searchParams.keys()].join(", ")}). They belong on the server.`,
    );
  }
  if (url.protocol === "http:" && location.protocol === "https:") {
    say("error", about, `${url.origin} is not https, and this page is: the browser blocks it.`);
  }
  if (url.origin !== location.origin) {
    say(
      "warning",
      about,
      `${url.origin} is another origin: the backend must list ${location.origin} in SORI_ALLOWED_ORIGINS, and answer CORS preflights.`,
    );
  }
  return url;
}

/** @param {Say} say @param {Captcha} element */
function lookAtMarkup(say, element) {
  if (!element.name) {
    say("warning", "name", "Without a name the form submits nothing of the captcha.");
  }
  if (!element.form) {
    say("warning", "form", "The element is in no form.");
  }
  if (!hasWay(element)) {
    say(
      "warning",
      "alternative",
      "The slot is empty. WCAG 1.1.1 asks for another modality, and 3.3.8 forbids an audio captcha as the only way into a login.",
    );
  }
}

/** @param {Say} say */
function lookAtBrowser(say) {
  const can = MEDIA_TYPES.map((type) => document.createElement("audio").canPlayType(type)).find(Boolean);
  say(
    can ? "ok" : "error",
    "audio support",
    can ? `This browser plays WAV: ${can}.` : "This browser says that it cannot play WAV.",
  );
  if (!isSecureContext) {
    say(
      "warning",
      "secure context",
      "The page is not served over https: copying, sharing and some audio features are missing.",
    );
  }
  say(
    navigator.onLine ? "ok" : "error",
    "network",
    navigator.onLine ? "The browser is online." : "The browser is offline.",
  );
}

/** What a content security policy blocks while something is done. @param {() => Promise<void>} act */
async function violationsDuring(act) {
  /** @type {string[]} */
  const blocked = [];
  /** @param {SecurityPolicyViolationEvent} event */
  const onViolation = ({ effectiveDirective, blockedURI }) =>
    blocked.push(`${effectiveDirective} blocked ${blockedURI}`);
  document.addEventListener("securitypolicyviolation", onViolation);
  try {
    await act();
    // The browser reports a violation in a task of its own.
    await new Promise((done) => setTimeout(done, 50));
  } finally {
    document.removeEventListener("securitypolicyviolation", onViolation);
  }
  return blocked;
}

/** Loads a silent clip from a blob, which shows at once whether media-src allows that. @param {Say} say */
async function tryMedia(say) {
  const url = URL.createObjectURL(new Blob([silence(10)], { type: "audio/wav" }));
  const audio = new Audio();
  const loaded = await new Promise((done) => {
    audio.addEventListener("loadedmetadata", () => done(true));
    audio.addEventListener("error", () => done(false));
    audio.src = url;
  });
  URL.revokeObjectURL(url);
  say(
    loaded ? "ok" : "error",
    "media",
    loaded ? "A WAV from a blob loads." : "A WAV from a blob does not load: is media-src blob: allowed?",
  );
}

/** @param {Say} say @param {Captcha} element @param {URL} keys @param {URL} audio */
async function ask(say, { ticket }, keys, audio) {
  /** @type {RequestInit} */
  const options = { credentials: "same-origin", referrerPolicy: "no-referrer", cache: "no-store", redirect: "error" };
  /** @param {string} about @param {string | URL} url @param {RequestInit} init */
  const fetchAndSay = async (about, url, init) => {
    let response;
    try {
      response = await fetch(url, { ...options, ...init });
    } catch (error) {
      say(
        "error",
        about,
        `No answer (${/** @type {Error} */ (error).message}): is the backend running, does CORS allow this origin, is connect-src set, does it redirect?`,
      );
      return;
    }
    const type = response.headers.get("content-type") ?? "none";
    say(response.ok ? "ok" : "error", about, `Answered ${response.status}, ${type}.`);
    const caching = response.headers.get("cache-control") ?? "";
    if (!caching.includes("no-store")) {
      say("warning", about, `Cache-Control is "${caching}"; NAVER's terms forbid caching: send no-store.`);
    }
    for (const [name, value] of response.headers) {
      if (SECRETS.test(name)) {
        say("error", about, `The header ${name} must not reach a browser.`);
      }
      if (name === "sori-upstream" && value === "practice") {
        say("warning", about, "The backend is in practice mode: it protects nothing.");
      }
    }
    return response;
  };

  const headers = { "content-type": "application/json", ...(ticket && { "sori-ticket": ticket }) };
  const issued = await fetchAndSay("keys", keys, { method: "POST", body: "{}", headers });
  if (!issued) {
    return;
  }
  let body;
  try {
    body = await issued.json();
  } catch {
    say("error", "keys", "The answer is no JSON: does the address lead to the backend?");
    return;
  }
  if (!issued.ok) {
    say("error", "keys", `The code is ${body.code ?? body.errorCode ?? "missing"}.`);
    return;
  }
  if (typeof body.key !== "string") {
    say("error", "keys", "The answer has no key.");
    return;
  }
  // In a path the URL parser encodes the braces, in a query it does not.
  const heard = await fetchAndSay("audio", audio.href.replace(/\{key\}|%7Bkey%7D/, body.key), {});
  if (!heard?.ok) {
    return;
  }
  const head = new Uint8Array(await heard.arrayBuffer()).subarray(0, 12);
  const text = String.fromCharCode(...head);
  const wav = text.startsWith("RIFF") && text.endsWith("WAVE");
  say(
    wav ? "ok" : "error",
    "audio",
    wav ? "The audio is a WAV." : "The audio is no WAV (it does not begin with RIFF…WAVE).",
  );
}
