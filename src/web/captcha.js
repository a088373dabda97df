// The shell of <sori-captcha>: it says what the browser has and what happened, and does what the answers
// say. Every rule is in Rust (src/captcha). Importing it does nothing and needs no DOM.

// Where there is no DOM (Node, a worker) a plain class: importing must not throw.
const Base = globalThis.HTMLElement ?? class {};

// In step with `Op` in bridge.rs.
const ATTRIBUTES = 0, SURROUNDINGS = 1, MESSAGES = 2, RECALLED = 3, RESET = 4, DISABLED = 5, TIMER = 6, METHOD = 7, PAGE_HIDDEN = 8,
  PAGE_RESTORED = 9, SUBMITTED = 10, INVALID = 11, CLICK = 12, PRESS = 13, INPUT = 14, LEFT = 15, LEAD_IN_OVER = 16, PLAYING = 17, PAUSED = 18,
  ENDED = 19, PROGRESS = 20, PLAYBACK_FAILED = 21, AUDIO = 22, ANSWER = 23, FAILED = 24, LANGUAGE = 25, DISCONNECTED = 26;
const GROUP = "\x1d", RECORD = "\x1e", UNIT = "\x1f";
// In step with `Part` in template.rs.
const ANSWER_PART = 2, CONSENT_PART = 11;
const MEMBERS = ["key", "expiresIn", "verified", "token", "code", "errorCode"];
const KEPT = "sori-captcha";

// What an element carries, under a symbol so that no page script trips over it.
const SELF = Symbol("sori");
const live = new Set();
let rust, revive, attributes, methods, texts, lines, css, tree;
// What the modules in locale/ have brought; they share no scope with this one.
const languages = (globalThis[Symbol.for("sori-captcha.languages")] ??= []);
let violation = -Infinity;
let volume;
// The form whose button is being pressed; the fresh instance on its way.
let sending, waking;
const sheets = new WeakMap();

// One line is one node of the tree: its depth, its name, its attributes. Part N is line N.
function build() {
  tree = document.createElement("template");
  const path = [tree.content];
  for (const line of lines.split("\n")) {
    const [depth, name, ...rest] = line.split(" ");
    const space = name === "svg" || name === "path" ? "2000/svg" : "1999/xhtml";
    const node = document.createElementNS(`http://www.w3.org/${space}`, name);
    for (const attribute of rest) {
      const [key, value] = attribute.split("=");
      // An underscore stands for a space inside a value.
      node.setAttribute(key, value.replaceAll("_", " "));
    }
    path[depth].append(node);
    path[+depth + 1] = node;
  }
}

// A constructed sheet can be adopted only in the document that made it.
function dress({ ownerDocument }, { root }) {
  let sheet = sheets.get(ownerDocument);
  if (!sheet) {
    sheet = new ownerDocument.defaultView.CSSStyleSheet();
    sheet.replaceSync(css);
    sheets.set(ownerDocument, sheet);
  }
  root.adoptedStyleSheets = [sheet];
}

// Nothing in this instance of the module can be called again, for any element.
function trapped(error) {
  for (const element of live) {
    const self = element[SELF];
    if (self.id < 0) continue;
    self.id = -1;
    self.timers.forEach(clearTimeout);
    self.request?.abort();
    self.audio?.pause();
    paint(element, self, self.farewell);
  }
  reportError(error);
}

// The next act after a trap starts a fresh instance and hands every element over to it.
async function wake(self) {
  if (self.id >= 0) return;
  // One for all: a second instance would not know the elements of the first.
  await (waking ??= revive().finally(() => (waking = undefined)));
  for (const element of live) if (element[SELF].id < 0) enter(element);
}

function position({ audio, clip }) {
  return clip === "speech" ? [audio.currentTime * 1000, Number.isFinite(audio.duration) ? audio.duration * 1000 : 0] : [0, 0];
}

// An effect may report the next thing before it returns (a focus move, a listener of the page's): that waits.
function tell(element, op, number = 0, text = "") {
  const self = element[SELF];
  self.waiting.push([op, number, text]);
  if (self.busy) return;
  self.busy = true;
  try {
    while (self.waiting.length && self.id >= 0) {
      const [op, number, text] = self.waiting.shift();
      const [effects, view] = rust.tell(self.id, op, number, ...position(self), text).split(GROUP);
      paint(element, self, view);
      if (effects) {
        for (const effect of effects.split(RECORD)) {
          const [name, ...values] = effect.split(UNIT);
          EFFECTS[name](element, self, ...values);
        }
      }
    }
  } catch (error) {
    trapped(error);
  }
  self.waiting.length = 0;
  self.busy = false;
}

// The values of the observed attributes, in their order; of a boolean one, whether it is there.
function read(element) {
  const values = attributes.map((name) => (name.endsWith("?") ? element.hasAttribute(name.slice(0, -1)) || "" : element.getAttribute(name) ?? ""));
  tell(element, ATTRIBUTES, 0, values.join(UNIT));
}

// The nearest `lang`, through shadow roots; the text of the labels that the page gives the element, else
// its `aria-label`; the text that its `aria-describedby` names. The latter two do not cross the shadow.
// And whether the volume can be set: iOS reads back 1, whatever was set.
function look_around(element) {
  const { internals } = element[SELF];
  let lang = "";
  for (let node = element; node && !lang; node = node.parentNode ?? node.host) lang = node.getAttribute?.("lang") ?? "";
  const text = (nodes) => nodes.map((node) => node?.textContent.trim()).filter(Boolean).join(" ");
  const label = text([...(internals.labels ?? [])]) || (element.ariaLabel ?? "");
  const ids = element.getAttribute("aria-describedby")?.split(/\s+/) ?? [];
  if (volume === undefined) {
    const probe = new Audio();
    probe.volume = 0.5;
    volume = probe.volume === 0.5 || "";
  }
  const description = text(ids.map((id) => element.getRootNode().getElementById(id)));
  tell(element, SURROUNDINGS, 0, [lang, label, description, volume].join(UNIT));
  const language = languages.find(({ tag }) => spoken(tag) && spoken(tag) === spoken(lang));
  if (language !== element[SELF].language) {
    element[SELF].language = language;
    tell(element, LANGUAGE, 0, language ? [language.tag, ...texts.map((name) => language.texts[name] ?? "")].join(UNIT) : "");
  }
}

// Language and script: `zh-TW` is written in another script than `zh-Hans`. Nothing for what is no tag.
function spoken(tag) {
  try {
    const { language, script } = new Intl.Locale(tag).maximize();
    return `${language}-${script}`;
  } catch {
    return "";
  }
}

function say_messages(element, { messages }) {
  tell(element, MESSAGES, 0, texts.map((name) => (typeof messages?.[name] === "string" ? messages[name] : "")).join(UNIT));
}

function enter(element) {
  const self = element[SELF];
  self.id = rust.connect(element.matches(":disabled"), self.box.value);
  look_around(element);
  read(element);
  if (self.messages) say_messages(element, self);
  if (self.parts[CONSENT_PART].checked) tell(element, INPUT, CONSENT_PART, "1");
  self.farewell = rust.farewell(self.id);
  if (element.hasAttribute("remember")) {
    try {
      tell(element, RECALLED, 0, localStorage.getItem(KEPT) ?? "");
    } catch {
      // Storage is switched off: nothing was kept.
    }
  }
  // A property that was set before the upgrade hides the accessor of the class: set it again.
  for (const name of Object.keys(element)) {
    if (name in Object.getPrototypeOf(element)) {
      const value = element[name];
      delete element[name];
      element[name] = value;
    }
  }
}

function judge({ internals, box, custom, flaw, message }) {
  if (custom) internals.setValidity({ customError: true }, custom, box);
  else internals.setValidity(flaw ? { [flaw]: true } : {}, message, box);
}

// Records of the element itself, which has no part.
const HOST = {
  // The one custom state that holds.
  state(self, name) {
    const { states } = self.internals;
    for (const prefix of ["", "--"]) {
      states?.delete(prefix + self.state);
      try {
        states?.add(prefix + name);
      } catch {
        // Chromium before 125 takes only names with dashes.
      }
    }
    self.state = name;
  },
  label({ internals }, text) {
    internals.role = "group";
    internals.ariaLabel = text;
  },
  flaw(self, flaw, message) {
    Object.assign(self, { flaw, message });
    judge(self);
  },
  // The element's fields in its form: names and values by turns.
  fields({ internals }, ...list) {
    const data = new FormData();
    for (let at = 0; at + 1 < list.length; at += 2) data.append(list[at], list[at + 1]);
    // The empty state keeps the browser from restoring a dead key.
    internals.setFormValue(list[0] ? data : null, "");
  },
};

// Records of part, attribute and value. No attribute stands for the text, no value for an absent attribute.
// Every view has the same records in the same order, so what did not change is left alone.
function paint(element, self, view) {
  const records = view.split(RECORD);
  records.forEach((record, index) => {
    if (self.view?.[index] === record) return;
    const [part, name, value, ...more] = record.split(UNIT);
    const node = self.parts[part];
    if (!node) HOST[name](self, value, ...more);
    else if (!name) node.textContent = value;
    else if (value === undefined) node.removeAttribute(name);
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value);
  });
  self.view = records;
}

// A media element, not an AudioContext: the iPhone's silent switch mutes the latter.
function sound(element, self) {
  if (!self.audio) {
    self.audio = new Audio();
    self.audio.volume = self.volume;
    self.root.append(self.audio);
    // The element pauses before it ends: that is no pause.
    const on = (type, op) => self.audio.addEventListener(type, () => self.clip === "speech" && (op !== PAUSED || !self.audio.ended) && tell(element, op));
    on("playing", PLAYING);
    on("pause", PAUSED);
    on("ended", ENDED);
    on("timeupdate", PROGRESS);
    // Before the first sound `play()` says what is wrong; later only this does.
    self.audio.addEventListener("error", () => self.clip === "speech" && self.audio.currentTime && tell(element, PLAYBACK_FAILED, 0, "not_audio"));
    for (const type of ["ended", "error"]) self.audio.addEventListener(type, () => self.clip === "silence" && tell(element, LEAD_IN_OVER));
  }
  return self.audio;
}

async function play(element, self, clip) {
  try {
    await self.audio.play();
  } catch ({ name }) {
    // Another clip took its place.
    if (name === "AbortError" || clip !== self.clip) return;
    if (clip === "silence") return tell(element, LEAD_IN_OVER);
    const code = name === "NotAllowedError" ? "playback_blocked" : (await was_blocked()) ? "csp_blocked" : "not_audio";
    tell(element, PLAYBACK_FAILED, 0, code);
  }
}

// The browser reports what a policy blocked in a task of its own, after the failure.
async function was_blocked() {
  await new Promise((done) => setTimeout(done, 50));
  return performance.now() - violation < 1000;
}

function blob_url(...pieces) {
  return URL.createObjectURL(new Blob(pieces, { type: "audio/wav" }));
}

function set_source({ audio }, url) {
  if (audio.src) URL.revokeObjectURL(audio.src);
  audio.src = url;
}

async function fetch_answer(element, self, number, timeout, ticket, url, body) {
  self.request?.abort();
  const controller = (self.request = new AbortController());
  const { signal } = controller;
  // An Error, as browsers reject with: gloo-net panics at any other value.
  const late = new Error("timeout");
  const clock = setTimeout(() => controller.abort(late), timeout);
  const current = () => controller === self.request;
  const fail = (code) => current() && tell(element, FAILED, number, code);
  try {
    if (!navigator.onLine) return fail("offline");
    let request;
    try {
      const headers = body ? { "content-type": "application/json", ...(ticket && { "sori-ticket": ticket }) } : {};
      request = new Request(url, {
        method: body ? "POST" : "GET", body, headers, signal,
        credentials: "same-origin", referrerPolicy: "no-referrer", cache: "no-store", redirect: "error",
      });
    } catch (error) {
      console.error(`sori-captcha: the backend's address, or the ticket, cannot be used: ${url}`, error);
      return fail("config_error");
    }
    // The race ends the wait also if the module dies over it.
    const stopped = new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    const response = await Promise.race([rust.send(request), stopped]);
    const { ok, status, headers } = response;
    if (ok && !body) {
      const pieces = [];
      const reader = response.body.getReader();
      for (let read; !(read = await reader.read()).done; pieces.push(read.value)) {
        if (!current()) return;
        if (!rust.scan(self.id, read.value)) return fail("not_audio");
      }
      if (!current()) return;
      self.arrived = pieces;
      return tell(element, AUDIO, number);
    }
    let json;
    try {
      // NAVER serves JSON as text/plain: what counts is what it is.
      json = JSON.parse(await response.text());
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
    if (!ok || !json) console.warn(`sori-captcha: ${url.replace(/[^/]*$/, body ? "$&" : "…")} answered ${status}`);
    if (current()) tell(element, ANSWER, number, [status, headers.get("retry-after") ?? "", ...MEMBERS.map((name) => json?.[name] ?? "")].join(UNIT));
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) return trapped(error);
    fail(signal.reason === late ? "timeout" : (await was_blocked()) ? "csp_blocked" : "network_error");
  } finally {
    clearTimeout(clock);
    controller.abort();
  }
}

const EFFECTS = {
  request: fetch_answer,
  abort(element, self) {
    self.request?.abort();
    self.request = undefined;
  },
  // Silence within the person's gesture: having played that, the element may play what arrives later.
  lead(element, self, ms) {
    const audio = sound(element, self);
    set_source(self, blob_url(rust.silence(ms)));
    // At another speed the lead-in would have another length.
    audio.defaultPlaybackRate = 1;
    self.clip = "silence";
    play(element, self, self.clip);
  },
  adopt(element, self) {
    self.speech = self.arrived;
    self.clip = self.clip === "speech" ? "" : self.clip;
  },
  start(element, self, at) {
    const audio = sound(element, self);
    if (self.clip !== "speech") {
      set_source(self, blob_url(...self.speech));
      self.clip = "speech";
      audio.playbackRate = audio.defaultPlaybackRate = self.rate;
    }
    audio.currentTime = at / 1000;
    play(element, self, self.clip);
  },
  hush(element, { audio }) {
    audio?.pause();
  },
  seek(element, { audio }, at) {
    audio.currentTime = at / 1000;
  },
  tune(element, self, rate, volume) {
    self.rate = rate / 100;
    self.volume = volume / 100;
    const { audio } = self;
    if (audio) audio.volume = self.volume;
    if (self.clip === "speech") audio.playbackRate = audio.defaultPlaybackRate = self.rate;
  },
  unload(element, self) {
    self.speech = self.arrived = self.clip = undefined;
    if (!self.audio) return;
    set_source(self, "");
    self.audio.remove();
    self.audio = undefined;
  },
  clear(element, { box }) {
    box.value = "";
  },
  focus(element, { box }, select) {
    box.focus();
    if (+select) box.select();
  },
  // What a native field's Enter does: the form's default button, else an implicit submission.
  enter(element, { internals: { form } }) {
    const button = [...(form?.elements ?? [])].find(({ type }) => type === "submit" || type === "image");
    if (button) button.click();
    else form?.requestSubmit();
  },
  emit(element, self, name) {
    element.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail: rust.detail(self.id, name) }));
  },
  timer(element, { timers }, id, ms) {
    clearTimeout(timers[id]);
    timers[id] = setTimeout(() => tell(element, TIMER, id), ms);
  },
  stop(element, { timers }, id) {
    clearTimeout(timers[id]);
  },
  // Nothing else than speed and volume is ever kept.
  keep(element, self, ...values) {
    try {
      localStorage.setItem(KEPT, values.join(" "));
    } catch {
      // Storage is full or switched off: the settings hold for this page.
    }
  },
  warn(element, self, text) {
    console.warn(`sori-captcha: ${text}`, element);
  },
};

function listen(event) {
  const { host } = this;
  const self = host[SELF];
  const { type, target } = event;
  const part = self.parts.indexOf(target.closest("button,input"));
  if (part < 0) return;
  const in_box = part === ANSWER_PART;
  if (type === "click") {
    if (self.id < 0) wake(self).then(() => tell(host, CLICK, part));
    else tell(host, CLICK, part);
  } else if (type === "input") {
    // The volume is no answer.
    if (!in_box) event.stopPropagation();
    tell(host, INPUT, part, target.type === "checkbox" ? (target.checked ? "1" : "") : target.value);
  } else if (type === "change") {
    // It does not cross the shadow's boundary by itself, as `input` does.
    if (in_box) host.dispatchEvent(new Event("change", { bubbles: true }));
  } else if (type === "focusin") {
    look_around(host);
  } else if (!in_box || self.id < 0) {
    return;
  } else if (type === "focusout") {
    tell(host, LEFT);
  } else {
    const typed = type === "beforeinput";
    if (typed && event.inputType !== "insertText") return;
    const flags = (event.ctrlKey || event.metaKey || event.altKey) | (event.isComposing && 2) | ((event.keyCode === 229) && 4)
      | (typed && 8) | (type !== "keydown" && !typed && 16);
    const verdict = rust.press(self.id, flags, (typed ? event.data : event.key) ?? "");
    if (verdict & 1) event.preventDefault();
    if (verdict & 2) event.stopPropagation();
    if (verdict >> 2 && !event.repeat) tell(host, PRESS, verdict >> 2);
  }
}

function make_class() {
  const names = attributes.map((name) => name.replace("?", ""));

  class Captcha extends Base {
    static formAssociated = true;
    static observedAttributes = names;

    constructor() {
      super();
      const internals = this.attachInternals();
      const root = internals.shadowRoot ?? this.attachShadow({ mode: "open" });
      if (!tree) build();
      root.replaceChildren(document.importNode(tree.content, true));
      const parts = [...root.querySelectorAll("*")];
      Object.defineProperty(this, SELF, {
        value: { internals, root, parts, box: parts[ANSWER_PART], id: -1, rate: 1, volume: 1, timers: [], waiting: [] },
      });
      for (const type of ["click", "input", "change", "focusin", "focusout", "keydown", "keypress", "keyup", "beforeinput"]) {
        root.addEventListener(type, listen);
      }
      this.addEventListener("invalid", (event) => {
        // Whoever only asks for validity (`checkValidity()` at every key) gets no error and keeps the focus.
        const self = this[SELF];
        if (!self.reporting && !(sending && sending === internals.form)) return;
        // Described at the box; the browser's bubble would say it a second time.
        event.preventDefault();
        const first = [...(internals.form?.elements ?? [])].find((field) => field.validity?.valid === false);
        tell(this, INVALID, !first || first === this);
      });
      // The click that a label passes on.
      this.addEventListener("click", (event) => event.composedPath()[0] === this && this.focus());
    }

    connectedCallback() {
      if (live.has(this)) return;
      live.add(this);
      dress(this, this[SELF]);
      enter(this);
    }

    // A move disconnects and connects again within one task: that keeps the state.
    disconnectedCallback() {
      queueMicrotask(() => {
        if (this.isConnected || !live.delete(this)) return;
        const self = this[SELF];
        if (self.id < 0) return;
        tell(this, DISCONNECTED);
        rust.disconnect(self.id);
        self.id = -1;
        self.timers.forEach(clearTimeout);
      });
    }

    adoptedCallback() {
      if (live.has(this)) dress(this, this[SELF]);
    }

    attributeChangedCallback(name, old, value) {
      const self = this[SELF];
      if (old === value || self.id < 0) return;
      if (name === "lang") look_around(this);
      read(this);
      self.farewell = rust.farewell(self.id);
    }

    formAssociatedCallback(form) {
      const self = this[SELF];
      self.submit ??= (event) => event.defaultPrevented || tell(this, SUBMITTED);
      self.form?.removeEventListener("submit", self.submit);
      (self.form = form)?.addEventListener("submit", self.submit);
    }

    formResetCallback() {
      this[SELF].parts[CONSENT_PART].checked = false;
      tell(this, INPUT, CONSENT_PART);
      tell(this, RESET);
    }

    formDisabledCallback(disabled) {
      tell(this, DISABLED, +disabled);
    }

    get messages() {
      return this[SELF].messages;
    }

    set messages(messages) {
      const self = this[SELF];
      self.messages = messages;
      if (self.id >= 0) say_messages(this, self);
    }

    get value() {
      return this[SELF].box.value;
    }

    set value(value) {
      this[SELF].box.value = value ?? "";
      tell(this, INPUT, ANSWER_PART, this.value);
    }

    get type() {
      return "sori-captcha";
    }

    focus(options) {
      this[SELF].box.focus(options);
    }

    setCustomValidity(message) {
      this[SELF].custom = `${message}`;
      judge(this[SELF]);
    }

    checkValidity() {
      return this[SELF].internals.checkValidity();
    }

    reportValidity() {
      const self = this[SELF];
      self.reporting = true;
      try {
        return self.internals.reportValidity();
      } finally {
        self.reporting = false;
      }
    }

    async diagnose(options) {
      return (await import("./diagnose.js")).diagnose(this, options);
    }
  }
  const { prototype } = Captcha;
  const accessor = (name, get, set) => Object.defineProperty(prototype, name, { configurable: true, enumerable: true, get, set });

  for (const name of ["form", "labels", "validity", "validationMessage", "willValidate"]) {
    accessor(name, function () { return this[SELF].internals[name]; });
  }
  for (const name of names) {
    const camel = name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
    if (camel in Base.prototype) continue;
    if (attributes.includes(`${name}?`)) {
      accessor(camel, function () { return this.hasAttribute(name); }, function (on) { this.toggleAttribute(name, !!on); });
    } else {
      accessor(camel, function () { return this.getAttribute(name) ?? ""; }, function (value) {
        if (value == null) this.removeAttribute(name);
        else this.setAttribute(name, value);
      });
    }
  }
  methods.forEach((name, index) => {
    prototype[name] = function (text) {
      const self = this[SELF];
      text ??= "";
      if (self.id < 0 && live.has(this)) wake(self).then(() => tell(this, METHOD, index, `${text}`));
      else tell(this, METHOD, index, `${text}`);
    };
  });
  return Captcha;
}

/**
 * Registers `<sori-captcha>`. `exports` are an instance's; `restart` makes another one after a trap, and
 * calls this again with its exports.
 */
export function define_captcha(exports, sheet, restart) {
  rust = exports;
  if (customElements.get("sori-captcha")) return;
  if (!Base.prototype.attachInternals) throw new Error("sori-captcha: this browser has no ElementInternals");
  const [listed, called, template, named] = rust.definition().split(RECORD);
  [attributes, methods, texts] = [listed, called, named.trim()].map((list) => list.split(" "));
  lines = template;
  css = sheet;
  revive = restart;
  for (const type of ["pagehide", "pageshow"]) {
    addEventListener(type, ({ persisted }) => {
      for (const element of live) {
        if (type === "pagehide") tell(element, PAGE_HIDDEN);
        else if (persisted) tell(element, PAGE_RESTORED);
      }
    });
  }
  // Enter in a field clicks the form's button too. Validation follows within the same task.
  addEventListener("click", (event) => {
    sending = event.composedPath().find(({ type }) => type === "submit" || type === "image")?.form;
    setTimeout(() => (sending = undefined));
  }, true);
  document.addEventListener("securitypolicyviolation", () => (violation = performance.now()));
  document.addEventListener("sori-language", () => live.forEach(look_around));
  // A trap in a promise's continuation passes by every caller.
  for (const type of ["error", "unhandledrejection"]) {
    addEventListener(type, ({ error, reason }) => {
      const waiting = [...live].some((element) => element[SELF].request && !element[SELF].request.signal.aborted);
      if (waiting && (error ?? reason) instanceof WebAssembly.RuntimeError) trapped(error ?? reason);
    });
  }
  customElements.define("sori-captcha", make_class());
}
