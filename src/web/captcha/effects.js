import { rust } from "./instance.js";
import { keep } from "./memory.js";
import { CONSENT_PART, SIGNALS, TIMER } from "./protocol.js";
import { abort, request } from "./request.js";
import { adopt, lead, pause, replace, seek, start, tune, unload } from "./sound.js";

function clear({ box }) {
  box.value = "";
}

/** What a native field's Enter does: the form's default button, else an implicit submission. */
export function enter({ internals: { form } }) {
  const button = [...(form?.elements ?? [])].find(({ type }) => type === "submit" || type === "image");
  if (button) button.click();
  else form?.requestSubmit();
}

function focus({ box }) {
  box.focus();
}

function focusConsent({ parts }) {
  parts[CONSENT_PART].focus();
}

function emit({ element, id }, signal) {
  const detail = Object.fromEntries(rust.detail(id, signal) ?? []);
  element.dispatchEvent(new CustomEvent(`sori-${SIGNALS[signal]}`, { bubbles: true, composed: true, detail }));
}

function timer({ timers, tell }, id, ms) {
  clearTimeout(timers[id]);
  timers[id] = setTimeout(() => tell(TIMER, id), ms);
}

function stop({ timers }, id) {
  clearTimeout(timers[id]);
}

function warn({ element }, _, __, attribute, value, expected) {
  console.warn(`sori-captcha: the attribute ${attribute}="${value}" should be ${expected}`, element);
}

// What the module asks for, by its number: in step with `Effect` in event.rs. The first three are requests.
const EFFECTS = [
  request, request, request, abort, lead, adopt, start, pause, seek, tune, keep, unload, clear, enter, focus, emit, timer, stop, replace, focusConsent, warn,
];

/** Does what one record says: the number of an effect, two numbers, and texts. */
export function perform(self, [effect, first, second, ...texts]) {
  EFFECTS[effect](self, first, second, ...texts);
}
