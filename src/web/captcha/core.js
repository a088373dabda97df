// The core: an instance of the module that serves every element. It may not be loaded yet, may fail to load, or may trap.
import { paintCrash, tellOfCrash } from "./crash.js";

/** @typedef {import("./boundary.d.ts").Core} Core */
/** @typedef {import("./shell.js").Shell} Shell */

/** Every connected element. @type {Set<Shell>} */
export const connected = new Set();

/** @type {Core | undefined} */
export let core;
/** @type {Promise<void> | undefined} */
let loading;
/** Whether the last attempt failed. */
export let failed = false;
/** @type {() => Core | Promise<Core>} */
let bring = () => Promise.reject(new Error("sori-captcha: nothing brings the module"));

/** @param {typeof bring} from Gives the core of a fresh instance each time. */
export function bringCoreFrom(from) {
  bring = from;
  for (const type of ["error", "unhandledrejection"]) addEventListener(type, uncaught);
}

/**
 * The module may trap while it takes up the reply to a request. No function of ours has called it then, so the trap becomes an
 * uncaught error of the page. A trap that comes while no element waits for a reply belongs to another module of the page.
 * @param {any} event
 */
function uncaught({ error, reason }) {
  const called = core;
  const waiting = [...connected].some(({ request }) => request && !request.signal.aborted);
  if (!called || !waiting || !((error ?? reason) instanceof WebAssembly.RuntimeError)) return;
  // Delayed, because several requests may fail at once. All of these reports then name the same instance, and only the first one
  // ends it. Otherwise a later report could end a fresh instance.
  setTimeout(() => called === core && fail());
}

/** Resolves when there is a core and every element has it. After a failure the next call tries again. @returns {Promise<void>} */
export function load() {
  // One instance for all elements: a second instance would not know the elements of the first.
  loading ??= start();
  return loading;
}

async function start() {
  try {
    core = await bring();
    failed = false;
  } catch (error) {
    loading = undefined;
    fail();
    throw error;
  }
  for (const shell of connected) shell.join();
}

function fail() {
  failed = true;
  core = undefined;
  loading = undefined;
  for (const shell of connected) {
    shell.leave();
    paintCrash(shell);
    tellOfCrash(shell);
  }
}

/**
 * Calls the core. After a trap, nothing in that instance can be called again, for any element.
 * @template T
 * @param {(core: Core) => T} act
 * @returns {T | undefined}
 */
export function callCore(act) {
  const called = core;
  if (!called) return undefined;
  try {
    return act(called);
  } catch (error) {
    // A trap, or something of the browser's that the page has replaced and that throws: the step is half done.
    if (called === core) fail();
    reportError(error);
    return undefined;
  }
}
