// One element: its life cycle, what the core (src/web/captcha/shell.rs) is told, and what the core asks for. It decides only what must
// be decided before there is a core.
import { callCore, connected, core, failed, load } from "./core.js";
import { paintCrash } from "./crash.js";
import { keep, recall } from "./memory.js";
import { Painting } from "./painting.js";
import { warnIfOutOfReach } from "./reach.js";
import * as requests from "./request.js";
import * as sound from "./sound.js";
import { defaultButton, hasWay, isCoarse } from "./surroundings.js";
import { dress } from "./template.js";

/** @typedef {import("./boundary.d.ts").Core} Core */
/** @typedef {import("./boundary.d.ts").Report} Report */
/** @typedef {import("./boundary.d.ts").Timer} Timer */
/**
 * The arguments after the element's number.
 * @template F
 * @typedef {F extends (id: number, ...rest: infer R) => unknown ? R : never} Rest
 */
/**
 * The methods of the core that take the number of an element.
 * @typedef {Exclude<keyof Core, "connect" | "free" | "isPrintable" | symbol>} Named
 */
/** One of these methods, and its arguments. @typedef {{ [K in Named]: [name: K, ...rest: Rest<Core[K]>] }[Named]} Telling */

/** The length of the silence that answers a press before the module is loaded, in ms. */
const FIRST_LEAD_IN_MS = 1500;
/** What a visitor or the page asks for when the audio is to be played. */
const PLAYS = ["play", "pressPlay", "keyPlay"];
/** If loading takes longer than this, in ms, the visitor is told. */
const SLOW_MS = 2000;

export class Shell extends Painting {
  /** The number that the core knows the element by; -1 while there is no core, or the element is not connected. */
  id = -1;
  /** The speed and the volume of speech: at 1, it is as fast as it was spoken, and as loud as it can be. */
  rate = 1;
  volume = 1;
  /** @type {sound.Clip} */
  clip = "";
  /** @type {HTMLAudioElement | undefined} */
  audio;
  /** The current audio, and the audio that arrived last. @type {BlobPart[] | undefined} */
  speech;
  /** @type {BlobPart[] | undefined} */
  arrived;
  /** @type {AbortController | undefined} */
  request;
  /** What happened while there was no core. A core is told of it as soon as there is one. @type {Telling[]} */
  early = [];
  /** Whether silence was started for a press that the core has not been told of yet. */
  silent = false;
  /** How much more silence the core asked for than was started for that press, in ms. */
  moreSilence = 0;
  /** What the core is told once it has dealt with the present call. @type {Telling[]} */
  waiting = [];
  busy = false;
  /** Whether the form is being sent, and whether `reportValidity` was called. */
  submitting = false;
  reporting = false;
  /** When the key expires. */
  expires = Infinity;
  /** Whether the console has a line about the error that comes next. */
  advised = false;
  /** @type {HTMLFormElement | null | undefined} */
  form;
  /** @type {((event: Event) => void) | undefined} */
  sent;

  // The element's life cycle.

  connect() {
    connected.add(this);
    this.painted = performance.now();
    dress(this.root);
    this.hearSite("error", this.element.getAttribute("error") ?? "");
    this.lookAround(true);
    this.paintAttributes();
    this.join();
  }

  disconnect() {
    connected.delete(this);
    this.dropMirror();
    this.tell("disconnect");
    this.leave();
  }

  /** Connects to the core, if there is one, and tells it all that has happened so far. */
  join() {
    if (!core || this.id >= 0) return;
    clearTimeout(this.timers.slow);
    this.showFallback(false);
    const { element, box, consent, state } = this;
    this.id = callCore((core) => core.connect(this, box.value, consent.checked, element.matches(":disabled"))) ?? -1;
    if (state === "failed") this.emit("sori-statechange", { state: "idle" });
    if (this.siteTexts.error) this.tell("siteError", true);
    if (this.siteTexts.validity) this.tell("customValidity", true);
    this.tell("configure");
    this.tell("surroundings", isCoarse(), hasWay(element));
    this.tellFocus();
    const kept = element.hasAttribute("remember") && recall();
    if (kept) this.tell("recalled", ...kept);
    for (const telling of this.early.splice(0)) this.tell(...telling);
    this.silent = false;
  }

  /** Leaves the core. */
  leave() {
    this.id = -1;
    // Requests from before a failure are dropped: a visitor who is told of the failure asks again.
    this.waiting.length = this.early.length = 0;
    for (const timer of Object.values(this.timers)) clearTimeout(timer);
    // Later replies are dropped: a fresh instance numbers its requests from the start.
    requests.abort(this);
    sound.unload(this);
  }

  // What is painted without a core.

  /** @param {boolean} [all] */
  lookAround(all) {
    super.lookAround(all);
    this.tell("surroundings", isCoarse(), hasWay(this.element));
  }

  paintAttributes() {
    super.paintAttributes();
    if (this.id >= 0) return;
    if (failed && !core) paintCrash(this);
    else this.paintIdle();
  }

  // What the core is told.

  /**
   * Tells the core something. Before this is done, an effect may lead to another report, or a listener of the page may call a
   * method. Such a call waits until this one is done.
   * @param {Telling} telling
   */
  tell(...telling) {
    this.waiting.push(telling);
    if (this.busy) return;
    this.busy = true;
    while (this.id >= 0 && this.waiting.length) {
      const [name, ...rest] = /** @type {Telling} */ (this.waiting.shift());
      this.ask(name, .../** @type {any} */ (rest));
    }
    this.waiting.length = 0;
    this.busy = false;
  }

  /** Tells where in the element the focus is. */
  tellFocus() {
    const { activeElement } = this.root;
    if (!activeElement) return;
    const part = activeElement === this.consent ? "consent" : activeElement.getAttribute("part");
    this.tell("focus", part === "answer" || part === "play" || part === "consent" ? part : "other");
  }

  /** @param {Report} what */
  report(what) {
    const [at, length] = sound.position(this);
    this.tell("report", what, at, length);
  }

  /**
   * Asks the core, and returns what it says at once; `undefined` without a core.
   * @template {Named} K
   * @param {K} name
   * @param {Rest<Core[K]>} rest
   * @returns {ReturnType<Core[K]> | undefined}
   */
  ask(name, ...rest) {
    const { id } = this;
    return id < 0 ? undefined : callCore((core) => /** @type {any} */ (core)[name](id, ...rest));
  }

  /**
   * Something that the visitor or a script of the page asks for. Without a core it is kept, and the module is loaded.
   * @param {Telling} telling
   */
  act(...telling) {
    if (this.id >= 0 || !connected.has(this)) return this.tell(...telling);
    this.early.push(telling);
    load().catch((error) => reportError(error));
  }

  /** @param {Report} what */
  do(what) {
    if (this.id >= 0) return this.report(what);
    // Inside the user gesture: this allows the media element to play audio that arrives later.
    if (what === "pressPlay" || what === "keyPlay") {
      const starts = this.words.play?.message !== "pause";
      if (starts) this.leadIn(FIRST_LEAD_IN_MS);
      else this.pause();
      this.silent = starts;
      this.paintText("play", starts ? "pause" : "play");
      this.paintText("status");
      clearTimeout(this.timers.slow);
      // Only the last press counts. Nothing was requested for those before it.
      this.early = this.early.filter(([, what]) => !PLAYS.includes(`${what}`));
      if (!starts) return;
      this.timers.slow = setTimeout(() => this.paintText("status", "loading"), SLOW_MS);
    }
    this.act("report", what, 0, 0);
  }

  /** The silence has ended. */
  leadInOver() {
    const more = this.moreSilence;
    this.moreSilence = 0;
    if (more > 0) sound.leadIn(this, more);
    else this.report("leadInOver");
  }

  /** The browser's timers stand still while the computer sleeps (https://github.com/whatwg/html/issues/6759). */
  catchUp() {
    if (Date.now() >= this.expires) this.tell("timer", "expiry");
  }

  // What the core asks for, besides painting. The methods must match `Shell` in shell.rs: a test compares the names.

  /** @param {string} name */
  attribute(name) {
    return this.element.getAttribute(name)?.trim();
  }

  /** @param {string} attribute @param {string} value @param {string} expected */
  warn(attribute, value, expected) {
    console.warn(
      `sori-captcha: the attribute ${attribute}="${value}" should be ${expected} (help: troubleshooting#attribute)`,
      this.element,
    );
  }

  /** @param {number} generation @param {number} timeout @param {string} url */
  requestKey(generation, timeout, url) {
    requests.requestKey(this, generation, timeout, url);
  }

  /** @param {number} generation @param {number} timeout @param {string} url */
  fetchAudio(generation, timeout, url) {
    requests.fetchAudio(this, generation, timeout, url);
  }

  /** @param {number} generation @param {number} timeout @param {string} url @param {string} key @param {string} answer */
  verify(generation, timeout, url, key, answer) {
    requests.verify(this, generation, timeout, url, { key, answer });
  }

  /** Takes the reply to the request that was sent last. @param {Response} [_response] */
  answered(_response) {}

  abort() {
    requests.abort(this);
  }

  /** @param {number} ms */
  leadIn(ms) {
    // If silence plays already, it simply continues: loading a clip over one that is about to start can hang WebKitGTK.
    const continues = this.silent && sound.isSilent(this);
    this.moreSilence = continues ? ms - FIRST_LEAD_IN_MS : 0;
    if (!continues) sound.leadIn(this, ms);
  }

  adopt() {
    sound.adopt(this);
  }

  /** @param {number} at */
  start(at) {
    sound.start(this, at);
  }

  pause() {
    this.audio?.pause();
  }

  /** @param {number} at */
  seek(at) {
    if (this.audio) this.audio.currentTime = at / 1000;
  }

  /** @param {number} rate @param {number} volume */
  tune(rate, volume) {
    sound.tune(this, rate, volume);
  }

  /** @param {number} rate @param {number} volume */
  remember(rate, volume) {
    keep(rate, volume);
  }

  unload() {
    sound.unload(this);
  }

  clearAnswer() {
    if (!this.box.value) return;
    this.box.value = "";
    // A framework that keeps the value would write it back. The browser's own button to empty a field does the same.
    this.element.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Does what Enter does in a native field: presses the form's default button, or else submits the form implicitly. */
  pressDefaultButton() {
    const { form } = this.internals;
    if (!form) return;
    const button = defaultButton(form);
    if (button) button.click();
    else HTMLFormElement.prototype.requestSubmit.call(form);
  }

  replaceAudio() {
    sound.replace(this);
  }

  focusAnswer() {
    this.box.focus();
    warnIfOutOfReach(this.element, this.box);
  }

  focusConsent() {
    this.consent.focus();
    warnIfOutOfReach(this.element, this.consent);
  }

  /** @param {import("./boundary.d.ts").Signal} type @param {unknown} detail */
  emit(type, detail) {
    if (type === "sori-error") {
      const { code } = /** @type {{ code: string }} */ (detail);
      // The line does not name the element, because the console would keep it in memory.
      if (!this.advised) console.warn(`sori-captcha: ${code} (help: troubleshooting#${code})`);
      this.advised = false;
    }
    this.element.dispatchEvent(new CustomEvent(type, { bubbles: true, composed: true, detail }));
  }

  /** @param {Timer} timer @param {number} ms */
  startTimer(timer, ms) {
    clearTimeout(this.timers[timer]);
    if (timer === "expiry") this.expires = Date.now() + ms;
    this.timers[timer] = setTimeout(() => this.tell("timer", timer), ms);
  }

  /** @param {Timer} timer */
  stopTimer(timer) {
    clearTimeout(this.timers[timer]);
    if (timer === "expiry") this.expires = Infinity;
  }
}
