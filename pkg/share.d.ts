/** How a page was shared: by the link, a popup, the system's share sheet, or the clipboard. */
export type SoriShareVia = "link" | "popup" | "native" | "copy";

/** What was shared. */
export interface SoriShareDetail {
  via: SoriShareVia;
  /** The URL, absolute and without credentials. */
  url: string;
  /** The title; empty if there is none. */
  title: string;
}

export interface SoriShareEventMap {
  /** The link was followed, the popup opened, or the share sheet took the page. */
  "sori-shared": CustomEvent<SoriShareDetail>;
  /** The browser refused the popup; the link goes on by itself. */
  "sori-share-blocked": CustomEvent<SoriShareDetail>;
  /** The URL is on the clipboard. */
  "sori-copied": CustomEvent<SoriShareDetail>;
  /** `config_error`: the URL cannot be shared. `internal_error`: copying or the share sheet failed. */
  "sori-error": CustomEvent<{ code: "config_error" | "internal_error"; retryable: boolean; via: SoriShareVia }>;
}

/** `<sori-share>` */
export interface SoriShareElement extends HTMLElement {
  /** The URL to share; empty for the canonical link, else `og:url`, else the page's address. */
  url: string;
  /** The title; empty for `og:title`, else the document's title. */
  shareTitle: string;
  /** One of `a` to `f` (default). */
  type: string;
  /** The size of a popup, `WIDTHxHEIGHT`, 100 to 9999 CSS pixels each; empty for a new tab. */
  popup: string;
  /** `auto` (default), `light` or `dark`. */
  theme: string;
  /** A button for the system's share sheet, in browsers that have one. */
  native: boolean;
  /** A button that copies the URL. */
  copy: boolean;

  addEventListener<K extends keyof SoriShareEventMap>(
    type: K,
    listener: (this: SoriShareElement, event: SoriShareEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener<K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (this: SoriShareElement, event: HTMLElementEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

/**
 * Registers `<sori-share>` alone. Resolves when it works; without a DOM at once, without doing anything.
 * Rejects if the module cannot be loaded; the next call tries again.
 */
export function define(): Promise<void>;

/** Resolves when the element is registered, rejects if the module cannot be loaded. */
export declare const ready: Promise<void>;

declare global {
  interface HTMLElementTagNameMap {
    "sori-share": SoriShareElement;
  }
}
