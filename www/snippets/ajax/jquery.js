$("#join").on("submit", function (event) {
  event.preventDefault();
  const fields = new URLSearchParams(new FormData(this)).toString();
  $.post(this.action, fields)
    .done(() => $("#done").text("Welcome"))
    .fail(() => this.querySelector("sori-captcha").reject("The numbers did not match. Play new audio and type them again."));
});
