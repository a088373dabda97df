/** Every `code` of a `sori-error` event, of a problem document, and of the form field `NAME-error`. */
export type SoriErrorCode =
  | "quota_exceeded"
  | "rate_limited"
  | "invalid_key"
  | "audio_not_issued"
  | "upstream_unavailable"
  | "upstream_rejected"
  | "bad_request"
  | "origin_not_allowed"
  | "payload_too_large"
  | "store_unavailable"
  | "offline"
  | "timeout"
  | "network_error"
  | "bad_response"
  | "not_audio"
  | "playback_blocked"
  | "csp_blocked"
  | "config_error"
  | "internal_error";

/** The state that holds: as `:state(…)` in CSS and in `sori-statechange`. */
export type SoriCaptchaState =
  | "idle"
  | "loading"
  | "playing"
  | "paused"
  | "ready"
  | "checking"
  | "verified"
  | "rejected"
  | "expired"
  | "failed";

export interface SoriCaptchaEventMap {
  /** The state changed. */
  "sori-statechange": CustomEvent<{ state: SoriCaptchaState }>;
  /** A key was issued: it cost one of the day's calls. `expiresIn` is in seconds, null where unknown. */
  "sori-issued": CustomEvent<{ expiresIn: number | null }>;
  /** Inline mode: the answer was right. */
  "sori-verified": CustomEvent<{ token: string }>;
  /** The answer was wrong. */
  "sori-rejected": CustomEvent<null>;
  /** The key has expired. */
  "sori-expired": CustomEvent<null>;
  /** Something went wrong. `retryAfter` is in seconds, null where unknown. */
  "sori-error": CustomEvent<{ code: SoriErrorCode; retryable: boolean; retryAfter: number | null }>;
}

/** The texts that the `messages` property may replace; `{}` stands for a number. */
export type SoriCaptchaMessages = Partial<
  Record<
    | "group"
    | "label"
    | "instruction"
    | "keysHint"
    | "play"
    | "playNew"
    | "pause"
    | "back"
    | "forward"
    | "slower"
    | "faster"
    | "volume"
    | "renew"
    | "check"
    | "playing"
    | "loading"
    | "endedType"
    | "ended"
    | "speed"
    | "checking"
    | "verified"
    | "wrong"
    | "expired"
    | "expiresSoon"
    | "submitted"
    | "needPlay"
    | "needAnswer"
    | "needNew"
    | "needCheck"
    | "needConsent"
    | "notDigits"
    | "notice"
    | "consent"
    | "quotaExceeded"
    | "rateLimited"
    | "rateLimitedSeconds"
    | "rateLimitedMinutes"
    | "unavailable"
    | "misconfigured"
    | "offline"
    | "timeout"
    | "networkError"
    | "badResponse"
    | "notAudio"
    | "playbackBlocked"
    | "internalError"
    | "checkFailed",
    string
  >
>;

/** What `diagnose()` found. */
export interface SoriFinding {
  level: "ok" | "warning" | "error";
  /** What was looked at. */
  about: string;
  /** What was found, and what to do. */
  text: string;
}

/** `<sori-captcha>` */
export interface SoriCaptchaElement extends HTMLElement {
  /** The backend's address, such as `/captcha`. */
  endpoint: string;
  /** Where a key is issued, for a backend of one's own. */
  keyUrl: string;
  /** Where the audio is, with `{key}` in the key's place. */
  audioUrl: string;
  /** Where an answer is verified in inline mode. */
  verifyUrl: string;
  /** The prefix of the form's fields. */
  name: string;
  required: boolean;
  disabled: boolean;
  /** `form` (default) or `inline`. */
  verify: string;
  /** The server's verdict, shown and described at the box. */
  error: string;
  /** `auto` (default), `light` or `dark`. */
  theme: string;
  /** Silence before speech, in ms, 0 to 5000; default 1500 after a button, 500 after a key in the box. */
  get leadIn(): string;
  set leadIn(value: string | number | null);
  /** Speed, 0.5 to 1.5; default 1. */
  get rate(): string;
  set rate(value: string | number | null);
  /** `off` removes the keys in the answer box. */
  shortcuts: string;
  pauseOnTyping: boolean;
  /** Keeps speed and volume, and nothing else, on the device. */
  remember: boolean;
  consent: boolean;
  /** One network call, in ms, 1000 to 120000; default 10000. */
  get timeout(): string;
  set timeout(value: string | number | null);
  ticket: string;
  /** Texts in place of the built-in ones. */
  messages: SoriCaptchaMessages | undefined;

  /** What is in the answer box. */
  value: string;
  readonly form: HTMLFormElement | null;
  readonly labels: NodeList;
  readonly type: string;
  readonly validity: ValidityState;
  readonly validationMessage: string;
  readonly willValidate: boolean;
  checkValidity(): boolean;
  reportValidity(): boolean;
  setCustomValidity(message: string): void;

  play(): void;
  pause(): void;
  back(): void;
  forward(): void;
  /** A new challenge: spends quota. */
  renew(): void;
  reset(): void;
  /** The site's server said no: focuses the box, describes the error there, discards the key. */
  reject(message?: string): void;
  /** A report for developers, loaded on demand; asks the backend, for one key, only with `request: true`. */
  diagnose(options?: { request?: boolean }): Promise<SoriFinding[]>;

  addEventListener<K extends keyof SoriCaptchaEventMap>(
    type: K,
    listener: (this: SoriCaptchaElement, event: SoriCaptchaEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener<K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (this: SoriCaptchaElement, event: HTMLElementEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

/** What `render` takes: the element's properties. */
export type SoriCaptchaOptions = Partial<
  Pick<
    SoriCaptchaElement,
    | "endpoint"
    | "keyUrl"
    | "audioUrl"
    | "verifyUrl"
    | "name"
    | "required"
    | "disabled"
    | "verify"
    | "error"
    | "lang"
    | "theme"
    | "shortcuts"
    | "pauseOnTyping"
    | "remember"
    | "consent"
    | "ticket"
    | "messages"
  > & { leadIn: string | number; rate: string | number; timeout: string | number }
>;

/**
 * Registers `<sori-captcha>` and `<sori-share>`. Resolves when they work; without a DOM at once, without
 * doing anything. Rejects if the module cannot be loaded; the next call tries again.
 */
export function define(): Promise<void>;

/** Puts a captcha into a container and returns it at once; it works when `define()` has resolved. */
export function render(container: Element, options?: SoriCaptchaOptions): SoriCaptchaElement;

export type { SoriShareDetail, SoriShareElement, SoriShareEventMap, SoriShareVia } from "./share.js";

declare global {
  interface HTMLElementTagNameMap {
    "sori-captcha": SoriCaptchaElement;
  }
}
