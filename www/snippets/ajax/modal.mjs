const dialog = document.querySelector("dialog");
document.querySelector("#open").addEventListener("click", () => dialog.showModal());
// Not formmethod="dialog": that submits the form, and the widget assumes that its answer was used.
document.querySelector("#cancel").addEventListener("click", () => dialog.close());
dialog.addEventListener("close", () => dialog.querySelector("sori-captcha").pause());
