/**
 * Registers `<sori-share>` before its module is loaded. An element that is connected, in the document or in a shadow tree (which
 * no observer of the document sees), asks `bring` for the module, and shows the page's own link until then. A class cannot be
 * registered twice, so the module makes this class inherit from its own.
 * @param {() => Promise<void>} bring
 */
export const standIn = (bring) => {
  if (customElements.get("sori-share")) return;

  // Later this class inherits from the module's class, which may have these callbacks.
  const Base =
    /** @type {new () => HTMLElement & { connectedCallback?(): void, attributeChangedCallback?(): void }} */ (
      HTMLElement
    );
  class Share extends Base {
    // The same as in src/web/share/element.js: the browser reads the list only once.
    static observedAttributes = ["url", "share-title", "type", "popup", "theme", "lang", "native", "copy"];

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
