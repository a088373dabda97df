// How an element comes to an instance of the module, leaves it, and comes to the next one after a trap.
import { live, rust } from "./instance.js";
import { recall } from "./memory.js";
import { look_around, read, say_messages } from "./page.js";
import { CONSENT_PART, DISCONNECTED, FAREWELL, INPUT, RECALLED } from "./protocol.js";

let revive, waking;

/** `restart` makes another instance and calls `serve` with what it exports. */
export function revive_by(restart) {
  revive = restart;
}

export function connect(self) {
  const { element, tell, parts } = self;
  self.id = rust.connect(element.matches(":disabled"), self.box.value);
  look_around(self);
  read(self);
  if (self.messages) say_messages(self);
  if (parts[CONSENT_PART].checked) tell(INPUT, CONSENT_PART, "1");
  prepare_farewell(self);
  if (element.hasAttribute("remember")) tell(RECALLED, 0, recall());
  // A property that was set before the upgrade hides the accessor of the class: set it again.
  for (const name of Object.keys(element)) {
    if (name in Object.getPrototypeOf(element)) {
      const value = element[name];
      delete element[name];
      element[name] = value;
    }
  }
}

/** What is painted should the module die. */
export function prepare_farewell(self) {
  self.farewell = rust.tell(self.id, FAREWELL, 0, 0, 0, "");
}

export function disconnect(self) {
  if (self.id < 0) return;
  self.tell(DISCONNECTED);
  self.id = -1;
  self.timers.forEach(clearTimeout);
}

// The next act after a trap starts a fresh instance and hands every element over to it.
async function wake() {
  // One for all: a second instance would not know the elements of the first.
  await (waking ??= revive().finally(() => (waking = undefined)));
  for (const self of live) if (self.id < 0) connect(self);
}

/** Reports what the person or the page's script asked for. */
export function act(self, ...report) {
  if (self.id < 0 && live.has(self)) wake().then(() => self.tell(...report));
  else self.tell(...report);
}
