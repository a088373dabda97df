// `remember` keeps speed and volume (in percent) on the device, and nothing else.
const NAME = "sori-captcha";

/** @returns {[number, number] | undefined} */
export function recall() {
  try {
    const [rate, volume] = (localStorage.getItem(NAME) ?? "").split(" ").map(Number);
    return rate > 0 && volume >= 0 ? [rate, volume] : undefined;
  } catch {
    // Storage is switched off: nothing was kept.
    return undefined;
  }
}

/** @param {number} rate @param {number} volume */
export function keep(rate, volume) {
  try {
    localStorage.setItem(NAME, `${rate} ${volume}`);
  } catch {
    // Storage is full or switched off: the settings hold for this page.
  }
}
