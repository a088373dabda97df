for (const button of document.querySelectorAll("[data-call]")) {
  button.addEventListener("click", () => {
    const captcha = document.querySelector("#remote");
    captcha[button.dataset.call](button.dataset.with);
  });
}
