// The shell of <sori-share>: it reports what the page has and performs what the answer says. Every rule is in
// Rust (src/share). An import has no effect and needs no DOM.

/**
 * @typedef {object} Button What belongs to an element.
 * @property {ShadowRoot} root
 * @property {HTMLElement[]} parts Every element of the shadow tree, in its order.
 * @property {number} session
 * @property {string} why Why nothing can be shared.
 * @property {string} [view] What was painted last.
 * @property {HTMLAnchorElement} [link] The page's own link, or ours.
 * @property {boolean} [turn]
 * @property {ReturnType<typeof setTimeout>} [timer]
 */

const Base = /** @type {typeof HTMLElement} */ (globalThis.HTMLElement ?? class {});

// Must match facts.rs and answer.rs.
const UNIT = "\x1f";
// Must match `Event` in act.rs.
const REFRESH = 0,
  LINK = 1,
  WINDOW = 2,
  WINDOW_OPENED = 3,
  WINDOW_BLOCKED = 4,
  COPY = 5,
  SHEET = 8;
const DONE = 1,
  FAILED = 2,
  CANCELLED = 2,
  SHEET_FAILED = 3;

const TEXTS = ["url", "share-title", "type", "popup", "theme"];
const FLAGS = ["native", "copy"];

/** @type {WeakMap<Element, Button>} */
const live = new WeakMap();
/** @param {Element} element */
const buttonOf = (element) => /** @type {Button} */ (live.get(element));
/**
 * The accessible name that we gave to a link in the light DOM, and the author's own, from which we made it.
 * @type {WeakMap<Element, [string, string | null | undefined]>}
 */
const names = new WeakMap();
/** @type {Set<string>} */
const said = new Set();
/** @type {(event: number, session: number, facts: string) => string} */
let ask;
let css = "";

// The controls of a form and the named elements of a document hide properties of the same names: `form.lang` may be a
// control. The accessors of the prototypes are never hidden.
const { createElement, querySelector } = globalThis.Document?.prototype ?? {};
const { getAttribute } = globalThis.Element?.prototype ?? {};
/** @param {string} name */
const read = (name) => Reflect.get(Document.prototype, name, document);
/** @param {string} selector */
const find = (selector) => querySelector.call(document, selector);

/**
 * @param {string} name
 * @param {Record<string, string>} attributes
 * @param {...Element} children
 */
function node(name, attributes = {}, ...children) {
  const made = createElement.call(document, name);
  for (const attribute in attributes) made.setAttribute(attribute, attributes[attribute]);
  made.append(...children);
  return made;
}

function tree() {
  return node(
    "div",
    {},
    node("slot"),
    node(
      "a",
      { part: "link", target: "_blank", rel: "noopener noreferrer" },
      node("span", { part: "icon", "aria-hidden": "true" }, node("slot", { name: "icon" }, node("i"))),
      node("span", { part: "text" }),
      node("span", { class: "n", dir: "auto" }),
    ),
    node("button", { part: "native", type: "button" }),
    node("button", { part: "copy", type: "button" }),
    node("input", { part: "url", readonly: "" }),
    node("span", { part: "status", role: "status", dir: "auto" }),
  );
}

/**
 * A URL as the standard serialises it, its host, and whether it had credentials. `:` if the text is no URL, because no part of a
 * URL starts with a colon.
 * @param {string | null | undefined} text
 */
function address(text) {
  if (!text?.trim()) return "";
  try {
    const url = new URL(text, Reflect.get(Node.prototype, "baseURI", document));
    const secret = url.username + url.password && " 1";
    url.username = url.password = "";
    return `${url.href} ${url.hostname}${secret}`;
  } catch {
    return ":";
  }
}

/**
 * The page's metadata, and the address of the document when the metadata was first read.
 * @type {Map<string, { value: string | null | undefined, at: string }>}
 */
const known = new Map();

/**
 * The metadata in the page's head. It is not used once the address has changed and the metadata has not: a single-page
 * application that does not update its head would otherwise share this page's title with another page's URL.
 * @param {string} selector
 * @param {string} name
 */
function page(selector, name) {
  const value = find(selector)?.getAttribute(name);
  const here = read("URL").split("#")[0];
  // The first metadata belongs to the address that the document was loaded from.
  const loaded = () => performance.getEntriesByType?.("navigation")[0]?.name.split("#")[0] ?? here;
  const before = known.get(selector);
  if (!before) known.set(selector, { value, at: loaded() });
  else if (before.value !== value) known.set(selector, { value, at: here });
  return known.get(selector)?.at === here ? value : undefined;
}

/** The nearest `lang`, also outside shadow roots; otherwise the browser's language. @param {Element} element */
function language(element) {
  for (let node = element; ; ) {
    const holder = node.closest("[lang]:not([lang=''])");
    if (holder) return getAttribute.call(holder, "lang");
    const root = node.getRootNode();
    if (!(root instanceof ShadowRoot)) return navigator.language;
    node = root.host;
  }
}

/** In the order of `Facts`. @param {Element} element */
function facts(element) {
  /** @param {string} name */
  const get = (name) => element.getAttribute(name);
  return [
    address(get("url")),
    address(page("link[rel~=canonical i]", "href")),
    address(page("meta[property='og:url' i]", "content")),
    address(read("URL").split("#")[0]),
    get("share-title"),
    page("meta[property='og:title' i]", "content"),
    read("title"),
    get("type"),
    get("popup"),
    get("theme"),
    get("copy") != null && 1,
    get("native") != null && /** @type {any} */ (navigator).share && 1,
    language(element),
  ]
    .map((fact) => (fact && `${fact}`.trim() ? `${fact}`.replaceAll(UNIT, " ") : ""))
    .join(UNIT);
}

/** @param {Element} target @param {string} name @param {string | null | undefined | false} value */
function set(target, name, value) {
  if (value) target.setAttribute(name, value);
  else target.removeAttribute(name);
}

/**
 * Makes the page's own link open a tab, and says so in its accessible name. The name is the author's label, or the
 * text, or ours, followed by the hint. A label that we set earlier does not count as the author's.
 * @param {HTMLAnchorElement} link
 * @param {string} caption
 * @param {string} hint
 */
function adopt(link, caption, hint) {
  const label = link.getAttribute("aria-label");
  let [ours, own] = /** @type {any[]} */ (names.get(link) ?? []);
  if (label !== ours) own = label;
  ours = own || link.textContent.trim() || link.querySelector("[alt]")?.getAttribute("alt") || caption;
  if (!ours.includes(hint.slice(1, -1))) ours += ` ${hint}`;
  names.set(link, [ours, own]);
  set(link, "aria-label", ours);
  link.target = "_blank";
  link.relList.add("noopener", "noreferrer");
}

/**
 * Paints the answer's view.
 * @param {Element} element
 * @param {Button} self
 * @param {string[]} view In the order of `View`.
 */
function show(element, self, [look, lang, href, caption, hint, sheet, copy, url, label, why]) {
  const { parts } = self;
  const [wrapper, slot, anchor, , , , text, hidden, sheetButton, copyButton, input, status] = parts;
  const ours = /** @type {HTMLAnchorElement} */ (anchor);
  const field = /** @type {HTMLInputElement} */ (input);
  const link = element.querySelector("a") ?? ours;
  if (link !== ours) adopt(link, caption, hint);
  const view = [look, lang, href, caption, sheet, copy, url, why].join(UNIT);
  // Painting the same text again would clear a selection.
  if (view === self.view && link === self.link) return;
  slot.hidden = link === ours;
  ours.hidden = link !== ours;
  wrapper.lang = lang;
  wrapper.className = look;
  set(ours, "href", href);
  set(link, "href", href);
  text.textContent = caption;
  hidden.textContent = ` ${hint}`;
  sheetButton.textContent = sheet;
  sheetButton.hidden = !sheet;
  copyButton.textContent = copy;
  copyButton.hidden = !copy;
  field.ariaLabel = label;
  field.value = url;
  field.hidden = !url;
  // The page's own link may have a role and a title. They are changed only to disable the link, and restored afterwards.
  if (why || self.why) {
    // Without `href` it would not be a link, and the keyboard could not reach it.
    set(link, "role", why && "link");
    set(link, "tabindex", why && "0");
    for (const target of [link, sheetButton, copyButton]) {
      set(target, "aria-disabled", why && "true");
      set(target, "title", why);
    }
    if (why !== self.why) status.textContent = why;
  }
  Object.assign(self, { view, link, why });
}

/**
 * A screen reader announces the same text again only if the text was removed for a moment. Orca announces a text only if it
 * differs from the last one. So every second text ends with a no-break space, which no screen reader speaks.
 * @param {Button} self
 * @param {string} text
 */
function announce(self, text) {
  const status = /** @type {HTMLElement} */ (self.parts.at(-1));
  status.textContent = "";
  clearTimeout(self.timer);
  self.turn = !self.turn;
  self.timer = setTimeout(() => {
    status.textContent = text && text + (self.turn ? "" : "\xa0");
  }, 100);
}

/**
 * Opens a popup over the middle of the window; returns whether it opened. With `noopener` the result is always null.
 * @param {string} url
 * @param {string} size
 */
function openPopup(url, size) {
  const [width, height] = /** @type {any[]} */ (size.split("x"));
  const left = screenX + (outerWidth - width) / 2;
  const top = screenY + Math.max(0, (outerHeight - height) / 2);
  try {
    const popup = open(url, "_blank", `popup,width=${width},height=${height},left=${left},top=${top}`);
    // Some in-app browsers return a closed window, or something that is not a window. Opening the link twice is better than not
    // at all.
    if (!popup || popup.closed || !("opener" in popup)) return false;
    popup.opener = null;
  } catch {
    // Firefox throws in a sandboxed frame that must not open windows.
    return false;
  }
  return true;
}

/**
 * Whether the browser's own action for the event is prevented.
 * @param {Element} element
 * @param {number} event
 * @returns {boolean}
 */
function act(element, event) {
  const self = buttonOf(element);
  const [session, action, says, words, kind, via, code, retryable, url, title, size, ...view] = ask(
    event,
    self.session,
    facts(element),
  ).split(UNIT);
  self.session = +session;
  show(element, self, view);
  for (const complaint of view.slice(10)) {
    if (said.has(complaint)) continue;
    said.add(complaint);
    console.warn(`sori-share: ${complaint} (help: troubleshooting#share-url)`);
  }
  if (says) announce(self, words);
  if (kind) {
    const detail = code ? { code, retryable: !!retryable, via } : { via, url, title };
    element.dispatchEvent(new CustomEvent(kind, { bubbles: true, composed: true, detail }));
  }
  if (action === "w") {
    if (openPopup(view[2], size)) return act(element, WINDOW_OPENED);
    act(element, WINDOW_BLOCKED);
    return act(element, LINK);
  }
  if (action === "c") settle(element, COPY, () => navigator.clipboard.writeText(url));
  if (action === "s") settle(element, SHEET, () => navigator.share({ url, title }));
  return action === "x";
}

// How long the clipboard or the share sheet may take before the button works again, in ms. In some in-app browsers
// their promises never settle.
const PATIENCE = 3000;

/**
 * A missing API (an insecure page has no clipboard) throws, so it is handled like a refusal.
 * @param {Element} element
 * @param {number} event
 * @param {() => Promise<void>} start
 */
async function settle(element, event, start) {
  const timer = setTimeout(() => act(element, event + (event === COPY ? FAILED : CANCELLED)), PATIENCE);
  let outcome = DONE;
  try {
    await start();
  } catch (error) {
    // The browser opens no second sheet over the first.
    const closed = ["AbortError", "InvalidStateError"].includes(/** @type {any} */ (error)?.name);
    outcome = event === COPY ? FAILED : closed ? CANCELLED : SHEET_FAILED;
  }
  clearTimeout(timer);
  act(element, event + outcome);
}

/** @param {any} event */
function listen(event) {
  const element = event.currentTarget.host;
  const { link, parts } = buttonOf(element);
  const { type, button } = event;
  const pressed = event.target.closest("a,button");
  let number = REFRESH;
  if (type === "click") {
    const modified = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    if (pressed === link) number = modified ? LINK : WINDOW;
    else if (pressed === parts[8]) number = SHEET;
    else if (pressed === parts[9]) number = COPY;
  } else if (type === "auxclick" && button === 1 && pressed === link) number = LINK;
  if (act(element, number)) event.preventDefault();
}

/** Runs once for each element, which may have been created before this module was loaded. @param {any} element */
function begin(element) {
  const root = element.attachShadow({ mode: "open" });
  root.append(tree());
  // These events bring the link up to date before the status bar shows it, or a middle click or a long press uses it.
  for (const type of ["click", "auxclick", "focusin", "pointerover", "pointerdown", "slotchange"]) {
    root.addEventListener(type, listen);
  }
  /** @type {NodeListOf<HTMLElement>} */
  const parts = root.querySelectorAll("*");
  live.set(element, { root, parts: [...parts], session: 0, why: "" });
  // A property that was set before the upgrade hides the accessor of the class: set it again.
  for (const [name, value] of Object.entries(element)) {
    delete element[name];
    element[name] = value;
  }
}

class SoriShare extends Base {
  static observedAttributes = [...TEXTS, ...FLAGS, "lang"];

  connectedCallback() {
    if (!live.has(this)) begin(this);
    // A constructed sheet can be adopted only in the document that made it.
    const view = Reflect.get(Document.prototype, "defaultView", this.ownerDocument);
    // A document without a window (made by a parser, or of a template) shows nothing.
    if (!view) return;
    const sheet = new view.CSSStyleSheet();
    sheet.replaceSync(css);
    buttonOf(this).root.adoptedStyleSheets = [sheet];
    act(this, REFRESH);
  }

  attributeChangedCallback() {
    if (this.isConnected && live.has(this)) act(this, REFRESH);
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
 * Registers the element. It asks `answer` (`share` of the module) and uses the style sheet `sheet`.
 * @param {typeof ask} answer
 * @param {string} sheet
 */
export function defineShare(answer, sheet) {
  ask = answer;
  css = sheet;
  const known = customElements.get("sori-share");
  if (!known) customElements.define("sori-share", SoriShare);
  // A stand-in (pkg/lib/stand-in.js) inherits from this class. If another copy is registered already, that one is used.
  else if (!("url" in known.prototype)) Object.setPrototypeOf(known.prototype, SoriShare.prototype);
}
