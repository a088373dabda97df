// Tests a page's own code, with the documented stub instead of the captcha.
import { beforeEach, expect, test, vi } from "vitest";

vi.mock("sori-captcha/define.js", () => import("./captcha-stub.js"));

/** Makes a page whose server always responds with this status. Returns its parts, and `send`, which sends its form. */
async function page(status) {
  await import("sori-captcha/define.js");
  document.body.innerHTML = `
    <form>
      <input name="name" value="홍길동">
      <sori-captcha endpoint="/captcha" name="captcha"><a href="/help">도움말</a></sori-captcha>
      <button>가입</button>
    </form>`;
  const form = document.querySelector("form");
  const captcha = document.querySelector("sori-captcha");
  const server = vi.fn(async () => ({ ok: status === 200 }));
  const send = async () => {
    const { ok } = await server(Object.fromEntries(new FormData(form)));
    if (ok) captcha.reset();
    else captcha.reject("숫자가 맞지 않습니다");
  };
  return { captcha, form, send, server };
}

beforeEach(() => document.body.replaceChildren());

test("an answer is sent with the form, and is gone once it was used", async () => {
  const { captcha, form, send, server } = await page(200);
  captcha.answer("practice");
  await send();
  expect(server).toHaveBeenCalledWith({ name: "홍길동", "captcha-response": "practice" });
  expect(new FormData(form).get("captcha-response")).toBeNull();
});

test("a wrong answer is told to the captcha, and is gone", async () => {
  const { captcha, form, send } = await page(422);
  captcha.answer();
  await send();
  expect(captcha.rejectedWith).toBe("숫자가 맞지 않습니다");
  expect(new FormData(form).get("captcha-response")).toBeNull();
});
