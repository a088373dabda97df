// The package in a site's own unit tests: in a simulated document without layout, sound, WebAssembly or network.
import { afterEach, expect, test, vi } from "vitest";

afterEach(() => {
  document.body.replaceChildren();
  vi.restoreAllMocks();
});

function form() {
  document.body.innerHTML = `
    <form>
      <input name="name" value="홍길동">
      <sori-captcha endpoint="/captcha" name="captcha"><a href="/help">도움말</a></sori-captcha>
      <button>가입</button>
    </form>`;
  return document.querySelector("form");
}

test("importing and rendering throws nothing, and the site's own fields stay", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  await import("sori-captcha/define.js");
  // Neither jsdom nor happy-dom has everything that the element needs.
  expect(warn.mock.calls.flat().join()).toContain("this browser lacks");
  const data = new FormData(form());
  expect(data.get("name")).toBe("홍길동");
  expect(document.querySelector("sori-captcha")).not.toBeNull();
});

test("an element that is taken out, moved and put back throws nothing", async () => {
  await import("sori-captcha/define.js");
  const place = form();
  const captcha = document.querySelector("sori-captcha");
  captcha.remove();
  place.prepend(captcha);
  document.body.append(captcha);
  captcha.setAttribute("error", "숫자가 맞지 않습니다");
  captcha.lang = "en";
  expect(captcha.isConnected).toBe(true);
});

test("the entry without side effects can be imported beside it", async () => {
  const module = await import("sori-captcha");
  expect(typeof module.define).toBe("function");
  expect(typeof module.render).toBe("function");
});
