// Made by `cargo xtask build` from the Rust in src/web and the enums of the core: do not edit.
export type Extra = "copy" | "sheet";
export type Fact = "url" | "canonicalUrl" | "openGraphUrl" | "documentUrl" | "shareTitle" | "openGraphTitle" | "documentTitle" | "type" | "popup" | "theme" | "language";
/* tslint:disable */
/* eslint-disable */

export type ShareEvent = "refresh" | "link" | "window" | "again" | "windowOpened" | "windowBlocked" | "copy" | "copied" | "copyFailed" | "sheet" | "sheetDone" | "sheetCancelled" | "sheetFailed";

/**
 * Takes an event and does what follows from it. Returns whether the browser's own action for the event is prevented.
 */
export function share(shell: any, event: ShareEvent): boolean;

