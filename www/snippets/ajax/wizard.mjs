const form = document.querySelector("#join");
const [first, last] = form.querySelectorAll("fieldset");

form.addEventListener("submit", (event) => {
  if (!last.disabled) return;
  event.preventDefault();
  first.hidden = true;
  last.hidden = last.disabled = false;
  last.querySelector("sori-captcha").focus();
});
