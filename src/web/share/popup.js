// The popup window of <sori-share>.

/**
 * Opens a popup over the middle of the window; returns whether it opened. With `noopener` the result is always null.
 * @param {string} url
 * @param {string} size
 */
export function openPopup(url, size) {
  const [width, height] = /** @type {any[]} */ (size.split(/x/i));
  const left = screenX + (outerWidth - width) / 2;
  const top = screenY + Math.max(0, (outerHeight - height) / 2);
  try {
    const popup = open(url, "_blank", `popup,width=${width},height=${height},left=${left},top=${top}`);
    // Some in-app browsers return a closed window, or something that is not a window. Opening the link twice is better than not
    // at all.
    if (!popup || popup.closed || !("opener" in popup)) return false;
    popup.opener = null;
  } catch {
    // Firefox throws in a sandboxed frame that must not open windows.
    return false;
  }
  return true;
}
