// Whether a visitor can reach the element that blocks a form.

/**
 * Opens every closed `<details>` around the element, as browsers do before they show something inside one.
 * @param {Element} element
 */
export function openDetails(element) {
  for (
    let details = element.closest("details:not([open])");
    details;
    details = details.closest("details:not([open])")
  ) {
    details.toggleAttribute("open", true);
  }
}

/** @type {WeakSet<Element>} */
const warned = new WeakSet();

/**
 * Nobody can answer a captcha that cannot get the focus (in something `hidden`, in a closed dialog, inert), and browsers then
 * block the form without a message. So the console names the captcha, once.
 * @param {Element} element
 * @param {Element} control
 */
export function warnIfOutOfReach(element, control) {
  const root = /** @type {ShadowRoot} */ (control.getRootNode());
  if (root.activeElement === control || warned.has(element)) return;
  warned.add(element);
  const name = element.getAttribute("name") ?? "";
  console.warn(
    `sori-captcha: the required captcha name="${name}" holds the form back, and nobody can get to it: it is hidden, in a closed dialog, or inert (help: troubleshooting#not-rendered)`,
    element,
  );
}
