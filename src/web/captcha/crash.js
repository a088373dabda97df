// The view that is shown after the core has trapped or could not be loaded.

import { hasWay } from "./surroundings.js";

/** @typedef {import("./shell.js").Shell} Shell */

/** Another try does not help a browser without WebAssembly, such as Safari in Lockdown Mode. */
const canRetry = "WebAssembly" in globalThis;

/**
 * Shows what happened and what to do. The form is not blocked, and submits `NAME-error`.
 * @param {Shell} shell
 */
export function paintCrash(shell) {
  const { element, consent, state } = shell;
  const name = element.getAttribute("name");
  const data = new FormData();
  if (name) {
    data.append(`${name}-error`, "internal_error");
    if (element.hasAttribute("consent") && consent.checked) data.append(`${name}-consent`, "on");
  }
  shell.paintFields(data);
  shell.paintValidity();
  shell.paintState("failed");
  shell.paintText("play", "play");
  shell.paintFlag("play", "aria-disabled", false);
  shell.paintFlag("answer", "aria-invalid", false);
  shell.paintFlag("answer", "readonly", false);
  shell.paintFlag("consent", "aria-invalid", false);
  shell.paintFlag("check", "aria-disabled", false);
  shell.paintFlag("hint", "hidden", true);
  shell.paintFlag("sori", "data-way", true);
  shell.paintText("error");
  shell.paintText("announcement");
  shell.paintDescription("page");
  shell.paintProgress("hidden", 0, 1);
  shell.showFallback(true);
  shell.paintText("status", canRetry ? "internalError" : hasWay(element) ? "useAnotherWay" : "contactSite");
  if (state !== "failed") shell.emit("sori-statechange", { state: "failed" });
}

/** Tells the site about it. @param {Shell} shell */
export function tellOfCrash(shell) {
  shell.emit("sori-error", { code: "internal_error", retryable: canRetry, retryAfter: null });
}
