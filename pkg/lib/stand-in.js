/**
 * Registers `<sori-share>` before its module is there. The element is noticed in whatever tree it stands, a shadow root
 * too, which no observer of the document sees: connected, it asks `bring` for the module, and shows the page's own link
 * until then. A class cannot be registered twice, so the module puts its own behind this one.
 * @param {() => Promise<void>} bring
 */
export const standIn = (bring) => {
  if (customElements.get("sori-share")) return;

  // The class behind it may have callbacks one day.
  const Base =
    /** @type {new () => HTMLElement & { connectedCallback?(): void, attributeChangedCallback?(): void }} */ (
      HTMLElement
    );
  class Share extends Base {
    // As in src/web/share.js: the browser reads it once.
    static observedAttributes = ["url", "share-title", "type", "popup", "theme", "native", "copy", "lang"];

    connectedCallback() {
      if (super.connectedCallback) super.connectedCallback();
      else bring().then(() => this.isConnected && super.connectedCallback?.());
    }

    attributeChangedCallback() {
      super.attributeChangedCallback?.();
    }
  }
  customElements.define("sori-share", Share);
};
