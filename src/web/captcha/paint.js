import { RECORD, UNIT } from "./protocol.js";
import { slots } from "./tree.js";

// The element's own slots: in step with `HOST` in template.rs.
const HOST = [
  // The one custom state that holds.
  (self, name) => {
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
  ({ internals }, label) => {
    internals.role = "group";
    internals.ariaLabel = label;
  },
  ({ internals, box }, validity) => {
    const [flaw, message] = validity.split(UNIT);
    internals.setValidity(flaw ? { [flaw]: true } : {}, message, box);
  },
  // The element's fields in its form: names and values by turns, each behind its separator.
  ({ internals }, fields) => {
    const list = fields.split(UNIT);
    const data = new FormData();
    for (let at = 1; at < list.length; at += 2) data.append(list[at], list[at + 1]);
    // The empty state keeps the browser from restoring a dead key.
    internals.setFormValue(fields ? data : null, "");
  },
];

// The values of all slots, each behind its separator; an absent attribute is empty. What did not change is left alone.
export function paint(self, view) {
  const values = view.split(RECORD).slice(1);
  values.forEach((value, index) => {
    if (self.view?.[index] === value) return;
    if (index < HOST.length) return HOST[index](self, value);
    const [part, name] = slots[index - HOST.length];
    const node = self.parts[part];
    if (name === "text") node.textContent = value;
    else if (!value) node.removeAttribute(name);
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value);
  });
  self.view = values;
}
