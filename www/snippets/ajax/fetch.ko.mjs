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
    done.textContent = "환영합니다";
  } else if (reply.status === 422) {
    captcha.reject("숫자가 맞지 않습니다. 새 음성을 듣고 다시 입력하세요.");
  } else {
    captcha.reset();
    done.textContent = "다른 방법으로 확인해 주세요.";
  }
});
