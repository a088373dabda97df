$("#join").on("submit", function (event) {
  event.preventDefault();
  const captcha = this.querySelector("sori-captcha");
  const fields = new URLSearchParams(new FormData(this)).toString();
  $.post(this.action, fields)
    .done(() => {
      this.reset();
      captcha.reset();
      $("#done").text("Welcome");
    })
    .fail((reply) => {
      if (reply.status === 422) return captcha.reject("The numbers did not match. Play new audio and type them again.");
      captcha.reset();
      $("#done").text("Please verify another way.");
    });
});
