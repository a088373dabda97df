import { define, render, type SoriCaptchaOptions, type SoriErrorCode } from "sori-captcha";
import { ready } from "sori-captcha/define.js";
import "sori-captcha/share.js";
import "sori-captcha/locale/ja.js";
import { diagnose } from "sori-captcha/diagnose.js";

const loaded: Promise<void> = define();
const options: SoriCaptchaOptions = { endpoint: "/captcha", name: "captcha", required: true, leadIn: 500, keyUrl: "/k" };
const captcha = render(document.body, { ...options, lang: "ko", messages: { play: "듣기" } });

captcha.addEventListener("sori-error", (event) => {
  const code: SoriErrorCode = event.detail.code;
  const wait: number | null = event.detail.retryAfter;
  console.log(code, wait, event.detail.retryable);
});
captcha.addEventListener("sori-statechange", ({ detail }) => console.log(detail.state === "playing"));
const verified = ({ detail }: CustomEvent<{ token: string }>) => console.log(detail.token);
captcha.addEventListener("sori-verified", verified);
captcha.removeEventListener("sori-verified", verified);
captcha.addEventListener("input", () => captcha.checkValidity());
captcha.theme = "dark";
captcha.rate = 0.8;
const rate: string = captcha.rate;

const found = document.querySelector("sori-captcha");
found?.reject("다시 들어 주세요.");
found?.play();
const share = document.querySelector("sori-share");
share?.setAttribute("type", "a");
share?.addEventListener("sori-copied", ({ detail }) => console.log(detail.url, detail.via));
void ready.then(() => captcha.diagnose({ request: false }));
void diagnose(captcha).then((findings) => findings.map(({ level, about, text }) => [level, about, text]));
void [loaded, rate];

// @ts-expect-error a code outside the closed list
const unknown: SoriErrorCode = "teapot";
// @ts-expect-error a message that does not exist
captcha.messages = { plaay: "" };
// @ts-expect-error a boolean attribute takes no text
captcha.required = "yes";
// @ts-expect-error a theme that does not exist
captcha.theme = "blue";
// @ts-expect-error a detail that the event does not have
captcha.addEventListener("sori-issued", ({ detail }) => detail.token);
// @ts-expect-error an option that does not exist
render(document.body, { endpoit: "/captcha" });
// @ts-expect-error what the browser reports cannot be set
captcha.validity = found?.validity;
if (share) {
  // @ts-expect-error a look that does not exist
  share.type = "g";
}
void unknown;
