// What `remember` keeps on the device: speed and volume, nothing else.
const NAME = "sori-captcha";

export function recall() {
  try {
    return localStorage.getItem(NAME) ?? "";
  } catch {
    // Storage is switched off: nothing was kept.
    return "";
  }
}

export function keep(self, rate, volume) {
  try {
    localStorage.setItem(NAME, `${rate} ${volume}`);
  } catch {
    // Storage is full or switched off: the settings hold for this page.
  }
}
