customElements.define(
  "bench-floor",
  class extends HTMLElement {
    connectedCallback() {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "Play the audio";
      this.attachShadow({ mode: "open" }).append(button);
    }
  },
);
