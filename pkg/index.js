import { define } from "./lib/define.js";

export { define };

/**
 * Puts a captcha into a container. `options` are the element's properties by name; the element is
 * returned at once, and works when `define()` has resolved.
 */
export const render = (container, options = {}) => {
  const element = container.ownerDocument.createElement("sori-captcha");
  for (const [name, value] of Object.entries(options)) {
    if (typeof value === "object" && value !== null) {
      element[name] = value;
    } else if (value !== false && value != null) {
      const attribute = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      element.setAttribute(attribute, value === true ? "" : value);
    }
  }
  container.append(element);
  define().catch((error) => console.error("sori-captcha: the module could not be loaded;", error));
  return element;
};
