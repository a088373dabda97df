const dialog = document.querySelector("dialog");
document.querySelector("#open").addEventListener("click", () => dialog.showModal());
dialog.addEventListener("close", () => dialog.querySelector("sori-captcha").pause());
