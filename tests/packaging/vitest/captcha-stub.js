// Stands in for <sori-captcha> in unit tests: its field and methods, without sound, wasm or network.
class CaptchaStub extends HTMLElement {
  #field;

  /** What a visitor does: listens and types. The form then has the field that your server checks. */
  answer(response = "stub") {
    this.reset();
    this.#field = document.createElement("input");
    this.#field.type = "hidden";
    this.#field.name = `${this.getAttribute("name")}-response`;
    this.#field.value = response;
    this.append(this.#field);
  }

  reset() {
    this.#field?.remove();
  }

  /** What the page said is in `rejectedWith`. */
  reject(message = "") {
    this.rejectedWith = message;
    this.reset();
  }

  play() {}
  pause() {}
}

customElements.define("sori-captcha", CaptchaStub);
