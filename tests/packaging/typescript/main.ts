import { define, render, type SoriErrorCode } from "sori-captcha";
import { ready } from "sori-captcha/define.js";
import "sori-captcha/share.js";
import "sori-captcha/locale/ja.js";
import { diagnose } from "sori-captcha/diagnose.js";

const loaded: Promise<void> = define();
const captcha = render(document.body, { endpoint: "/captcha", name: "captcha", required: true, leadIn: 500, messages: { play: "듣기" } });

captcha.addEventListener("sori-error", (event) => {
  const code: SoriErrorCode = event.detail.code;
  const wait: number | null = event.detail.retryAfter;
  console.log(code, wait, event.detail.retryable);
});
captcha.addEventListener("sori-statechange", ({ detail }) => console.log(detail.state === "playing"));
captcha.addEventListener("sori-verified", ({ detail }) => console.log(detail.token));
captcha.addEventListener("input", () => captcha.checkValidity());

const found = document.querySelector("sori-captcha");
found?.reject("다시 들어 주세요.");
found?.play();
const share = document.querySelector("sori-share");
share?.setAttribute("type", "a");
void ready.then(() => captcha.diagnose({ request: false }));
void diagnose(captcha).then((findings) => findings.map(({ level, about, text }) => [level, about, text]));
void loaded;

// @ts-expect-error a code outside the closed list
const unknown: SoriErrorCode = "teapot";
// @ts-expect-error a message that does not exist
captcha.messages = { plaay: "" };
// @ts-expect-error a boolean attribute takes no text
captcha.required = "yes";
void unknown;
