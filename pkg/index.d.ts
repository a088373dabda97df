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

/** The present state, as in `:state(…)` in CSS and in the event `sori-statechange`. */
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
  /** A key was issued, which used one of the day's calls. `expiresIn` is in seconds, null if unknown. */
  "sori-issued": CustomEvent<{ expiresIn: number | null }>;
  /** Inline mode: the answer was right. */
  "sori-verified": CustomEvent<{ token: string }>;
  /** The answer was wrong, or `reject()` was called. */
  "sori-rejected": CustomEvent<null>;
  /**
   * The key cannot be used any more: it has expired, or the backend refused it (`invalid_key`, `audio_not_issued`; then there is no
   * `sori-error`).
   */
  "sori-expired": CustomEvent<null>;
  /** Something went wrong. `retryAfter` is in seconds, null if unknown. */
  "sori-error": CustomEvent<{ code: SoriErrorCode; retryable: boolean; retryAfter: number | null }>;
}

/**
 * The texts that the `messages` property may replace. `{}` stands for a number. `{play}`, `{check}` and `{renew}` stand for the
 * present names of these buttons, and `{way}` for what to do without audio.
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
    string | undefined
  >
>;

/** What `diagnose()` found. */
export interface SoriFinding {
  level: "ok" | "warning" | "error";
  /** What `diagnose()` looked at. */
  about: string;
  /** What it found, and what to do. */
  text: string;
}

/** The attributes of `<sori-captcha>`, as markup and templates write them. */
export interface SoriCaptchaAttributes {
  /** The backend's address, such as `/captcha`. */
  endpoint?: string | undefined;
  /** Where a key is issued, if the site has a backend of its own. */
  "key-url"?: string | undefined;
  /** Where the audio is, with `{key}` in place of the key. */
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
  /** What the site's server said about the answer. It is shown at the box, and describes the box. */
  error?: string | null | false | undefined;
  /** A BCP 47 tag; without it the nearest `lang` of the page, and if there is none, the browser's language. */
  lang?: string | undefined;
  /** `auto` is the default. */
  theme?: "auto" | "light" | "dark" | undefined;
  /** The silence before speech, in ms, 0 to 5000; default 1500 after a button, 500 after a keyboard key in the box. */
  "lead-in"?: string | number | undefined;
  /** Speed, 0.5 to 1.5; default 1. */
  rate?: string | number | undefined;
  /** `off` switches off the keyboard keys in the answer box. */
  shortcuts?: "on" | "off" | undefined;
  /** Typing pauses the audio. */
  "pause-on-typing"?: boolean | undefined;
  /** Keeps speed and volume, and nothing else, on the device. */
  remember?: boolean | undefined;
  /** Asks for consent before Play, and submits `NAME-consent`. */
  consent?: boolean | undefined;
  /** Puts the fields into hidden inputs beside the element, for serialisers that know only native fields. */
  mirror?: boolean | undefined;
  /** How long one network call may take, in ms, 1000 to 120000; default 10000. */
  timeout?: string | number | undefined;
  /** The value that the site's server puts into the page if the backend requires tickets. */
  ticket?: string | undefined;
}

type CamelCase<Name extends string> = Name extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<CamelCase<Tail>>}` : Name;

/** What `render` takes: the element's properties. */
export type SoriCaptchaOptions = {
  [Name in keyof SoriCaptchaAttributes as CamelCase<Name>]: SoriCaptchaAttributes[Name];
} & {
  /** The `id` of the form, if the captcha is not inside it. */
  form?: string | undefined;
  messages?: SoriCaptchaMessages | undefined;
};

/**
 * `<sori-captcha>`. Its properties reflect the attributes. A number may be set if the attribute is a number, and `null` if the
 * attribute may be absent.
 */
export interface SoriCaptchaElement extends HTMLElement {
  get endpoint(): string;
  set endpoint(value: string | null);
  get keyUrl(): string;
  set keyUrl(value: string | null);
  get audioUrl(): string;
  set audioUrl(value: string | null);
  get verifyUrl(): string;
  set verifyUrl(value: string | null);
  get name(): string;
  set name(value: string | null);
  required: boolean;
  disabled: boolean;
  get verify(): string;
  set verify(value: "form" | "inline" | null);
  get error(): string;
  set error(value: string | null | false);
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
  get ticket(): string;
  set ticket(value: string | null);
  /** Texts in place of the built-in ones. */
  get messages(): Readonly<SoriCaptchaMessages> | undefined;
  set messages(value: SoriCaptchaMessages | null | undefined);

  /** What is in the answer box. */
  value: string;
  readonly form: HTMLFormElement | null;
  readonly labels: NodeListOf<HTMLLabelElement>;
  readonly type: string;
  readonly validity: ValidityState;
  readonly validationMessage: string;
  readonly willValidate: boolean;
  checkValidity(): boolean;
  reportValidity(): boolean;
  setCustomValidity(message: string): void;

  /** Starts the audio or resumes it; at the end, starts it again. */
  play(): void;
  pause(): void;
  /** Goes one digit back; 2 s if the audio has no pauses. */
  back(): void;
  /** Goes one digit forward; 2 s if the audio has no pauses. */
  forward(): void;
  /** Asks for a new challenge, which spends quota. */
  renew(): void;
  reset(): void;
  /** For an answer that the site's server rejected: focuses the box, describes the error there, and discards the key. */
  reject(message?: string): void;
  /** A report for developers, loaded on demand. With `request: true` it also asks the backend for one key. */
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
 * Registers `<sori-captcha>` and `<sori-share>`. Resolves when `<sori-captcha>` works; at once without a DOM, in a browser that
 * lacks what the element needs (the console names it), and if another copy on the page has registered it. Rejects if the module
 * cannot be loaded; the next call tries again. `<sori-share>` loads by itself.
 */
export function define(): Promise<void>;

/**
 * Puts a captcha into a container and returns it at once; it works when `define()` has resolved. Throws a `TypeError` if the
 * container is no element.
 */
export function render(container: Element | DocumentFragment, options?: SoriCaptchaOptions): SoriCaptchaElement;

export type { SoriShareAttributes, SoriShareDetail, SoriShareElement, SoriShareEventMap, SoriShareOptions, SoriShareVia } from "./share.js";

declare global {
  interface HTMLElementTagNameMap {
    "sori-captcha": SoriCaptchaElement;
  }
}
