import { perform } from "./effects.js";
import { rust, trapped } from "./instance.js";
import { paint } from "./paint.js";
import { GROUP, RECORD, UNIT } from "./protocol.js";
import { position } from "./sound.js";

/** Reports what happened, and does what follows from it. */
export function tell(self, op, number = 0, text = "") {
  // An effect may report the next thing before it returns (a focus move, a listener of the page's): that waits.
  self.waiting.push([op, number, text]);
  if (self.busy) return;
  self.busy = true;
  try {
    while (self.waiting.length && self.id >= 0) {
      const [op, number, text] = self.waiting.shift();
      const [effects, view] = rust.tell(self.id, op, number, ...position(self), text).split(GROUP);
      paint(self, view);
      // Each record begins with its separator, and each of its fields ends with one.
      for (const effect of effects.split(RECORD).slice(1)) perform(self, effect.split(UNIT).slice(0, -1));
    }
  } catch (error) {
    trapped(error);
  }
  self.waiting.length = 0;
  self.busy = false;
}
