const dialog = document.querySelector("dialog");
document.querySelector("#open").addEventListener("click", () => dialog.showModal());
// Not formmethod="dialog": that submits the form, and the widget takes its answer for sent.
document.querySelector("#cancel").addEventListener("click", () => dialog.close());
dialog.addEventListener("close", () => dialog.querySelector("sori-captcha").pause());
