export { define } from "./index.js";

/** Resolves when the elements work, rejects if the module cannot be loaded. */
export declare const ready: Promise<void>;
