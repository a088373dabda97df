// Importing this has no side effect: everything is in define.js, which is fetched when it is needed. So a page that uses both
// entries loads the code once.
import { put } from "./lib/render.js";

/** Registers the elements. Resolves when they work; without a DOM (Node, a worker) at once. */
export const define = async () => {
  if (globalThis.document) await (await import("./define.js")).define();
};

/**
 * Puts a captcha into a container and returns it at once.
 * @param {Element | DocumentFragment} container
 * @param {import("./index.d.ts").SoriCaptchaOptions} [options]
 */
export const render = (container, options) => {
  const element = put(container, options);
  import("./define.js").then(
    // It reports a failure of its own in the console; its absence is reported here.
    ({ define }) => define().catch(() => {}),
    (error) => console.error("sori-captcha:", error),
  );
  return element;
};
