// What Rust asks of a <sori-share>: see src/web/share.rs.

import { fact } from "./facts.js";
import { Painting } from "./painting.js";
import { openPopup } from "./popup.js";

/** @typedef {import("./boundary.d.ts").ShareEvent} ShareEvent */
/** @typedef {(shell: Shell, event: ShareEvent) => boolean} Act Returns whether the browser's own action is prevented. */

// How long the clipboard or the share sheet may take before the button works again, in ms. In some in-app browsers
// their promises never settle.
const PATIENCE = 3000;

/** @type {Set<string>} */
const warnings = new Set();

/** The browser's part of one button. */
export class Shell {
  /** What Rust remembers of this button. */
  session = 0;
  /** Whether the last announcement ended with a no-break space. */
  spaced = true;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer;

  /**
   * @param {Element} element
   * @param {import("./template.js").Tree} tree
   * @param {Act} act
   */
  constructor(element, tree, act) {
    this.element = element;
    this.tree = tree;
    this.painting = new Painting(element, tree);
    this.act = act;
  }

  /** @param {ShareEvent} event */
  tell(event) {
    return this.act(this, event);
  }

  /** @param {import("./boundary.d.ts").Fact} name */
  fact(name) {
    return fact(this.element, name);
  }

  /** @param {import("./boundary.d.ts").Extra} extra */
  asksFor(extra) {
    const asked = this.element.hasAttribute(extra === "copy" ? extra : "native");
    /** @type {any} */
    const browser = navigator;
    // In a frame without allow="web-share", `canShare` returns false: https://w3c.github.io/web-share/#canshare-data-method
    // A `share` that an app or a script added has no `canShare`.
    return asked && (extra === "copy" || (!!browser.share && browser.canShare?.({ title: "x" }) !== false));
  }

  /**
   * @param {string} look
   * @param {string} language
   * @param {string} href
   * @param {string} caption
   * @param {string} hint
   * @param {string} sheet
   * @param {string} copy
   * @param {string} address
   * @param {string} addressLabel
   * @param {string} explanation
   */
  paint(look, language, href, caption, hint, sheet, copy, address, addressLabel, explanation) {
    this.painting.paint({ look, language, href, caption, hint, sheet, copy, address, addressLabel, explanation });
  }

  /** @param {string} atFault @param {string} fault */
  warn(atFault, fault) {
    const warning = atFault + fault;
    if (warnings.has(warning)) return;
    warnings.add(warning);
    console.warn(`sori-share: ${warning} (help: troubleshooting#share-url)`);
  }

  /**
   * A screen reader announces the same text again only if the text was removed for a moment. Orca announces a text only
   * if it differs from the last one. So every second text ends with a no-break space, which no screen reader speaks.
   * @param {string} text
   */
  announce(text) {
    const { status } = this.tree;
    status.textContent = "";
    clearTimeout(this.timer);
    this.spaced = !this.spaced;
    const ending = this.spaced ? "\xa0" : "";
    this.timer = setTimeout(() => {
      status.textContent = text && text + ending;
    }, 100);
  }

  /** @param {string} type @param {string} via @param {string} url @param {string} title */
  emitShared(type, via, url, title) {
    this.emit(type, { via, url, title });
  }

  /** @param {string} code @param {boolean} retryable @param {string} via */
  emitError(code, retryable, via) {
    this.emit("sori-error", { code, retryable, via });
  }

  /** @param {string} type @param {object} detail */
  emit(type, detail) {
    this.element.dispatchEvent(new CustomEvent(type, { bubbles: true, composed: true, detail }));
  }

  /** @param {string} url @param {string} size */
  openPopup(url, size) {
    return openPopup(url, size);
  }

  /** @param {string} url */
  copyUrl(url) {
    const start = async () => {
      try {
        await navigator.clipboard.writeText(url);
      } catch (error) {
        // Without a clipboard (a page without https, a frame without the permission), the old command copies what is selected in
        // a visible field.
        const { field, copy } = this.tree;
        const { hidden } = field;
        field.value = url;
        field.hidden = false;
        field.focus();
        field.select();
        const copied = document.execCommand("copy");
        field.hidden = hidden;
        copy.focus();
        if (!copied) throw error;
      }
    };
    this.settle(start, "copied", "copyFailed", "copyFailed");
  }

  /** @param {string} url @param {string} title */
  openSheet(url, title) {
    this.settle(() => navigator.share({ url, title }), "sheetDone", "sheetCancelled", "sheetFailed");
  }

  /**
   * A missing API throws, so it is handled like a refusal.
   * @param {() => Promise<void>} start
   * @param {ShareEvent} done
   * @param {ShareEvent} cancelled The visitor closed it, or it takes too long.
   * @param {ShareEvent} failed
   */
  async settle(start, done, cancelled, failed) {
    const timer = setTimeout(() => this.tell(cancelled), PATIENCE);
    let outcome = done;
    try {
      await start();
    } catch (error) {
      // The browser opens no second sheet over the first.
      const closed = ["AbortError", "InvalidStateError"].includes(/** @type {any} */ (error)?.name);
      outcome = closed ? cancelled : failed;
    }
    clearTimeout(timer);
    this.tell(outcome);
  }
}
