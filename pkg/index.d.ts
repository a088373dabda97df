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

/**
 * The texts that the `messages` property may replace. `{}` stands for a number, `{play}`, `{check}` and `{renew}` for the
 * present names of these buttons, `{way}` for the way on that the page offers.
 */
export type SoriCaptchaMessages = Partial<
  Record<
    | "group"
    | "label"
    | "instruction"
    | "instructionNoKeys"
    | "play"
    | "resume"
    | "playNew"
    | "pause"
    | "back"
    | "forward"
    | "slower"
    | "faster"
    | "volume"
    | "volumePercent"
    | "renew"
    | "check"
    | "playing"
    | "loading"
    | "ended"
    | "endedKeys"
    | "endedType"
    | "endedTypeBefore"
    | "endedTypeBox"
    | "endedNew"
    | "endedNewBox"
    | "boxCleared"
    | "paused"
    | "stalled"
    | "speed"
    | "speedSlowest"
    | "speedFastest"
    | "checking"
    | "verified"
    | "verifiedShort"
    | "wrong"
    | "wrongCleared"
    | "expired"
    | "expiredClears"
    | "expiresSoon"
    | "submitted"
    | "needPlay"
    | "needPlayNoKeys"
    | "needAnswer"
    | "needNew"
    | "needCheck"
    | "needConsent"
    | "notDigits"
    | "notice"
    | "noticeConsent"
    | "noticePractice"
    | "consent"
    | "useAnotherWay"
    | "submitAsIs"
    | "contactSite"
    | "quotaExceeded"
    | "rateLimited"
    | "rateLimitedSeconds"
    | "rateLimitedMinutes"
    | "unavailable"
    | "stillUnavailable"
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

/** The attributes of `<sori-captcha>`, as markup and templates write them. */
export interface SoriCaptchaAttributes {
  /** The backend's address, such as `/captcha`. */
  endpoint?: string | undefined;
  /** Where a key is issued, for a backend of one's own. */
  "key-url"?: string | undefined;
  /** Where the audio is, with `{key}` in the key's place. */
  "audio-url"?: string | undefined;
  /** Where an answer is verified in inline mode. */
  "verify-url"?: string | undefined;
  /** The prefix of the form's fields; without it nothing is submitted. */
  name?: string | undefined;
  /** Whether the form needs an answer. */
  required?: boolean | undefined;
  disabled?: boolean | undefined;
  /** When the answer is verified: by the site's server (default), or by the widget. */
  verify?: "form" | "inline" | undefined;
  /** The server's verdict, shown and described at the box. */
  error?: string | undefined;
  /** A BCP 47 tag; without it the nearest `lang` of the page. */
  lang?: string | undefined;
  /** `auto` is the default. */
  theme?: "auto" | "light" | "dark" | undefined;
  /** Silence before speech, in ms, 0 to 5000; default 1500 after a button, 500 after a key in the box. */
  "lead-in"?: string | number | undefined;
  /** Speed, 0.5 to 1.5; default 1. */
  rate?: string | number | undefined;
  /** `off` removes the keys in the answer box. */
  shortcuts?: "on" | "off" | undefined;
  /** Typing pauses the audio. */
  "pause-on-typing"?: boolean | undefined;
  /** Keeps speed and volume, and nothing else, on the device. */
  remember?: boolean | undefined;
  /** Asks for consent before Play, and submits `NAME-consent`. */
  consent?: boolean | undefined;
  /** Keeps hidden inputs with the same fields beside the element, for serialisers that know only native fields. */
  mirror?: boolean | undefined;
  /** One network call, in ms, 1000 to 120000; default 10000. */
  timeout?: string | number | undefined;
  /** What the site's server renders where the backend wants tickets. */
  ticket?: string | undefined;
}

type CamelCase<Name extends string> = Name extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<CamelCase<Tail>>}` : Name;

/** What `render` takes: the element's properties. */
export type SoriCaptchaOptions = {
  [Name in keyof SoriCaptchaAttributes as CamelCase<Name>]: SoriCaptchaAttributes[Name];
} & { messages?: SoriCaptchaMessages | undefined };

/** `<sori-captcha>`. Its properties reflect the attributes; a number or `null` may be set where the attribute takes one or may be absent. */
export interface SoriCaptchaElement extends HTMLElement {
  endpoint: string;
  keyUrl: string;
  audioUrl: string;
  verifyUrl: string;
  name: string;
  required: boolean;
  disabled: boolean;
  get verify(): string;
  set verify(value: "form" | "inline" | null);
  error: string;
  get theme(): string;
  set theme(value: "auto" | "light" | "dark" | null);
  get leadIn(): string;
  set leadIn(value: string | number | null);
  get rate(): string;
  set rate(value: string | number | null);
  get shortcuts(): string;
  set shortcuts(value: "on" | "off" | null);
  pauseOnTyping: boolean;
  remember: boolean;
  consent: boolean;
  mirror: boolean;
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

  /** Starts or goes on; at the end it starts over. */
  play(): void;
  pause(): void;
  /** One digit back; 2 s where the audio has no pauses. */
  back(): void;
  /** One digit on; 2 s where the audio has no pauses. */
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
  removeEventListener<K extends keyof SoriCaptchaEventMap>(
    type: K,
    listener: (this: SoriCaptchaElement, event: SoriCaptchaEventMap[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener<K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (this: SoriCaptchaElement, event: HTMLElementEventMap[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
}

/**
 * Registers `<sori-captcha>` and `<sori-share>`. Resolves when they work; without a DOM at once, without
 * doing anything. Rejects if the module cannot be loaded; the next call tries again.
 */
export function define(): Promise<void>;

/** Puts a captcha into a container and returns it at once; it works when `define()` has resolved. */
export function render(container: Element, options?: SoriCaptchaOptions): SoriCaptchaElement;

export type { SoriShareAttributes, SoriShareDetail, SoriShareElement, SoriShareEventMap, SoriShareVia } from "./share.js";

declare global {
  interface HTMLElementTagNameMap {
    "sori-captcha": SoriCaptchaElement;
  }
}
