// Made by `cargo xtask build` from src/web/captcha/*.rs and the enums of the core: do not edit.
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
 * What the shell finds out of a request or of the sound that fails.
 */

export type Failure = "offline" | "timeout" | "network_error" | "bad_response" | "not_audio" | "playback_blocked" | "csp_blocked" | "config_error";

export type Focus = "elsewhere" | "answer" | "play" | "consent" | "other";
/**
 * Something that happened, and has nothing more to it than where the audio was.
 */

export type Report = "play" | "pause" | "pressPlay" | "keyPlay" | "back" | "forward" | "slower" | "faster" | "renew" | "check" | "enter" | "reset" | "formReset" | "disabled" | "enabled" | "consented" | "consentWithdrawn" | "invalidFirst" | "invalidLater" | "submitted" | "pageHidden" | "pageRestored" | "leadInOver" | "playing" | "paused" | "progress" | "ended";

export type Timer = "announce" | "slow" | "retry" | "expiryWarning" | "expiry" | "stall" | "pausedOutside" | "focus";

/**
 * Every rule of `<sori-captcha>`: one for all elements of a page, each of which has a number (`id`) while it is connected.
 * Positions and lengths of the audio are in ms. A number that belongs to no element is that of one that has just gone:
 * nothing follows.
 */
export class Core {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * The audio is there.
     */
    audio(id: number, generation: number): void;
    /**
     * The attributes have changed, all but `error`.
     */
    configure(id: number): void;
    /**
     * An element was connected: its number from now on. `answer` is what its box holds.
     */
    connect(shell: any, answer: string, consented: boolean, disabled: boolean): number;
    /**
     * `setCustomValidity` was called: whether something is wrong.
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
     * Whether a press in the box stays within the element.
     */
    isPrintable(key: string, modified: boolean): boolean;
    /**
     * A key was asked for, and the answer is a success. `expires_in` is in s, NaN where there is none. `practice`: the practice
     * upstream issued it.
     */
    issued(id: number, generation: number, key: string, expires_in: number, practice: boolean): void;
    /**
     * The answer was judged. The token is empty where it was wrong.
     */
    judged(id: number, generation: number, verified: boolean | null | undefined, token: string): void;
    /**
     * What a key in the box does, at once, as a report; none for one that types. `modified`: Ctrl, Alt or Meta is held.
     * `composing`: an input method is at work. `taken`: it took this press.
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
     * Speed and volume that were kept on the device, in percent.
     */
    recalled(id: number, rate: number, volume: number): void;
    /**
     * A request was answered, and the answer is no success: its status, its `Retry-After` in s (0 where there is none), and
     * the members `code` and `errorCode` of its JSON, the latter NAVER's own.
     */
    refused(id: number, generation: number, status: number, retry_after: number, code: string, naver_code: string): void;
    /**
     * The site's server said no, maybe in its own words.
     */
    reject(id: number, in_own_words: boolean): void;
    /**
     * Something happened. `at` and `length` say where the audio is and how long it is, 0 where that is not known.
     */
    report(id: number, what: Report, at: number, length: number): void;
    /**
     * Looks into a piece of the audio. False once there is more than the cap allows.
     */
    scan(id: number, piece: Uint8Array | number[]): boolean;
    /**
     * Sends a request that the shell has made; [`Shell::answered`] gets the answer, unless the element sends another one
     * or is disconnected.
     */
    send(id: number, request: Request): void;
    /**
     * The `error` attribute was set, to a text or to none.
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
     * The same for a text that is about to be typed: some keyboards do not name it in `keydown`.
     */
    typedAction(id: number, text: string): Report | undefined;
    /**
     * The volume was set, in percent.
     */
    volume(id: number, percent: number): void;
}

export function __wbg_reset_state(): void;

/**
 * Does nothing. wasm-bindgen's reset after a trap (`__wbg_reset_state`, 0.2.130) calls it whether there is
 * one or not, and would throw.
 */
export function module_start(): void;

