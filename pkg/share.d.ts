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
  /** The browser refused the popup; it follows the link instead. */
  "sori-share-blocked": CustomEvent<SoriShareDetail>;
  /** The URL is on the clipboard. */
  "sori-copied": CustomEvent<SoriShareDetail>;
  /** `config_error`: the URL cannot be shared. `internal_error`: copying or the share sheet failed. */
  "sori-error": CustomEvent<{ code: "config_error" | "internal_error"; retryable: boolean; via: SoriShareVia }>;
}

/** The attributes of `<sori-share>`, as markup and templates write them. */
export interface SoriShareAttributes {
  /** The URL to share; without it the canonical link, else `og:url`, else the page's address. */
  url?: string | undefined;
  /** The title; without it `og:title`, else the document's title. */
  "share-title"?: string | undefined;
  /** Size and arrangement; `f` is the default. */
  type?: "a" | "b" | "c" | "d" | "e" | "f" | undefined;
  /** The width and height of a popup in CSS pixels, 100 to 9999 each; without it the link opens a new tab. */
  popup?: `${number}x${number}` | undefined;
  /** `auto` is the default. */
  theme?: "auto" | "light" | "dark" | undefined;
  /** A button for the system's share sheet, in browsers that have one. */
  native?: boolean | undefined;
  /** A button that copies the URL. */
  copy?: boolean | undefined;
  /** A BCP 47 tag; without it the nearest `lang` of the page. */
  lang?: string | undefined;
}

/** The same attributes, as properties. */
export type SoriShareOptions = Omit<SoriShareAttributes, "share-title"> & { shareTitle?: string | undefined };

/** `<sori-share>`. Its properties reflect the attributes; an empty text or `null` removes one. */
export interface SoriShareElement extends HTMLElement {
  get url(): string;
  set url(value: string | null);
  get shareTitle(): string;
  set shareTitle(value: string | null);
  get type(): string;
  set type(value: "a" | "b" | "c" | "d" | "e" | "f" | "" | null);
  get popup(): string;
  set popup(value: `${number}x${number}` | "" | null);
  get theme(): string;
  set theme(value: "auto" | "light" | "dark" | "" | null);
  native: boolean;
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
  removeEventListener<K extends keyof SoriShareEventMap>(
    type: K,
    listener: (this: SoriShareElement, event: SoriShareEventMap[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener<K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (this: SoriShareElement, event: HTMLElementEventMap[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
}

/**
 * Registers `<sori-share>` alone. Resolves when it works; without a DOM it does nothing and resolves at once. Rejects if the
 * module cannot be loaded; the next call tries again.
 */
export function define(): Promise<void>;

/** Resolves when the element is registered, rejects if the module cannot be loaded. */
export declare const ready: Promise<void>;

declare global {
  interface HTMLElementTagNameMap {
    "sori-share": SoriShareElement;
  }
}
