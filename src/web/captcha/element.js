// <sori-captcha>: the class. Importing it does nothing and needs no DOM.
import { bringCoreFrom, connected, load } from "./core.js";
import { setLanguages } from "./language.js";
import { listen } from "./listeners.js";
import { checkMarkup, checkMessages } from "./markup.js";
import { warnOfSerialisers } from "./mirror.js";
import { watchForViolations } from "./policy.js";
import { openDetails } from "./reach.js";
import { Shell } from "./shell.js";
import { dress, setStyle } from "./template.js";

/** @typedef {import("./boundary.d.ts").Core} Core */
/** @typedef {import("./boundary.d.ts").Report} Report */

// Without a DOM (Node, a worker) this is a plain class, because importing must not throw.
const Base = /** @type {typeof HTMLElement} */ (globalThis.HTMLElement ?? class {});

/** The attributes. They must match `Attribute` in config.rs: a test compares the names. */
const TEXTS = [
  "endpoint",
  "key-url",
  "audio-url",
  "verify-url",
  "name",
  "error",
  "ticket",
  "verify",
  "lang",
  "theme",
  "lead-in",
  "rate",
  "shortcuts",
  "timeout",
];
const FLAGS = ["required", "disabled", "pause-on-typing", "remember", "consent", "mirror"];
const METHODS = /** @type {const} */ (["play", "pause", "back", "forward", "renew", "reset"]);
/** Properties of `ElementInternals` that the element has too, as a native field does. */
const INTERNALS = /** @type {const} */ (["labels", "validity", "validationMessage", "willValidate"]);

/** The shell of each element, in a map, so that no script of the page finds it on the element. @type {WeakMap<Element, Shell>} */
const shells = new WeakMap();
/** @param {Element} element */
const shellOf = (element) => /** @type {Shell} */ (shells.get(element));

/** The form whose button is being pressed. @type {HTMLFormElement | undefined} */
let sending;

class SoriCaptcha extends Base {
  static formAssociated = true;
  static observedAttributes = [...TEXTS, ...FLAGS];

  constructor() {
    super();
    const shell = new Shell(this, this.attachInternals());
    shells.set(this, shell);
    listen(shell);
    this.addEventListener("invalid", (event) => invalid(shell, event));
    // The click comes from a label of the element.
    this.addEventListener("click", (event) => event.composedPath()[0] === this && this.focus());
  }

  connectedCallback() {
    const shell = shellOf(this);
    // Moved within one task: hidden inputs stayed at the old place.
    if (connected.has(shell)) return shell.paintFields(shell.fields);
    shell.connect();
    // Delayed until the page's scripts have run: a framework sets attributes and children after the element is in the page.
    setTimeout(() => {
      if (!connected.has(shell)) return;
      checkMarkup(this, SoriCaptcha.observedAttributes, FLAGS);
      warnOfSerialisers(this);
    });
    // A property that was set before the upgrade hides the accessor of the class: set it again.
    for (const [name, value] of Object.entries(this)) {
      if (name in SoriCaptcha.prototype && Reflect.deleteProperty(this, name)) Reflect.set(this, name, value);
    }
  }

  // A move disconnects the element and connects it again within one task. The state is kept then.
  disconnectedCallback() {
    keepClass(this);
    const shell = shellOf(this);
    queueMicrotask(() => !this.isConnected && connected.has(shell) && shell.disconnect());
  }

  adoptedCallback() {
    keepClass(this);
    const shell = shellOf(this);
    if (connected.has(shell)) dress(shell.root);
  }

  /** @param {string} name @param {string | null} old @param {string | null} value */
  attributeChangedCallback(name, old, value) {
    const shell = shellOf(this);
    if (!connected.has(shell)) return;
    if (name === "error") {
      shell.tell("siteError", shell.hearSite("error", value ?? ""));
    } else if (old !== value) {
      if (name === "lang") shell.lookAround();
      if (name === "mirror") shell.paintFields(shell.fields);
      shell.tell("configure");
    }
    shell.paintAttributes();
  }

  /** @param {HTMLFormElement | null} form */
  formAssociatedCallback(form) {
    const shell = shellOf(this);
    // If the form's fields are read after a submit (`formdata`), they are sent, by the browser or by the page's own handler. A
    // handler that cancels the submit without reading the form sends nothing, and the visitor goes on with the form (`input`).
    shell.sent ??= (/** @type {Event} */ { type }) => {
      if (type === "formdata" && shell.submitting) shell.report("submitted");
      shell.submitting = type === "submit";
    };
    for (const type of ["submit", "formdata", "input"]) {
      // A control of the form may have the name of a method and hide it. In the capture phase this listener comes before a
      // handler of the page that reads the form, even one that was added earlier.
      if (shell.form) EventTarget.prototype.removeEventListener.call(shell.form, type, shell.sent, true);
      if (form) EventTarget.prototype.addEventListener.call(form, type, shell.sent, true);
    }
    shell.form = form;
  }

  formResetCallback() {
    const shell = shellOf(this);
    shell.consent.checked = false;
    if (shell.id < 0) shell.box.value = "";
    shell.report("formReset");
  }

  /** @param {boolean} disabled */
  formDisabledCallback(disabled) {
    const shell = shellOf(this);
    /** @type {NodeListOf<HTMLButtonElement>} */
    const controls = shell.root.querySelectorAll("button,input");
    for (const control of controls) control.disabled = disabled;
    shell.paintFields(shell.fields);
    shell.report(disabled ? "disabled" : "enabled");
  }

  get messages() {
    return shellOf(this).messages;
  }

  set messages(messages) {
    const shell = shellOf(this);
    // A copy: a getter of the page that throws must do so here, and not while the element is painted.
    shell.messages = messages && { ...messages };
    if (shell.messages) checkMessages(this, shell.messages);
    if (connected.has(shell)) shell.lookAround(true);
  }

  get value() {
    return shellOf(this).box.value;
  }

  set value(value) {
    const shell = shellOf(this);
    shell.box.value = value ?? "";
    const { value: typed } = shell.box;
    shell.tell("edited", typed);
  }

  get type() {
    return "sori-captcha";
  }

  /** @param {FocusOptions} [options] */
  focus(options) {
    shellOf(this).box.focus(options);
  }

  /** @param {unknown} [message] */
  reject(message) {
    const shell = shellOf(this);
    shell.act("reject", shell.hearSite("rejection", `${message ?? ""}`));
  }

  /** @param {unknown} message */
  setCustomValidity(message) {
    const shell = shellOf(this);
    shell.tell("customValidity", shell.hearSite("validity", `${message}`));
    shell.paintAttributes();
  }

  checkValidity() {
    return shellOf(this).internals.checkValidity();
  }

  reportValidity() {
    const shell = shellOf(this);
    shell.reporting = true;
    try {
      return shell.internals.reportValidity();
    } finally {
      shell.reporting = false;
    }
  }

  /** @param {{ request?: boolean }} [options] */
  async diagnose(options) {
    // @ts-expect-error: its typings describe the element as pages see it.
    return (await import("./diagnose.js")).diagnose(this, options);
  }
}

/**
 * If an element moves to the document of another window, Firefox 140 gives it the prototype of that window's HTMLElement.
 * @param {HTMLElement} element
 */
function keepClass(element) {
  if (!(element instanceof SoriCaptcha)) Object.setPrototypeOf(element, SoriCaptcha.prototype);
}

/** Validation of the form found the element invalid. @param {Shell} shell @param {Event} event */
function invalid(shell, event) {
  const { internals, element } = shell;
  // A script that only asks for validity (such as `checkValidity()` after every key) must not show an error or move the focus.
  // Without a core, the browser itself reports the error.
  if (shell.id < 0 || !(shell.reporting || (sending && sending === internals.form))) {
    // After `requestSubmit()` and the form's `reportValidity()` the browser moves the focus here and speaks. The error stays.
    if (!shell.root.activeElement) setTimeout(() => shell.root.activeElement && shell.report("invalidLater"));
    return;
  }
  // The description of the box tells the error. The browser's bubble would tell it a second time.
  event.preventDefault();
  openDetails(element);
  // A control of the form may have the name of a property and hide it.
  const fields = internals.form && Reflect.get(HTMLFormElement.prototype, "elements", internals.form);
  // A disabled or read-only field may have a value that is not valid, and blocks nothing.
  const first = /** @type {HTMLInputElement[]} */ ([...(fields ?? [])]).find(
    ({ willValidate, validity }) => willValidate && !validity.valid,
  );
  shell.report(!first || first === element ? "invalidFirst" : "invalidLater");
}

/** @param {string} attribute @param {(this: SoriCaptcha) => unknown} get @param {(this: SoriCaptcha, value: any) => void} set */
function reflect(attribute, get, set) {
  const name = attribute.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
  Object.defineProperty(SoriCaptcha.prototype, name, { configurable: true, enumerable: true, get, set });
}

/** @param {Element} element @param {string} name @param {any} value */
function write(element, name, value) {
  // React and Vue give `false` for `error={failed && "…"}`.
  if (value == null || value === false) element.removeAttribute(name);
  else element.setAttribute(name, value);
}

for (const name of INTERNALS) {
  const get = /** @this {SoriCaptcha} */ function () {
    return shellOf(this).internals[name];
  };
  Object.defineProperty(SoriCaptcha.prototype, name, { configurable: true, enumerable: true, get });
}
for (const name of FLAGS) {
  reflect(
    name,
    function () {
      return this.hasAttribute(name);
    },
    function (on) {
      this.toggleAttribute(name, !!on);
    },
  );
}
for (const name of TEXTS) {
  reflect(
    name,
    function () {
      return this.getAttribute(name) ?? "";
    },
    function (value) {
      write(this, name, value);
    },
  );
}
reflect(
  "form",
  function () {
    return shellOf(this).internals.form;
  },
  // React 19 sets the property for the attribute.
  function (value) {
    write(this, "form", value);
  },
);
for (const name of METHODS) {
  Object.defineProperty(SoriCaptcha.prototype, name, {
    configurable: true,
    enumerable: true,
    writable: true,
    value: /** @this {SoriCaptcha} */ function () {
      shellOf(this).do(name);
    },
  });
}

/** The name of an API that the element needs and the browser lacks; empty if there is none. */
function lacking() {
  if (!Base.prototype.attachInternals) return "attachInternals";
  if (!("adoptedStyleSheets" in document)) return "adoptedStyleSheets";
  return typeof ElementInternals === "undefined" || !ElementInternals.prototype.setFormValue ? "setFormValue" : "";
}

/**
 * Registers `<sori-captcha>`, which paints the elements at once, and loads the module. Resolves when the elements work, rejects
 * if the module cannot be loaded; the next call tries again.
 * @param {object} made
 * @param {string} made.css
 * @param {import("./language.js").Language[]} made.languages Pages in any other language get the last one.
 * @param {() => Core | Promise<Core>} made.bring Makes a fresh instance of the module.
 * @returns {Promise<void>}
 */
export function defineCaptcha({ css, languages, bring }) {
  if (!customElements.get("sori-captcha")) {
    const lacks = lacking();
    if (lacks) {
      console.warn(
        `sori-captcha: this browser lacks ${lacks}; the content of the element is shown instead (help: troubleshooting#only-the-link)`,
      );
      return Promise.resolve();
    }
    setStyle(css);
    setLanguages(languages);
    bringCoreFrom(bring);
    watchForViolations();
    for (const [type, what] of /** @type {const} */ ([
      ["pagehide", "pageHidden"],
      ["pageshow", "pageRestored"],
    ])) {
      addEventListener(type, ({ persisted }) => {
        if (type === "pagehide" || persisted) for (const shell of connected) shell.report(what);
      });
    }
    // The visitor is back. `visibilitychange` bubbles up to the window.
    for (const type of ["focus", "visibilitychange", "pageshow"]) {
      addEventListener(type, () => {
        for (const shell of connected) shell.catchUp();
      });
    }
    document.addEventListener("sori-language", () => {
      for (const shell of connected) shell.lookAround();
    });
    // Enter in a field clicks the form's button too. The browser validates the form within the same task as the click.
    addEventListener(
      "click",
      (event) => {
        const button = /** @type {HTMLButtonElement | undefined} */ (
          event.composedPath().find((node) => /^(submit|image)$/.test(/** @type {any} */ (node).type))
        );
        sending = button?.form ?? undefined;
        setTimeout(() => (sending = undefined));
      },
      true,
    );
    customElements.define("sori-captcha", SoriCaptcha);
  }
  return load();
}
