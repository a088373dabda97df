// One set of listeners on the shadow root serves every part.

import { callCore } from "./core.js";

/** @typedef {import("./shell.js").Shell} Shell */
/** @typedef {import("./boundary.d.ts").Report} Report */

const TYPES = ["click", "input", "change", "focusin", "focusout", "keydown", "keypress", "keyup", "beforeinput"];

/** @param {Shell} self */
export function listen(self) {
  for (const type of TYPES) self.root.addEventListener(type, (event) => heard(self, event));
}

/** @param {Shell} self @param {any} event */
function heard(self, event) {
  const { type, target } = event;
  const control = target.closest("button,input");
  // The page's own controls are heard too: those in a slot.
  if (!control || control.getRootNode() !== self.root) return;
  const inBox = control === self.box;
  if (type === "click") {
    const part = control.getAttribute("part");
    if (control.type === "button" && !control.hasAttribute("aria-disabled"))
      self.do(part === "play" ? "pressPlay" : part);
  } else if (type === "input") {
    edited(self, control, event);
  } else if (type === "change") {
    // Unlike `input`, this event does not leave the shadow tree by itself.
    if (inBox) self.element.dispatchEvent(new Event("change", { bubbles: true }));
  } else if (type === "focusin") {
    // The page may have changed since the last time. If the focus moves from button to button, there is no need to look again.
    if (inBox || !self.root.contains(event.relatedTarget)) self.lookAround();
    self.tellFocus();
  } else if (type === "focusout") {
    self.tell("focus", "elsewhere");
  } else if (inBox) {
    pressed(self, event);
  }
}

/** @param {Shell} self @param {HTMLInputElement} control @param {Event} event */
function edited(self, control, event) {
  const { value } = control;
  if (control === self.box) return self.tell("edited", value);
  // Volume and consent are not the answer, so the page must not take these events for edits of the answer.
  event.stopPropagation();
  if (control === self.consent) {
    self.report(control.checked ? "consented" : "consentWithdrawn");
    self.paintAttributes();
  } else self.tell("volume", Number(value));
}

/** A keyboard key in the box. @param {Shell} self @param {KeyboardEvent & InputEvent} event */
function pressed(self, event) {
  const { type, key } = event;
  if (self.id < 0) return pressedEarly(self, event);
  /** @type {Report | undefined} */
  let action;
  if (type === "beforeinput") {
    const { data } = event;
    if (event.inputType !== "insertText" || !data) return;
    action = self.ask("typedAction", data);
  } else {
    const modified = event.ctrlKey || event.metaKey || event.altKey;
    if (callCore((core) => core.isPrintable(key, modified))) event.stopPropagation();
    if (type !== "keydown") return;
    action = self.ask("keyAction", key, modified, event.isComposing, event.keyCode === 229);
  }
  if (!action || event.defaultPrevented) return;
  if (action === "enter") return submit(event, () => self.do("enter"));
  event.preventDefault();
  if (!event.repeat) self.do(action);
}

/**
 * Does what Enter does, unless a handler of the page prevents it, as with a native field. The page's handlers come after ours.
 * @param {KeyboardEvent} event
 * @param {() => void} act
 */
function submit(event, act) {
  if (!event.repeat) setTimeout(() => event.defaultPrevented || act());
}

/**
 * A keyboard key in the box while there is no core. Enter submits the form as it is, because a fresh instance would block the
 * form until audio was heard. The key for Play starts loading the module and the audio.
 * @param {Shell} self
 * @param {KeyboardEvent} event
 */
function pressedEarly(self, event) {
  const { key } = event;
  if (
    event.type !== "keydown" ||
    event.isComposing ||
    event.keyCode === 229 ||
    event.ctrlKey ||
    event.metaKey ||
    event.altKey
  )
    return;
  if (key === "Enter") {
    submit(event, () => self.pressDefaultButton());
  } else if (key === "." && self.element.getAttribute("shortcuts") !== "off") {
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat) self.do("keyPlay");
  }
}
