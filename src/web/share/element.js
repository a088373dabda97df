// The custom element <sori-share>. Every rule is in Rust (src/share). An import has no effect and needs no DOM.

import { set } from "./painting.js";
import { Shell } from "./shell.js";
import { tree } from "./template.js";

const Base = /** @type {typeof HTMLElement} */ (globalThis.HTMLElement ?? class {});

const TEXTS = ["url", "share-title", "type", "popup", "theme", "lang"];
const FLAGS = ["native", "copy"];

/** The shell of each element, in a map, so that no script of the page finds it on the element. @type {WeakMap<Element, Shell>} */
const shells = new WeakMap();
/** @param {Element} element */
const shellOf = (element) => /** @type {Shell} */ (shells.get(element));
/** @type {import("./shell.js").Act} */
let act;
let css = "";

/** @param {any} event */
function listen(event) {
  const shell = shellOf(event.currentTarget.host);
  const { tree, painting } = shell;
  const { type, button } = event;
  // A script may dispatch an event on a text or on the root.
  const pressed = event.target.closest?.("a,button");
  /** @type {import("./shell.js").ShareEvent} */
  let happened = "refresh";
  if (event.defaultPrevented) {
    // The page has cancelled the press, so the browser would not follow the link either.
  } else if (type === "click") {
    const modified = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    if (pressed === painting.link) happened = modified ? "link" : event.detail > 1 ? "again" : "window";
    else if (pressed === tree.sheet) happened = "sheet";
    else if (pressed === tree.copy) happened = "copy";
  } else if (type === "auxclick" && button === 1 && pressed === painting.link) happened = "link";
  if (shell.tell(happened)) event.preventDefault();
}

/** Runs once for each element, which may have been created before this module was loaded. @param {any} element */
function begin(element) {
  const root = element.attachShadow({ mode: "open" });
  const parts = tree();
  root.append(parts.wrapper);
  // These events bring the link up to date before the status bar shows it, or a middle click or a long press uses it.
  for (const type of ["click", "auxclick", "focusin", "pointerover", "pointerdown", "slotchange"]) {
    root.addEventListener(type, listen);
  }
  shells.set(element, new Shell(element, parts, act));
  // A property that was set before the upgrade hides the accessor of the class: set it again.
  for (const [name, value] of Object.entries(element)) {
    if (name in SoriShare.prototype && Reflect.deleteProperty(element, name)) element[name] = value;
  }
}

class SoriShare extends Base {
  static observedAttributes = [...TEXTS, ...FLAGS];

  connectedCallback() {
    if (!shells.has(this)) begin(this);
    // A constructed sheet can be adopted only in the document that made it.
    const view = Reflect.get(Document.prototype, "defaultView", this.ownerDocument);
    // A document without a window (made by a parser, or of a template) shows nothing.
    if (!view) return;
    const sheet = new view.CSSStyleSheet();
    sheet.replaceSync(css);
    /** @type {ShadowRoot} */ (this.shadowRoot).adoptedStyleSheets = [sheet];
    shellOf(this).tell("refresh");
  }

  /** @param {FocusOptions} [options] */
  focus(options) {
    shells.get(this)?.painting.link.focus(options);
  }

  attributeChangedCallback() {
    if (this.isConnected) shells.get(this)?.tell("refresh");
  }
}

/**
 * @param {string} attribute
 * @param {(element: Element) => unknown} get
 * @param {(element: Element, value: any) => void} write
 */
function reflect(attribute, get, write) {
  const name = attribute.replace(/-./, ([, letter]) => letter.toUpperCase());
  Object.defineProperty(SoriShare.prototype, name, {
    configurable: true,
    enumerable: true,
    get() {
      return get(this);
    },
    set(value) {
      write(this, value);
    },
  });
}

for (const name of TEXTS) {
  reflect(
    name,
    (element) => element.getAttribute(name) ?? "",
    (element, value) => set(element, name, value),
  );
}
for (const name of FLAGS) {
  reflect(
    name,
    (element) => element.hasAttribute(name),
    (element, value) => element.toggleAttribute(name, !!value),
  );
}

/**
 * Registers the element.
 * @param {import("./shell.js").Act} share The export of the module.
 * @param {string} sheet
 */
export function defineShare(share, sheet) {
  // Before anything is painted: otherwise the page's own link would be hidden behind an empty shadow tree.
  if (!("adoptedStyleSheets" in document)) {
    console.warn(
      "sori-share: this browser lacks adoptedStyleSheets; only the link is shown (help: troubleshooting#only-the-link)",
    );
    return;
  }
  act = share;
  css = sheet;
  const known = customElements.get("sori-share");
  if (!known) customElements.define("sori-share", SoriShare);
  // A stand-in (pkg/lib/stand-in.js) inherits from this class. If another copy is registered already, that one is used.
  else if (!("url" in known.prototype)) Object.setPrototypeOf(known.prototype, SoriShare.prototype);
}
