// Shows what <sori-share> reports, for the live examples of the documentation.
const log = /** @type {HTMLElement} */ (document.querySelector("#log"));

for (const type of ["sori-shared", "sori-share-blocked", "sori-copied", "sori-error"]) {
  addEventListener(type, (event) => {
    const { detail } = /** @type {CustomEvent} */ (event);
    const line = document.createElement("li");
    const code = document.createElement("code");
    code.textContent = `${type} ${JSON.stringify(detail)}`;
    line.append(code);
    log.prepend(line);
    log.hidden = false;
  });
}
