const form = document.querySelector("#join");
const captcha = form.querySelector("sori-captcha");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const fields = new URLSearchParams(new FormData(form));
  const reply = await fetch(form.action, { method: "POST", body: fields });
  if (reply.ok) {
    form.reset();
    captcha.reset();
    document.querySelector("#done").textContent = "Welcome";
  } else {
    captcha.reject("The numbers did not match. Play new audio and type them again.");
  }
});
