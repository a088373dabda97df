// The media element. Sori does not use an AudioContext, because the iPhone's silent switch mutes it.
import { attempt, forget, wasBlocked } from "./policy.js";
import { silence } from "./silence.js";

/** @typedef {import("./shell.js").Shell} Shell */
/** @typedef {"silence" | "speech" | ""} Clip What the media element holds. */

/** @param {Shell} self */
function mediaElement(self) {
  if (!self.audio) {
    const audio = self.element.ownerDocument.createElement("audio");
    self.audio = audio;
    audio.volume = self.volume;
    self.root.append(audio);
    /**
     * Ignores the events of a media element that was replaced.
     * @param {string} type
     * @param {Clip} clip
     * @param {() => void} act
     */
    const on = (type, clip, act) =>
      audio.addEventListener(type, () => self.audio === audio && self.clip === clip && act());
    on("playing", "speech", () => audio.paused || self.report("playing"));
    // The media element also reports a pause just before its end, which nobody asked for.
    on("pause", "speech", () => audio.ended || self.report("paused"));
    on("ended", "speech", () => self.report("ended"));
    on("timeupdate", "speech", () => self.report("progress"));
    // Before the first sound, `play()` reports what is wrong. Later, only this event does.
    on("error", "speech", () => audio.currentTime && playbackFailed(self, "not_audio"));
    for (const type of ["ended", "error"]) on(type, "silence", () => self.leadInOver());
  }
  return self.audio;
}

/** @param {Shell} self @param {import("./boundary.d.ts").Failure} how */
function playbackFailed(self, how) {
  self.tell("playbackFailed", how);
}

/** @param {Shell} self */
async function play(self) {
  const { clip } = self;
  const audio = mediaElement(self);
  const { src } = audio;
  const made = attempt(`media-src ${src}`);
  try {
    await audio.play();
  } catch (error) {
    const { name } = /** @type {Error} */ (error);
    const unplayable = clip === "speech" && !/^(NotAllowed|Abort)Error$/.test(name);
    const blocked = unplayable && (await wasBlocked(made));
    // Another clip has replaced this one, perhaps while the browser's report was awaited.
    if (name === "AbortError" || src !== audio.src || audio !== self.audio) return;
    if (clip === "silence") return self.leadInOver();
    playbackFailed(self, name === "NotAllowedError" ? "playback_blocked" : blocked ? "csp_blocked" : "not_audio");
  } finally {
    forget(made);
  }
}

/** @param {HTMLAudioElement} audio @param {BlobPart[]} [pieces] */
function load(audio, pieces) {
  if (audio.src) URL.revokeObjectURL(audio.src);
  audio.src = pieces ? URL.createObjectURL(new Blob(pieces, { type: "audio/wav" })) : "";
}

/**
 * The position and the length of speech, in ms; 0 if unknown. Rounded, because the module would drop fractions.
 * @param {Shell} self
 * @returns {[number, number]}
 */
export function position({ audio, clip }) {
  if (clip !== "speech" || !audio) return [0, 0];
  const { currentTime, duration } = audio;
  return [Math.round(currentTime * 1000), Number.isFinite(duration) ? Math.round(duration * 1000) : 0];
}

/**
 * Plays silence within the visitor's user gesture. After that, the media element may play what arrives later.
 * @param {Shell} self
 * @param {number} ms
 */
export function leadIn(self, ms) {
  const audio = mediaElement(self);
  // The speed is set before the clip is loaded: at another speed the lead-in would have another length.
  audio.playbackRate = audio.defaultPlaybackRate = 1;
  load(audio, [silence(ms)]);
  self.clip = "silence";
  play(self);
}

/** Whether silence is being played. @param {Shell} self */
export function isSilent({ audio, clip }) {
  return clip === "silence" && !!audio && !audio.paused && !audio.ended;
}

/** Replaces the current audio with the audio that arrived last. @param {Shell} self */
export function adopt(self) {
  self.speech = self.arrived;
  if (self.clip === "speech") self.clip = "";
}

/** Plays speech from a position. @param {Shell} self @param {number} at In ms. */
export function start(self, at) {
  const audio = mediaElement(self);
  if (self.clip !== "speech") {
    load(audio, self.speech);
    self.clip = "speech";
    audio.playbackRate = audio.defaultPlaybackRate = self.rate;
  }
  audio.currentTime = at / 1000;
  play(self);
}

/** @param {Shell} self @param {number} rate @param {number} volume In percent. */
export function tune(self, rate, volume) {
  self.rate = rate / 100;
  self.volume = volume / 100;
  const { audio } = self;
  if (!audio) return;
  audio.volume = self.volume;
  if (self.clip === "speech") audio.playbackRate = audio.defaultPlaybackRate = self.rate;
}

/** Drops all audio. @param {Shell} self */
export function unload(self) {
  self.speech = self.arrived = undefined;
  replace(self);
}

/** Drops the media element: the next sound gets a new one. @param {Shell} self */
export function replace(self) {
  const { audio } = self;
  self.audio = undefined;
  self.clip = "";
  if (!audio) return;
  load(audio);
  audio.remove();
}

/** @type {boolean | undefined} */
let settable;

/** Whether the volume can be set: iOS reads back 1, whatever was set. */
export function hasVolume() {
  if (settable === undefined) {
    const probe = new Audio();
    probe.volume = 0.5;
    settable = probe.volume === 0.5;
  }
  return settable;
}
