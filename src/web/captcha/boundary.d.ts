// Made by `cargo xtask build` from the Rust in src/web and the enums of the core: do not edit.
export type Attribute = "endpoint" | "key-url" | "audio-url" | "verify-url" | "name" | "error" | "ticket" | "required" | "disabled" | "verify" | "lang" | "theme" | "lead-in" | "rate" | "shortcuts" | "pause-on-typing" | "remember" | "consent" | "mirror" | "timeout";
export type Description = "nothing" | "page" | "hint" | "error" | "status";
export type Flag = "aria-disabled" | "aria-invalid" | "readonly" | "hidden" | "data-way";
export type Flaw = "valueMissing" | "customError";
export type Message = "group" | "label" | "instruction" | "instructionNoKeys" | "play" | "resume" | "playNew" | "pause" | "back" | "forward" | "slower" | "faster" | "volume" | "volumePercent" | "renew" | "check" | "playing" | "loading" | "ended" | "endedKeys" | "endedType" | "endedTypeBefore" | "endedTypeBox" | "endedNew" | "endedNewBox" | "boxCleared" | "paused" | "stalled" | "speed" | "speedSlowest" | "speedFastest" | "checking" | "verified" | "verifiedShort" | "wrong" | "wrongCleared" | "expired" | "expiredClears" | "expiresSoon" | "submitted" | "needPlay" | "needPlayNoKeys" | "needAnswer" | "needNew" | "needCheck" | "needConsent" | "notDigits" | "notice" | "noticeConsent" | "noticePractice" | "consent" | "useAnotherWay" | "submitAsIs" | "contactSite" | "quotaExceeded" | "rateLimited" | "rateLimitedSeconds" | "rateLimitedMinutes" | "unavailable" | "stillUnavailable" | "misconfigured" | "offline" | "timeout" | "networkError" | "badResponse" | "notAudio" | "playbackBlocked" | "internalError" | "checkFailed";
export type Name = "play" | "way";
export type Part = "answer" | "error" | "hint" | "notice" | "consent" | "play" | "back" | "forward" | "slower" | "faster" | "renew" | "volume" | "transport" | "check" | "progress" | "status" | "sori" | "announcement";
export type Progress = "hidden" | "loading" | "playing" | "paused";
export type Signal = "sori-statechange" | "sori-issued" | "sori-verified" | "sori-rejected" | "sori-expired" | "sori-error";
export type SiteText = "error" | "rejection" | "validity";
export type StateName = "idle" | "loading" | "playing" | "paused" | "ready" | "checking" | "verified" | "rejected" | "expired" | "failed";
/* tslint:disable */
/* eslint-disable */
/**
 * Why a request or the sound failed, as far as the shell can find out.
 */

export type Failure = "offline" | "timeout" | "network_error" | "bad_response" | "not_audio" | "playback_blocked" | "csp_blocked" | "config_error";

export type Focus = "elsewhere" | "answer" | "play" | "consent" | "other";
/**
 * Something that happened. The only data that it comes with is the position of the audio.
 */

export type Report = "play" | "pause" | "pressPlay" | "keyPlay" | "back" | "forward" | "slower" | "faster" | "renew" | "check" | "enter" | "reset" | "formReset" | "disabled" | "enabled" | "consented" | "consentWithdrawn" | "invalidFirst" | "invalidLater" | "submitted" | "pageHidden" | "pageRestored" | "leadInOver" | "playing" | "paused" | "progress" | "ended";

export type Timer = "announce" | "slow" | "retry" | "expiryWarning" | "expiry" | "stall" | "pausedOutside" | "focus";

/**
 * Every rule of `<sori-captcha>`. One core serves all elements of a page; each element has a number (`id`) while it is
 * connected. Positions and lengths of the audio are in ms. If no element has the number, the element has just been
 * disconnected, and nothing follows.
 */
export class Core {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * All of the audio has arrived.
     */
    audio(id: number, generation: number): void;
    /**
     * The attributes have changed, other than `error`.
     */
    configure(id: number): void;
    /**
     * An element was connected. Returns its number. `answer` is what its box holds.
     */
    connect(shell: any, answer: string, consented: boolean, disabled: boolean): number;
    /**
     * `setCustomValidity` was called. `there`: with a message.
     */
    customValidity(id: number, there: boolean): void;
    /**
     * An element left the document. Its number is free from now on.
     */
    disconnect(id: number): void;
    /**
     * The box was edited.
     */
    edited(id: number, answer: string): void;
    /**
     * A request failed.
     */
    failed(id: number, generation: number, how: Failure): void;
    /**
     * The focus moved to a control of the element, or left the element.
     */
    focus(id: number, to: Focus): void;
    /**
     * Whether the event of a key in the box stays within the element.
     */
    isPrintable(key: string, modified: boolean): boolean;
    /**
     * The backend issued a key. `expires_in` is in s, NaN if the reply has none. `practice`: the practice upstream
     * issued the key.
     */
    issued(id: number, generation: number, key: string, expires_in: number, practice: boolean): void;
    /**
     * The backend judged the answer. The token is empty if the answer was wrong.
     */
    judged(id: number, generation: number, verified: boolean | null | undefined, token: string): void;
    /**
     * Returns at once what a keyboard key in the box does, as a report; `None` if it types. `modified`: Ctrl, Alt or
     * Meta is held. `composing`: an input method is at work. `taken`: the input method took this press.
     */
    keyAction(id: number, key: string, modified: boolean, composing: boolean, taken: boolean): Report | undefined;
    /**
     * The core of a fresh instance of the module.
     */
    constructor();
    /**
     * Speech could not be played.
     */
    playbackFailed(id: number, how: Failure): void;
    /**
     * The speed and the volume that were kept on the device, in percent.
     */
    recalled(id: number, rate: number, volume: number): void;
    /**
     * The reply to a request is an error: its status, its `Retry-After` in s (0 if there is none), and the members
     * `code` and `errorCode` of its JSON. `errorCode` is NAVER's own.
     */
    refused(id: number, generation: number, status: number, retry_after: number, code: string, naver_code: string): void;
    /**
     * The site's server rejected the answer, maybe in its own words.
     */
    reject(id: number, in_own_words: boolean): void;
    /**
     * Something happened. `at` is the position of the audio and `length` its length, 0 if unknown.
     */
    report(id: number, what: Report, at: number, length: number): void;
    /**
     * Scans a piece of the audio. Returns false once the audio is longer than the limit.
     */
    scan(id: number, piece: Uint8Array | number[]): boolean;
    /**
     * Sends a request that the shell has made. [`Shell::answered`] gets the reply, unless the element sends another
     * request or is disconnected.
     */
    send(id: number, request: Request): void;
    /**
     * The `error` attribute was set or removed. `there`: it has a text.
     */
    siteError(id: number, there: boolean): void;
    /**
     * Whether every pointer of the device is coarse, and whether the page offers another way.
     */
    surroundings(id: number, coarse: boolean, has_way: boolean): void;
    /**
     * A timer ran out.
     */
    timer(id: number, timer: Timer): void;
    /**
     * The same for a text that is about to be typed: some keyboards do not name the character in `keydown`.
     */
    typedAction(id: number, text: string): Report | undefined;
    /**
     * The volume was set, in percent.
     */
    volume(id: number, percent: number): void;
}

export function __wbg_reset_state(): void;

/**
 * Does nothing. After a trap, wasm-bindgen's reset (`__wbg_reset_state`, 0.2.130) calls a start function
 * even if the module has none, and would then throw.
 */
export function module_start(): void;

