/**
 * Puts a captcha into a container. `options` are the element's properties by name. The element is returned at once, and paints
 * itself once it is defined.
 * @param {Element | DocumentFragment} container
 * @param {Record<string, any>} [options]
 */
export const put = (container, options = {}) => {
  if (!container?.ownerDocument) throw new TypeError("sori-captcha: render() needs an element to put the captcha into");
  const element = container.ownerDocument.createElement("sori-captcha");
  for (const [name, value] of Object.entries(options)) {
    if (typeof value === "function") {
      console.warn(`sori-captcha: the option ${name} cannot be a function; listen to the element's events instead`);
    } else if (typeof value === "object" && value !== null) {
      Reflect.set(element, name, value);
    } else if (value !== false && value != null) {
      const attribute = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      element.setAttribute(attribute, value === true ? "" : value);
    }
  }
  container.append(element);
  return element;
};
