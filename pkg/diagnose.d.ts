import type { SoriCaptchaElement, SoriFinding } from "./index.js";

/** Looks at an element and its page; asks the backend, for one key, only with `request: true`. */
export declare function diagnose(element: SoriCaptchaElement, options?: { request?: boolean }): Promise<SoriFinding[]>;
