const form = document.querySelector("#join");
const captcha = form.querySelector("sori-captcha");
const done = document.querySelector("#done");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const fields = new URLSearchParams(new FormData(form));
  const reply = await fetch(form.action, { method: "POST", body: fields });
  if (reply.ok) {
    form.reset();
    captcha.reset();
    done.textContent = "Welcome";
  } else if (reply.status === 422) {
    captcha.reject("The numbers did not match. Play new audio and type them again.");
  } else {
    captcha.reset();
    done.textContent = "Please verify another way.";
  }
});
