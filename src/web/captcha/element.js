// <sori-captcha>: the shell says what the browser has and what happened, and does what the answers say.
// Every rule is in Rust (src/captcha). Importing it does nothing and needs no DOM.
import { act, connect, disconnect, prepare_farewell, revive_by } from "./connection.js";
import { live, rust, serve, watch_for_traps } from "./instance.js";
import { listen } from "./listen.js";
import { look_around, read, say_messages, watch_the_page } from "./page.js";
import { watch_for_violations } from "./policy.js";
import { ANSWER_PART, CONSENT_PART, CUSTOM_VALIDITY, DISABLED, FORM_RESET, INPUT, INVALID, METHOD, SITE_ERROR, SUBMITTED } from "./protocol.js";
import { tell } from "./tell.js";
import { build, copy, dress } from "./tree.js";

// Where there is no DOM (Node, a worker) a plain class: importing must not throw.
const Base = globalThis.HTMLElement ?? class {};

// What an element carries, under a symbol so that no page script trips over it.
const SELF = Symbol("sori");
// The form whose button is being pressed.
let sending;

function make_class(attributes, methods, css) {
  const names = attributes.map((name) => name.replace("?", ""));

  class Captcha extends Base {
    static formAssociated = true;
    static observedAttributes = names;

    constructor() {
      super();
      const internals = this.attachInternals();
      const root = internals.shadowRoot ?? this.attachShadow({ mode: "open" });
      root.replaceChildren(copy());
      const parts = [...root.querySelectorAll("*")];
      const self = { element: this, internals, root, parts, box: parts[ANSWER_PART], id: -1, rate: 1, volume: 1, timers: [], waiting: [] };
      self.tell = (...report) => tell(self, ...report);
      Object.defineProperty(this, SELF, { value: self });
      listen(self);
      this.addEventListener("invalid", (event) => {
        // Whoever only asks for validity (`checkValidity()` at every key) gets no error and keeps the focus.
        if (!self.reporting && !(sending && sending === internals.form)) return;
        // Described at the box; the browser's bubble would say it a second time.
        event.preventDefault();
        const first = [...(internals.form?.elements ?? [])].find((field) => field.validity?.valid === false);
        self.tell(INVALID, !first || first === this);
      });
      // The click that a label passes on.
      this.addEventListener("click", (event) => event.composedPath()[0] === this && this.focus());
    }

    connectedCallback() {
      const self = this[SELF];
      if (live.has(self)) return;
      live.add(self);
      dress(self, css);
      connect(self);
    }

    // A move disconnects and connects again within one task: that keeps the state.
    disconnectedCallback() {
      queueMicrotask(() => !this.isConnected && live.delete(this[SELF]) && disconnect(this[SELF]));
    }

    adoptedCallback() {
      if (live.has(this[SELF])) dress(this[SELF], css);
    }

    attributeChangedCallback(name, old, value) {
      const self = this[SELF];
      if (self.id < 0) return;
      if (old !== value) {
        if (name === "lang") look_around(self);
        read(self);
        prepare_farewell(self);
      }
      // The same verdict a second time is a second verdict.
      if (name === "error") self.tell(SITE_ERROR);
    }

    formAssociatedCallback(form) {
      const self = this[SELF];
      // What the form is read for after a submit goes out, by the browser or by the page's own handler. A handler that
      // cancels the submit without reading the form sends nothing.
      self.sent ??= ({ type }) => {
        if (type === "formdata" && self.submitting) self.tell(SUBMITTED);
        self.submitting = type === "submit";
      };
      for (const type of ["submit", "formdata"]) {
        self.form?.removeEventListener(type, self.sent);
        form?.addEventListener(type, self.sent);
      }
      self.form = form;
    }

    formResetCallback() {
      const { parts, tell } = this[SELF];
      parts[CONSENT_PART].checked = false;
      tell(INPUT, CONSENT_PART);
      tell(FORM_RESET);
    }

    formDisabledCallback(disabled) {
      this[SELF].tell(DISABLED, +disabled);
    }

    get messages() {
      return this[SELF].messages;
    }

    set messages(messages) {
      const self = this[SELF];
      self.messages = messages;
      if (self.id >= 0) say_messages(self);
    }

    get value() {
      return this[SELF].box.value;
    }

    set value(value) {
      this[SELF].box.value = value ?? "";
      this[SELF].tell(INPUT, ANSWER_PART, this.value);
    }

    get type() {
      return "sori-captcha";
    }

    focus(options) {
      this[SELF].box.focus(options);
    }

    setCustomValidity(message) {
      this[SELF].tell(CUSTOM_VALIDITY, 0, `${message}`);
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
      act(this[SELF], METHOD, index, `${text ?? ""}`);
    };
  });
  return Captcha;
}

/**
 * Registers `<sori-captcha>`. `exports` are an instance's; `restart` makes another one after a trap, and
 * calls this again with its exports.
 */
export function define_captcha(exports, css, restart) {
  serve(exports);
  if (customElements.get("sori-captcha")) return;
  if (!Base.prototype.attachInternals) throw new Error("sori-captcha: this browser has no ElementInternals");
  const [listed, called, template, named] = [0, 1, 2, 3].map(rust.definition);
  const [attributes, methods, texts] = [listed, called, named.trim()].map((list) => list.split(" "));
  revive_by(restart);
  build(template);
  watch_the_page(attributes, texts);
  watch_for_traps();
  watch_for_violations();
  // Enter in a field clicks the form's button too. Validation follows within the same task.
  addEventListener("click", (event) => {
    sending = event.composedPath().find(({ type }) => type === "submit" || type === "image")?.form;
    setTimeout(() => (sending = undefined));
  }, true);
  customElements.define("sori-captcha", make_class(attributes, methods, css));
}
