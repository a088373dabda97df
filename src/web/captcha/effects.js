import { rust } from "./instance.js";
import { keep } from "./memory.js";
import { TIMER } from "./protocol.js";
import { abort, request } from "./request.js";
import { adopt, lead, start, tune, unload } from "./sound.js";

/** What the module asks for, by the names that bridge.rs writes. */
export const EFFECTS = {
  request,
  abort,
  lead,
  adopt,
  start,
  tune,
  unload,
  hush({ audio }) {
    audio?.pause();
  },
  seek({ audio }, at) {
    audio.currentTime = at / 1000;
  },
  clear({ box }) {
    box.value = "";
  },
  focus({ box }, select) {
    box.focus();
    if (+select) box.select();
  },
  // What a native field's Enter does: the form's default button, else an implicit submission.
  enter({ internals: { form } }) {
    const button = [...(form?.elements ?? [])].find(({ type }) => type === "submit" || type === "image");
    if (button) button.click();
    else form?.requestSubmit();
  },
  emit({ element, id }, name) {
    element.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail: rust.detail(id, name) }));
  },
  timer({ timers, tell }, id, ms) {
    clearTimeout(timers[id]);
    timers[id] = setTimeout(() => tell(TIMER, id), ms);
  },
  stop({ timers }, id) {
    clearTimeout(timers[id]);
  },
  keep(self, ...values) {
    keep(...values);
  },
  warn({ element }, text) {
    console.warn(`sori-captcha: ${text}`, element);
  },
};
