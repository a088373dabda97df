$("#join").on("submit", function (event) {
  event.preventDefault();
  const captcha = this.querySelector("sori-captcha");
  const fields = new URLSearchParams(new FormData(this)).toString();
  $.post(this.action, fields)
    .done(() => {
      this.reset();
      captcha.reset();
      $("#done").text("환영합니다");
    })
    .fail((reply) => {
      if (reply.status === 422) return captcha.reject("숫자가 맞지 않습니다. 새 음성을 듣고 다시 입력하세요.");
      captcha.reset();
      $("#done").text("다른 방법으로 확인해 주세요.");
    });
});
