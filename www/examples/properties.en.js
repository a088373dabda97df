const captcha = document.querySelector("#own-words");
captcha.messages = { label: "Which numbers do you hear?", play: "Listen to the numbers" };
captcha.addEventListener("input", () => {
  document.querySelector("#own-value").value = captcha.value || "nothing";
});
