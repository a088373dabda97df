import { act } from "./connection.js";
import { enter } from "./effects.js";
import { rust } from "./instance.js";
import { look_around } from "./page.js";
import { ANSWER_PART, CLICK, FOCUS, INPUT, NO_PART, PRESS } from "./protocol.js";

const TYPES = ["click", "input", "change", "focusin", "focusout", "keydown", "keypress", "keyup", "beforeinput"];

/** One set of listeners on the shadow root serves every part. */
export function listen(self) {
  for (const type of TYPES) self.root.addEventListener(type, (event) => heard(self, event));
}

function heard(self, event) {
  const { type, target } = event;
  const { element, tell } = self;
  const part = self.parts.indexOf(target.closest("button,input"));
  if (part < 0) return;
  const in_box = part === ANSWER_PART;
  if (type === "click") {
    act(self, CLICK, part);
  } else if (type === "input") {
    // The volume is no answer.
    if (!in_box) event.stopPropagation();
    tell(INPUT, part, target.type === "checkbox" ? (target.checked ? "1" : "") : target.value);
  } else if (type === "change") {
    // It does not cross the shadow's boundary by itself, as `input` does.
    if (in_box) element.dispatchEvent(new Event("change", { bubbles: true }));
  } else if (type === "focusin") {
    // The page may have changed since; from button to button it need not be asked.
    if (in_box || !self.root.contains(event.relatedTarget)) look_around(self);
    tell(FOCUS, part);
  } else if (type === "focusout") {
    tell(FOCUS, NO_PART);
  } else if (!in_box) {
    return;
  } else if (self.id < 0) {
    // The form passes as it is: a fresh instance would hold it until something was heard.
    if (type === "keydown" && event.key === "Enter" && !event.isComposing && event.keyCode !== 229) enter(self);
  } else {
    const typed = type === "beforeinput";
    if (typed && event.inputType !== "insertText") return;
    const flags = (event.ctrlKey || event.metaKey || event.altKey) | (event.isComposing && 2) | ((event.keyCode === 229) && 4)
      | (typed && 8) | (type !== "keydown" && !typed && 16);
    const verdict = rust.press(self.id, flags, (typed ? event.data : event.key) ?? "");
    if (verdict & 1) event.preventDefault();
    if (verdict & 2) event.stopPropagation();
    if (verdict >> 2 && !event.repeat) tell(PRESS, verdict >> 2);
  }
}
