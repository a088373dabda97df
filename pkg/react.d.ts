/**
 * The elements in JSX, for React 19. Types only: write `import type {} from "sori-captcha/react";` once in a project.
 *
 * Attributes are written as in HTML (`lead-in`, not `leadIn`): React renders them on a server as they stand. `messages` is
 * no attribute; set it through a `ref`, since React passes an object on only to an element that is defined already.
 *
 * On a page that was rendered on a server, React attaches `onsori-…` only when it renders the element again
 * (https://github.com/facebook/react/issues/35446): use a `ref` and `addEventListener` there.
 */
import type { DetailedHTMLProps, HTMLAttributes } from "react";
import type { SoriCaptchaAttributes, SoriCaptchaElement, SoriCaptchaEventMap } from "./index.js";
import type { SoriShareAttributes, SoriShareElement, SoriShareEventMap } from "./share.js";

type Listeners<Events> = { [Type in keyof Events & string as `on${Type}`]?: ((event: Events[Type]) => void) | undefined };

/** Native attributes of form-associated elements. */
interface FormAssociated {
  /** The `id` of the form, if the captcha is not inside it. */
  form?: string | undefined;
}

type Props<Element, Attributes, Events> = Omit<DetailedHTMLProps<HTMLAttributes<Element>, Element>, keyof Attributes> &
  Attributes &
  Listeners<Events>;

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "sori-captcha": Props<SoriCaptchaElement, SoriCaptchaAttributes & FormAssociated, SoriCaptchaEventMap>;
      "sori-share": Props<SoriShareElement, SoriShareAttributes, SoriShareEventMap>;
    }
  }
}
