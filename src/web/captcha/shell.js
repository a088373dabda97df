// The browser's part of one element: what the module (src/web/captcha/shell.rs) asks for, and what it is told. No rule is here.
import { callCore, core, failed, live, load } from "./core.js";
import { paintCrash } from "./crash.js";
import { descriptionOf, labelOf } from "./labels.js";
import { directionOf, languageOf, say } from "./language.js";
import { keep, recall } from "./memory.js";
import { mirror } from "./mirror.js";
import { warnIfOutOfReach } from "./reach.js";
import * as requests from "./request.js";
import * as sound from "./sound.js";
import { copyTree, dress } from "./template.js";

/** @typedef {import("./core.d.ts").Core} Core */
/** @typedef {import("./core.d.ts").Part} Part */
/** @typedef {import("./core.d.ts").Message} Message */
/** @typedef {import("./core.d.ts").Report} Report */
/** @typedef {import("./core.d.ts").Timer} Timer */
/** @typedef {(core: Core, id: number) => void} Telling */
/** @typedef {import("./core.d.ts").SiteText} SiteText */
/** @typedef {{ message?: Message, number?: number, site?: SiteText, again?: boolean }} Words */

/** A live region that comes together with its text is not read, by NVDA and JAWS: it is there this long before, in ms. */
const SETTLE_MS = 500;
/** Orca drops an announcement that equals the last. A no-break space is spoken by none. */
const AGAIN = "\u00a0";
/** @type {Record<import("./core.d.ts").Description, string>} */
const DESCRIBED_BY = { nothing: "", page: "more", hint: "more hint", error: "more error", status: "more status" };
/** The length of the silence that answers a press before the module is there, in ms. */
const FIRST_LEAD_IN_MS = 1500;

export class Shell {
  /** The number that the core knows the element by; none while there is no core, or the element is not connected. */
  id = -1;
  /** Of the speech: 1 is as it was spoken, and as loud as it can be. */
  rate = 1;
  volume = 1;
  /** @type {sound.Clip} */
  clip = "";
  /** @type {HTMLAudioElement | undefined} */
  audio;
  /** The audio at hand, and the one that has arrived. @type {BlobPart[] | undefined} */
  speech;
  /** @type {BlobPart[] | undefined} */
  arrived;
  /** @type {AbortController | undefined} */
  request;
  /** The page's own texts by name. @type {Record<string, unknown> | null | undefined} */
  messages;
  /** What the site said: by the `error` attribute, `reject` and `setCustomValidity`. @type {Record<SiteText, string>} */
  siteTexts = { error: "", rejection: "", validity: "" };
  /** Which texts the placeholders stand for. @type {Record<import("./core.d.ts").Name, Message>} */
  names = { play: "play", way: "useAnotherWay" };
  /** What the parts say whose text changes. @type {Partial<Record<Part, Words>>} */
  words = { play: { message: "play" } };
  /** @type {[flaw?: import("./core.d.ts").Flaw, message?: Message, site?: SiteText]} */
  validity = [];
  /** What happened while there was no core, and is still to be told. @type {Telling[]} */
  early = [];
  /** What is to be told once what is being told has been dealt with. @type {Telling[]} */
  waiting = [];
  busy = false;
  /** The fields that the form gets, and whether hidden inputs hold them. @type {FormData | undefined} */
  fields;
  mirrored = false;
  /** Whether the form is being sent, and whether `reportValidity` was called. */
  submitting = false;
  reporting = false;
  /** @type {HTMLFormElement | null | undefined} */
  form;
  /** @type {((event: Event) => void) | undefined} */
  sent;
  state = "";
  painted = 0;
  /** @type {Partial<Record<string, ReturnType<typeof setTimeout>>>} */
  timers = {};

  /**
   * @param {HTMLElement} element
   * @param {ElementInternals} internals
   */
  constructor(element, internals) {
    this.element = element;
    this.internals = internals;
    this.root = internals.shadowRoot ?? element.attachShadow({ mode: "open" });
    this.root.replaceChildren(copyTree());
    this.box = /** @type {HTMLInputElement} */ (this.part("answer"));
    this.consent = /** @type {HTMLInputElement} */ (this.root.querySelector("[type=checkbox]"));
  }

  /** @param {string} name @returns {HTMLElement} */
  part(name) {
    const { root } = this;
    return /** @type {HTMLElement} */ (root.querySelector(`[part=${name}]`) ?? root.querySelector(`.${name}`));
  }

  // The element's life.

  connect() {
    live.add(this);
    this.painted ||= performance.now();
    dress(this.root);
    this.lookAround(true);
    this.paintIdle();
    this.join();
    if (!core && failed) paintCrash(this);
  }

  disconnect() {
    live.delete(this);
    if (this.mirrored) mirror(this.element);
    this.mirrored = false;
    const { id } = this;
    if (id >= 0) this.tell((core) => core.disconnect(id));
    this.leave();
  }

  /** Comes to the core, if there is one, with all that has happened so far. */
  join() {
    if (!core || this.id >= 0) return;
    const { element, box, consent } = this;
    this.id = callCore((core) => core.connect(this, box.value, consent.checked, element.matches(":disabled"))) ?? -1;
    if (element.getAttribute("error")) this.tell((core, id) => core.siteError(id, true));
    if (this.siteTexts.validity) this.tell((core, id) => core.customValidity(id, true));
    this.tell((core, id) => core.configure(id));
    this.tell((core, id) => core.surroundings(id, isCoarse(), hasWay(element)));
    const kept = element.hasAttribute("remember") && recall();
    if (kept) this.tell((core, id) => core.recalled(id, ...kept));
    for (const telling of this.early.splice(0)) this.tell(telling);
  }

  /** Has no core any more. */
  leave() {
    this.id = -1;
    this.waiting.length = 0;
    for (const timer of Object.values(this.timers)) clearTimeout(timer);
    // What still comes of it is nobody's: a fresh instance numbers its requests from the start.
    requests.abort(this);
    sound.unload(this);
  }

  // What is told.

  /**
   * Tells the core. What follows may be reported, and a listener of the page's may call a method, before all of it is done:
   * that waits.
   * @param {Telling} telling
   */
  tell(telling) {
    this.waiting.push(telling);
    if (this.busy) return;
    this.busy = true;
    for (let next; this.id >= 0 && (next = this.waiting.shift()); ) {
      const { id } = this;
      callCore((core) => next?.(core, id));
    }
    this.waiting.length = 0;
    this.busy = false;
  }

  /** @param {Report} what */
  report(what) {
    const [at, length] = sound.position(this);
    this.tell((core, id) => core.report(id, what, at, length));
  }

  /**
   * What the core answers at once; nothing without one.
   * @template T
   * @param {(core: Core, id: number) => T} question
   */
  ask(question) {
    const { id } = this;
    return id < 0 ? undefined : callCore((core) => question(core, id));
  }

  /**
   * Something that the person or the page's script asks for. Without a core it is kept, and one is sent for.
   * @param {Telling} telling
   */
  act(telling) {
    if (this.id >= 0 || !live.has(this)) return this.tell(telling);
    this.early.push(telling);
    load().catch((error) => reportError(error));
  }

  /** @param {Report} what */
  do(what) {
    if (this.id >= 0) return this.report(what);
    // Within the gesture: it is what lets the element play what arrives later.
    if (what === "pressPlay" || what === "keyPlay") {
      this.leadIn(FIRST_LEAD_IN_MS);
      this.paintText("play", this.words.play?.message === "pause" ? "play" : "pause");
      this.paintText("status");
    }
    this.act((core, id) => core.report(id, what, 0, 0));
  }

  // What is painted without the core.

  /** The language and the names may have changed. @param {boolean} [all] Also when they have not. */
  lookAround(all) {
    const { element, root } = this;
    const language = languageOf(element);
    if (all || language !== this.language) {
      this.language = language;
      this.paintTexts();
    }
    const wrapper = /** @type {HTMLElement} */ (root.firstElementChild);
    wrapper.lang = language.tag;
    wrapper.dir = directionOf(language);
    const label = labelOf(element, this.internals);
    if (label) this.box.ariaLabel = `${label} ${this.say("label")}`;
    else this.box.removeAttribute("aria-label");
    /** @type {HTMLElement} */ (root.getElementById("more")).textContent = descriptionOf(element);
    /** @type {HTMLElement} */ (root.querySelector(".volume")).hidden = !sound.hasVolume();
    this.tell((core, id) => core.surroundings(id, isCoarse(), hasWay(element)));
  }

  /** Every text, in the language that it is. */
  paintTexts() {
    for (const node of /** @type {NodeListOf<HTMLElement>} */ (this.root.querySelectorAll("[data-text]"))) {
      node.textContent = this.say(/** @type {Message} */ (node.dataset.text));
    }
    this.internals.role = "group";
    this.internals.ariaLabel = this.say("group");
    for (const part of /** @type {Part[]} */ (Object.keys(this.words))) this.write(part);
    this.judge();
  }

  /** The state "idle", which needs no decision. */
  paintIdle() {
    const { element } = this;
    const required = element.hasAttribute("required");
    this.box.ariaRequired = required ? "true" : null;
    // What is agreed to stands before the box, and otherwise out of the way.
    const label = this.part("label");
    const notice = this.part("notice");
    const before = label.previousElementSibling === notice;
    if (before !== element.hasAttribute("consent")) {
      if (before) this.part("ways").after(notice);
      else label.before(notice);
    }
    if (this.id >= 0) return;
    this.hearSite("error", element.getAttribute("error") ?? "");
    if (failed && !core) return paintCrash(this);
    const { error, validity } = this.siteTexts;
    const keys = element.getAttribute("shortcuts") !== "off" && !isCoarse();
    this.paintState("idle");
    this.paintText("play", "play");
    this.paintText("hint", keys ? "instruction" : "instructionNoKeys");
    this.paintText("notice", element.hasAttribute("consent") ? "noticeConsent" : "notice");
    if (validity) this.paintValidity("customError", undefined, "validity");
    else if (required) this.paintValidity("valueMissing", keys ? "needPlay" : "needPlayNoKeys");
    else this.paintValidity();
    this.paintFlag("answer", "aria-invalid", !!error);
    this.paintFlag("hint", "hidden", !!error);
    this.paintSiteText("error", "error");
    this.paintDescription(error ? "error" : "hint");
  }

  /** @param {Message} message @param {number} [number] */
  say(message, number) {
    return say(/** @type {import("./language.js").Language} */ (this.language), this.messages, this.names, message, number);
  }

  /** @param {Part} part */
  write(part) {
    const { message, number, site, again } = this.words[part] ?? {};
    const text = (site ? this.siteTexts[site] : message ? this.say(message, number) : "") + (again ? AGAIN : "");
    const node = this.part(part);
    if (part === "play") /** @type {HTMLElement} */ (this.root.firstElementChild).toggleAttribute("data-sounds", message === "pause");
    if (part === "volume") return node.setAttribute("aria-valuetext", text);
    // Play has an icon, and the notice is in a slot.
    const place = node.querySelector("span,p") ?? node;
    if (place.textContent !== text) place.textContent = text;
  }

  judge() {
    const { internals, box } = this;
    const [flaw, message, site] = this.validity;
    if (flaw) internals.setValidity({ [flaw]: true }, site ? this.siteTexts[site] : message && this.say(message), box);
    else internals.setValidity({});
  }

  /** The site says this. @param {SiteText} which @param {string} text */
  hearSite(which, text) {
    this.siteTexts[which] = text;
    for (const part of /** @type {Part[]} */ (Object.keys(this.words))) if (this.words[part]?.site === which) this.write(part);
    if (this.validity[2] === which && text) this.judge();
  }

  // What the core asks for. In step with `Shell` in shell.rs: a test compares the names.

  /** @param {string} name */
  attribute(name) {
    return this.element.getAttribute(name) ?? undefined;
  }

  /** @param {string} attribute @param {string} value @param {string} expected */
  warn(attribute, value, expected) {
    console.warn(`sori-captcha: the attribute ${attribute}="${value}" should be ${expected}`, this.element);
  }

  /** The one custom state that holds. @param {import("./core.d.ts").StateName} name */
  paintState(name) {
    const { states } = this.internals;
    for (const prefix of ["", "--"]) {
      states?.delete(prefix + this.state);
      try {
        states?.add(prefix + name);
      } catch {
        // Chromium before 125 takes only names with dashes.
      }
    }
    this.state = name;
    // Older Chromium takes `:host(:state())` for a mistake.
    /** @type {HTMLElement} */ (this.root.firstElementChild).dataset.state = name;
  }

  /** @param {import("./core.d.ts").Flaw} [flaw] @param {Message} [message] @param {SiteText} [site] */
  paintValidity(flaw, message, site) {
    this.validity = [flaw, message, site];
    this.judge();
  }

  /** @param {import("./core.d.ts").Name} name @param {Message} message */
  paintName(name, message) {
    if (this.names[name] === message) return;
    this.names[name] = message;
    this.paintTexts();
  }

  /** @param {FormData} [data] */
  paintFields(data) {
    this.fields = data;
    const mirrored = this.element.hasAttribute("mirror");
    if (mirrored || this.mirrored) mirror(this.element, mirrored ? data : undefined);
    this.mirrored = mirrored;
    // The empty state keeps the browser from restoring a dead key.
    this.internals.setFormValue((!mirrored && data) || null, "");
  }

  /** @param {import("./core.d.ts").Description} description */
  paintDescription(description) {
    const ids = DESCRIBED_BY[description];
    if (ids) this.box.setAttribute("aria-describedby", ids);
    else this.box.removeAttribute("aria-describedby");
  }

  /** @param {Part} part @param {Message} [message] @param {number} [number] @param {boolean} [again] */
  paintText(part, message, number, again) {
    this.paintWords(part, { message, number, again });
  }

  /** @param {Part} part @param {SiteText} site @param {boolean} [again] */
  paintSiteText(part, site, again) {
    this.paintWords(part, { site, again });
  }

  /** @param {Part} part @param {Words} words */
  paintWords(part, words) {
    this.words[part] = words;
    const live = part === "status" || part === "announcement";
    const wait = live && (words.message || words.site) ? this.painted + SETTLE_MS - performance.now() : 0;
    clearTimeout(this.timers[part]);
    if (wait > 0) this.timers[part] = setTimeout(() => this.write(part), wait);
    else this.write(part);
  }

  /** @param {Part} part @param {import("./core.d.ts").Flag} flag @param {boolean} holds */
  paintFlag(part, flag, holds) {
    const node = part === "consent" ? this.consent : this.part(part);
    if (holds) node.setAttribute(flag, "true");
    else node.removeAttribute(flag);
    if (part === "consent") node.setAttribute("aria-describedby", holds ? "error notice" : "notice");
  }

  /** @param {number} percent */
  paintVolume(percent) {
    /** @type {HTMLInputElement} */ (this.part("volume")).value = `${percent}`;
  }

  /** @param {import("./core.d.ts").Progress} what @param {number} elapsed @param {number} length */
  paintProgress(what, elapsed, length) {
    const node = this.part("progress");
    const [bar, text] = /** @type {any} */ (node.children);
    node.hidden = what === "hidden";
    bar.max = length;
    if (what === "loading") {
      // No value: nobody knows how long it takes.
      bar.removeAttribute("value");
      text.textContent = "";
    } else {
      bar.value = elapsed;
      const time = `${Math.floor(elapsed / 60)}:${`${elapsed % 60}`.padStart(2, "0")}`;
      text.textContent = what === "playing" ? `${this.say("playing")} ${time}` : time;
    }
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

  /** Takes the answer to the request that was sent last. @param {Response} [_response] */
  answered(_response) {}

  abort() {
    requests.abort(this);
  }

  /** @param {number} ms */
  leadIn(ms) {
    sound.leadIn(this, ms);
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
    this.box.value = "";
  }

  /** What a native field's Enter does: the form's default button, else an implicit submission. */
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

  /** @param {import("./core.d.ts").Signal} type @param {unknown} detail */
  emit(type, detail) {
    this.element.dispatchEvent(new CustomEvent(type, { bubbles: true, composed: true, detail }));
  }

  /** @param {Timer} timer @param {number} ms */
  startTimer(timer, ms) {
    clearTimeout(this.timers[timer]);
    this.timers[timer] = setTimeout(() => this.tell((core, id) => core.timer(id, timer)), ms);
  }

  /** @param {Timer} timer */
  stopTimer(timer) {
    clearTimeout(this.timers[timer]);
  }
}

/** Whether there is no keyboard to name keys of. */
function isCoarse() {
  // A device without any pointer is steered by keys.
  return matchMedia("(any-pointer: coarse)").matches && !matchMedia("(any-pointer: fine)").matches;
}

/** Whether the page offers another way. @param {Element} element */
function hasWay(element) {
  return [...element.childNodes].some((node) =>
    node instanceof Element ? node.slot !== "notice" && !!node.textContent?.trim() : !!node.textContent?.trim());
}

/**
 * A form's first submit button, in the order of the document; an `<input type=image>` is not among its `elements`.
 * @param {HTMLFormElement} form
 */
function defaultButton(form) {
  const root = /** @type {ParentNode} */ (/** @type {unknown} */ (Node.prototype.getRootNode.call(form)));
  const buttons = root.querySelectorAll("button,input");
  return /** @type {HTMLButtonElement[]} */ ([...buttons]).find((button) => button.form === form && /^(submit|image)$/.test(button.type));
}
