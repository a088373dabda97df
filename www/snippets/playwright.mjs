/** Listens and answers, as a visitor would; `page` is Playwright's. */
export async function solve(page, answer) {
  const captcha = page.locator("sori-captcha");
  await captcha.locator('[part~="play"]').click();
  await page.waitForFunction(() => document.querySelector("sori-captcha").matches(":state(playing)"));
  await captcha.locator('[part~="answer"]').fill(answer);
}
