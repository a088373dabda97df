import type { SoriCaptchaElement, SoriFinding } from "./index.js";

/** Looks at an element and its page. With `request: true` it also asks the backend for one key; otherwise it requests nothing. */
export declare function diagnose(element: SoriCaptchaElement, options?: { request?: boolean }): Promise<SoriFinding[]>;
