import { RECORD, UNIT } from "./protocol.js";

export function judge({ internals, box, custom, flaw, message }) {
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
export function paint(self, view) {
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
