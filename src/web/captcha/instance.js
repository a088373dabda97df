// The instance of the module that serves every element, until it dies.
import { paint } from "./paint.js";

/** What it exports. */
export let rust;
/** What every connected element carries. */
export const live = new Set();

export function serve(exports) {
  rust = exports;
}

// Nothing in this instance can be called again, for any element.
export function trapped(error) {
  for (const self of live) {
    if (self.id < 0) continue;
    self.id = -1;
    self.timers.forEach(clearTimeout);
    self.request?.abort();
    self.audio?.pause();
    paint(self, self.farewell);
  }
  reportError(error);
}

// A trap in a promise's continuation passes by every caller.
export function watch_for_traps() {
  for (const type of ["error", "unhandledrejection"]) {
    addEventListener(type, ({ error, reason }) => {
      const waiting = [...live].some(({ request }) => request && !request.signal.aborted);
      if (waiting && (error ?? reason) instanceof WebAssembly.RuntimeError) trapped(error ?? reason);
    });
  }
}
