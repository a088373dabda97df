// The shadow tree and its style sheet, made once for all elements.
//
// The order is the reading order: label, box, what to do, Play, the other buttons, status. What appears later (an error)
// stands after the box, so that nothing is inserted before the focus. `data-text` names the message that a node always says.

const SVG = "http://www.w3.org/2000/svg";

/** @type {HTMLTemplateElement | undefined} */
let template;
let css = "";
/** @type {WeakMap<Document, CSSStyleSheet>} */
const sheets = new WeakMap();

/**
 * @param {string} name
 * @param {Record<string, string>} [attributes]
 * @param {...Element} children
 */
function node(name, attributes = {}, ...children) {
  const made = name === "svg" || name === "path" ? document.createElementNS(SVG, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// Filled icons of 16 × 16. In a right-to-left language, the style sheet mirrors the icons that have a direction.
const GAUGE = "M8 2a7 7 0 0 0-6.3 10l1.7-.9A5 5 0 1 1 12.6 11l1.7.9A7 7 0 0 0 8 2z";
const ICONS = {
  back: "M3 3h2v10H3zM13 3v10L6 8z",
  forward: "M11 3h2v10h-2zM3 3v10l7-5z",
  slower: `${GAUGE}M5 9h6v2H5z`,
  faster: `${GAUGE}M5 9h2V7h2v2h2v2H9v2H7v-2H5z`,
  volume: "M2 6h3l4-3v10l-4-3H2zM11 5c1.7 1.7 1.7 4.3 0 6l1.1 1.1c2.3-2.3 2.3-5.9 0-8.2z",
  renew: "M8 2a6 6 0 1 0 5.7 7.9h-2.2A4 4 0 1 1 8 4c1 0 2 .4 2.7 1.1L8.5 7H14V1.5l-1.9 2A6 6 0 0 0 8 2z",
};

/** @param {...Element} paths */
function icon(...paths) {
  return node("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, ...paths);
}

/**
 * A button with an icon, and a text that is its name. The style sheet shows the text where there is room.
 * @param {keyof typeof ICONS} part
 * @param {Record<string, string>} [attributes]
 */
function iconButton(part, attributes) {
  return node(
    "button",
    { part, type: "button", ...attributes },
    icon(node("path", { d: ICONS[part] })),
    node("span", { "data-text": part }),
  );
}

function tree() {
  return node(
    "div",
    { class: "sori", "data-state": "idle" },
    node(
      "label",
      { part: "consent" },
      node("input", { type: "checkbox", "aria-describedby": "notice" }),
      node("span", { "data-text": "consent" }),
    ),
    node("label", { part: "label", for: "answer", "data-text": "label" }),
    node(
      "div",
      { class: "row" },
      node("input", {
        part: "answer",
        id: "answer",
        type: "text",
        inputmode: "numeric",
        autocomplete: "off",
        autocapitalize: "off",
        spellcheck: "false",
        enterkeyhint: "done",
        maxlength: "64",
        // Password managers must not fill this field.
        "data-1p-ignore": "true",
        "data-bwignore": "true",
        "data-lpignore": "true",
        "data-form-type": "other",
      }),
      node(
        "button",
        { part: "play", type: "button" },
        icon(
          node("path", { class: "start", d: "M4 2.5v11l9-5.5z" }),
          node("path", { class: "stop", d: "M4 3h3v10H4zM9 3h3v10H9z" }),
        ),
        node("span"),
      ),
      node("button", { part: "check", type: "button", "data-text": "check" }),
    ),
    node("p", { part: "error", id: "error" }),
    node("p", { part: "hint", id: "hint" }),
    node("p", { id: "more", class: "unseen" }),
    node(
      "div",
      { class: "transport", hidden: "" },
      iconButton("back", { "aria-disabled": "true" }),
      iconButton("forward", { "aria-disabled": "true" }),
      iconButton("slower"),
      iconButton("faster"),
      node(
        "label",
        { class: "volume" },
        icon(node("path", { d: ICONS.volume })),
        node("span", { class: "unseen", "data-text": "volume" }),
        node("input", { part: "volume", type: "range", min: "0", max: "100", step: "5", value: "100" }),
      ),
      iconButton("renew", { "aria-disabled": "true" }),
    ),
    node("div", { part: "progress", "aria-hidden": "true", hidden: "" }, node("progress"), node("span")),
    node("p", { part: "status", id: "status", role: "status" }),
    node("div", { class: "ways" }, node("slot", { name: "alternative" }, node("slot"))),
    // With `consent`, the notice stands before the label, so that visitors first read what they agree to.
    node("div", { part: "notice", id: "notice" }, node("slot", { name: "notice" }, node("p"))),
    node("p", { class: "unseen announcement", "aria-live": "polite" }),
  );
}

/** A copy of the tree. */
export function copyTree() {
  if (!template) {
    template = document.createElement("template");
    template.content.append(tree());
  }
  return document.importNode(template.content, true);
}

/** @param {string} sheet */
export function setStyle(sheet) {
  css = sheet;
}

/**
 * A constructed sheet can be adopted only in the document that made it.
 * @param {ShadowRoot} root
 */
export function dress(root) {
  const { ownerDocument } = root;
  const window = ownerDocument.defaultView;
  // A document without a window renders nothing.
  if (!window) return;
  let sheet = sheets.get(ownerDocument);
  if (!sheet) {
    sheet = new window.CSSStyleSheet();
    sheet.replaceSync(css);
    sheets.set(ownerDocument, sheet);
  }
  root.adoptedStyleSheets = [sheet];
}
