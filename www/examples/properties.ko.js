const captcha = document.querySelector("#own-words");
captcha.messages = { label: "어떤 숫자가 들리나요?", play: "숫자 듣기" };
captcha.addEventListener("input", () => {
  document.querySelector("#own-value").value = captcha.value || "없음";
});
