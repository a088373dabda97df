// The media element. Not an AudioContext: the iPhone's silent switch mutes that.
import { rust } from "./instance.js";
import { was_blocked, watched } from "./policy.js";
import { ENDED, LEAD_IN_OVER, PAUSED, PLAYBACK_FAILED, PLAYING, PROGRESS } from "./protocol.js";

function element(self) {
  if (!self.audio) {
    self.audio = self.element.ownerDocument.createElement("audio");
    self.audio.volume = self.volume;
    self.root.append(self.audio);
    const { audio } = self;
    // An element that was replaced may still have events under way. And this one pauses before it ends: that is no pause.
    const on = (type, op) => audio.addEventListener(type, () => audio === self.audio && self.clip === "speech" && (op !== PAUSED || !audio.ended) && (op !== PLAYING || !audio.paused) && self.tell(op));
    on("playing", PLAYING);
    on("pause", PAUSED);
    on("ended", ENDED);
    on("timeupdate", PROGRESS);
    // Before the first sound `play()` says what is wrong; later only this does.
    audio.addEventListener("error", () => audio === self.audio && self.clip === "speech" && audio.currentTime && self.tell(PLAYBACK_FAILED, 0, "not_audio"));
    for (const type of ["ended", "error"]) audio.addEventListener(type, () => audio === self.audio && self.clip === "silence" && self.tell(LEAD_IN_OVER));
  }
  return self.audio;
}

async function play(self, clip) {
  const { audio } = self;
  const attempt = { what: `media-src ${audio.src}` };
  watched.add(attempt);
  try {
    await audio.play();
  } catch ({ name }) {
    // Another clip, or another element, took its place.
    if (name === "AbortError" || clip !== self.clip || audio !== self.audio) return;
    if (clip === "silence") return self.tell(LEAD_IN_OVER);
    const code = name === "NotAllowedError" ? "playback_blocked" : (await was_blocked(attempt)) ? "csp_blocked" : "not_audio";
    self.tell(PLAYBACK_FAILED, 0, code);
  } finally {
    watched.delete(attempt);
  }
}

function load({ audio }, pieces) {
  if (audio.src) URL.revokeObjectURL(audio.src);
  audio.src = pieces ? URL.createObjectURL(new Blob(pieces, { type: "audio/wav" })) : "";
}

/** Where speech is, and how long it is, in ms; 0 where unknown. */
export function position({ audio, clip }) {
  return clip === "speech" ? [Math.round(audio.currentTime * 1000), Number.isFinite(audio.duration) ? Math.round(audio.duration * 1000) : 0] : [0, 0];
}

/** Silence within the person's gesture: having played that, the element may play what arrives later. */
export function lead(self, ms) {
  const audio = element(self);
  // At another speed the lead-in would have another length. The load sets the speed to the default one.
  audio.defaultPlaybackRate = 1;
  load(self, [rust.silence(ms)]);
  self.clip = "silence";
  play(self, self.clip);
}

/** What arrived takes the place of the speech at hand. */
export function adopt(self) {
  self.speech = self.arrived;
  self.clip = self.clip === "speech" ? "" : self.clip;
}

/** Speech, from there. */
export function start(self, at) {
  const audio = element(self);
  if (self.clip !== "speech") {
    load(self, self.speech);
    self.clip = "speech";
    audio.playbackRate = audio.defaultPlaybackRate = self.rate;
  }
  audio.currentTime = at / 1000;
  play(self, self.clip);
}

export function pause({ audio }) {
  audio?.pause();
}

export function seek({ audio }, at) {
  audio.currentTime = at / 1000;
}

/** Speed and volume, in percent. */
export function tune(self, rate, volume) {
  self.rate = rate / 100;
  self.volume = volume / 100;
  const { audio } = self;
  if (audio) audio.volume = self.volume;
  if (self.clip === "speech") audio.playbackRate = audio.defaultPlaybackRate = self.rate;
}

/** Leaves nothing of it behind. */
export function unload(self) {
  self.speech = self.arrived = undefined;
  replace(self);
}

/** The next sound gets an element of its own. */
export function replace(self) {
  self.clip = undefined;
  if (!self.audio) return;
  load(self);
  self.audio.remove();
  self.audio = undefined;
}
