// Paints one element: its shadow tree, its texts in the page's language, its validity and its fields. The core decides what is
// shown where. Without a core, this file paints the state "idle", which needs no decision.
import { descriptionOf, labelOf } from "./labels.js";
import { directionOf, languageOf, say } from "./language.js";
import { mirror } from "./mirror.js";
import { hasVolume } from "./sound.js";
import { isCoarse } from "./surroundings.js";
import { copyTree } from "./template.js";

/** @typedef {import("./boundary.d.ts").Part} Part */
/** @typedef {import("./boundary.d.ts").Message} Message */
/** @typedef {import("./boundary.d.ts").SiteText} SiteText */
/** @typedef {import("./language.js").Language} Language */
/** @typedef {{ message?: Message, number?: number, site?: SiteText, again?: boolean }} Words */

/** NVDA and JAWS do not read a live region that appears together with its text. So it is empty this long at first, in ms. */
const SETTLE_MS = 500;
/** Orca drops an announcement that equals the last one. No screen reader speaks a no-break space. */
const AGAIN = "\u00a0";

/**
 * Browsers make the accessible object of a text anew even if it is set to the same text.
 * @param {Element} node
 * @param {string} text
 */
function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export class Painting {
  /** The page's own texts by name. @type {Record<string, unknown> | null | undefined} */
  messages;
  /** What the site said: by the `error` attribute, `reject` and `setCustomValidity`. @type {Record<SiteText, string>} */
  siteTexts = { error: "", rejection: "", validity: "" };
  /** Which texts the placeholders stand for. @type {Record<import("./boundary.d.ts").Name, Message>} */
  names = { play: "play", way: "useAnotherWay" };
  /** What each part says, if its text changes. @type {Partial<Record<Part, Words>>} */
  words = { play: { message: "play" } };
  /** @type {[flaw?: import("./boundary.d.ts").Flaw, message?: Message, site?: SiteText]} */
  validity = [];
  /** The form's fields. @type {FormData | undefined} */
  fields;
  /** Whether hidden inputs hold them. */
  mirrored = false;
  /** @type {Language | undefined} */
  language;
  state = "";
  /** When the element was first connected. */
  painted = 0;
  /**
   * Each timer, by the part whose text waits or by the name of the core's timer.
   * @type {Partial<Record<string, ReturnType<typeof setTimeout>>>}
   */
  timers = {};

  /**
   * @param {HTMLElement} element
   * @param {ElementInternals} internals
   */
  constructor(element, internals) {
    this.element = element;
    this.internals = internals;
    // Once: if the role is set again, Firefox makes the element's accessible object anew, and a screen reader reads out
    // the group and the focused control once more.
    internals.role = "group";
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

  // From the page.

  /** The language and the names may have changed. @param {boolean} [all] Paint the texts even if the language has not. */
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
    // Not `ariaLabel`: Firefox before 119 does not reflect it.
    if (label) this.box.setAttribute("aria-label", `${label} ${this.say("label")}`);
    else this.box.removeAttribute("aria-label");
    setText(/** @type {Element} */ (root.getElementById("more")), descriptionOf(element));
    /** @type {HTMLElement} */ (root.querySelector(".volume")).hidden = !hasVolume();
  }

  /** Paints every text in the current language. */
  paintTexts() {
    for (const node of /** @type {NodeListOf<HTMLElement>} */ (this.root.querySelectorAll("[data-text]"))) {
      setText(node, this.say(/** @type {Message} */ (node.dataset.text)));
    }
    this.internals.ariaLabel = this.say("group");
    for (const part of /** @type {Part[]} */ (Object.keys(this.words))) this.write(part);
    this.judge();
  }

  /** Paints what follows from the attributes in every state. */
  paintAttributes() {
    const { element } = this;
    this.box.setAttribute("aria-required", `${element.hasAttribute("required")}`);
    // With `consent`, the notice stands before the box, because the visitor agrees to it. Otherwise it comes last.
    const label = this.part("label");
    const notice = this.part("notice");
    const before = label.previousElementSibling === notice;
    if (before === element.hasAttribute("consent")) return;
    if (before) this.part("ways").after(notice);
    else label.before(notice);
  }

  /** Paints the state "idle", which needs no decision. */
  paintIdle() {
    const { element } = this;
    const { error, validity } = this.siteTexts;
    const keys = element.getAttribute("shortcuts") !== "off" && !isCoarse();
    const agrees = !element.hasAttribute("consent") || this.consent.checked;
    this.paintState("idle");
    this.paintText("play", "play");
    this.paintText("hint", keys ? "instruction" : "instructionNoKeys");
    this.paintText("notice", element.hasAttribute("consent") ? "noticeConsent" : "notice");
    if (validity) this.paintValidity("customError", undefined, "validity");
    else if (element.hasAttribute("required"))
      this.paintValidity("valueMissing", !agrees ? "needConsent" : keys ? "needPlay" : "needPlayNoKeys");
    else this.paintValidity();
    this.paintFlag("answer", "aria-invalid", !!error);
    this.paintFlag("hint", "hidden", !!error);
    this.paintSiteText("error", "error");
    this.paintDescription(error ? "error" : "hint");
  }

  /** @param {Message} message @param {number} [number] */
  say(message, number) {
    return say(/** @type {Language} */ (this.language), this.messages, this.names, message, number);
  }

  /** @param {Part} part */
  write(part) {
    const { message, number, site, again } = this.words[part] ?? {};
    const text = (site ? this.siteTexts[site] : message ? this.say(message, number) : "") + (again ? AGAIN : "");
    const node = this.part(part);
    if (part === "play") this.root.firstElementChild?.toggleAttribute("data-sounds", message === "pause");
    if (part === "volume") return node.setAttribute("aria-valuetext", text);
    // The text of Play is beside an icon, and the text of the notice is in a slot.
    setText(node.querySelector("span,p") ?? node, text);
  }

  judge() {
    const { internals, box } = this;
    const [flaw, message, site] = this.validity;
    const text = site ? this.siteTexts[site] : message && this.say(message);
    // The browser takes no empty text. The site's text is empty until the core has heard that the error is gone.
    if (flaw) internals.setValidity({ [flaw]: true }, text || " ", box);
    else internals.setValidity({});
  }

  /** The site gave this text. Returns whether it says anything. @param {SiteText} which @param {string} given */
  hearSite(which, given) {
    const text = given.trim();
    this.siteTexts[which] = text;
    for (const part of /** @type {Part[]} */ (Object.keys(this.words))) {
      if (this.words[part]?.site === which) this.write(part);
    }
    if (this.validity[2] === which && text) this.judge();
    return !!text;
  }

  // What the core asks for: see `Shell` in shell.rs.

  /** Sets the custom state, of which there is one at a time. @param {import("./boundary.d.ts").StateName} name */
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
    // The style sheet uses this attribute, because older Chromium does not know `:host(:state())`.
    /** @type {HTMLElement} */ (this.root.firstElementChild).dataset.state = name;
  }

  /** @param {import("./boundary.d.ts").Flaw} [flaw] @param {Message} [message] @param {SiteText} [site] */
  paintValidity(flaw, message, site) {
    this.validity = [flaw, message, site];
    this.judge();
  }

  /** @param {import("./boundary.d.ts").Name} name @param {Message} message */
  paintName(name, message) {
    if (this.names[name] === message) return;
    this.names[name] = message;
    this.paintTexts();
  }

  /** @param {FormData} [data] */
  paintFields(data) {
    this.fields = data;
    const mirrored = this.element.hasAttribute("mirror") && !this.element.matches(":disabled");
    if (mirrored || this.mirrored) mirror(this.element, mirrored ? data : undefined);
    this.mirrored = mirrored;
    // The empty state keeps the browser from restoring a dead key.
    this.internals.setFormValue((!mirrored && data) || null, "");
  }

  /** @param {boolean} always Whether the page's own content shows beside an alternative too. */
  showFallback(always) {
    const { root } = this;
    const place = root.querySelector(always ? ".ways" : "[name=alternative]");
    place?.append(/** @type {Element} */ (root.querySelector("slot:not([name])")));
  }

  dropMirror() {
    if (this.mirrored) mirror(this.element);
    this.mirrored = false;
  }

  /** @param {import("./boundary.d.ts").Description} description */
  paintDescription(description) {
    // Each description has the name of a part, which is also the part's id.
    if (description === "nothing") this.box.removeAttribute("aria-describedby");
    else this.box.setAttribute("aria-describedby", description === "page" ? "more" : `more ${description}`);
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

  /** @param {Part} part @param {import("./boundary.d.ts").Flag} flag @param {boolean} holds */
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

  /** @param {import("./boundary.d.ts").Progress} what @param {number} elapsed @param {number} length */
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
}
