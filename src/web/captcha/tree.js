// The element's shadow tree and its style sheet, made once for all elements.

let template;
/** Every slot of the tree that the view fills: the number of its part, its name. */
export const slots = [];
const sheets = new WeakMap();

// One line is one node: its depth, its name, its attributes, and its slots, which have no value. Part N is line N.
export function build(lines) {
  template = document.createElement("template");
  const path = [template.content];
  lines.split("\n").forEach((line, part) => {
    const [depth, name, ...rest] = line.split(" ");
    const space = name === "svg" || name === "path" ? "2000/svg" : "1999/xhtml";
    const node = document.createElementNS(`http://www.w3.org/${space}`, name);
    for (const attribute of rest) {
      const [key, value] = attribute.split("=");
      // An underscore stands for a space inside a value.
      if (value) node.setAttribute(key, value.replaceAll("_", " "));
      else slots.push([part, key]);
    }
    path[depth].append(node);
    path[+depth + 1] = node;
  });
}

export function copy() {
  return document.importNode(template.content, true);
}

// A constructed sheet can be adopted only in the document that made it.
export function dress({ element: { ownerDocument }, root }, css) {
  let sheet = sheets.get(ownerDocument);
  if (!sheet) {
    sheet = new ownerDocument.defaultView.CSSStyleSheet();
    sheet.replaceSync(css);
    sheets.set(ownerDocument, sheet);
  }
  root.adoptedStyleSheets = [sheet];
}
