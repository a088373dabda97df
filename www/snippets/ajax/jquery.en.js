$("#join").on("submit", function (event) {
  event.preventDefault();
  const captcha = this.querySelector("sori-captcha");
  const fields = new URLSearchParams(new FormData(this)).toString();
  $.post(this.action, fields)
    .done(() => $("#done").text("Welcome"))
    .fail((reply) => {
      if (reply.status === 422) captcha.reject("The numbers did not match. Play new audio and type them again.");
      else $("#done").text("Please verify another way.");
    });
});
