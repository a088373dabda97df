/**
 * The elements in Vue's templates. Types only: write `import type {} from "sori-captcha/vue";` once in a project.
 *
 * `messages` is no attribute: bind it as a property, `:messages.prop`. Bind a boolean with a hyphen as a property too
 * (`:pauseOnTyping.prop="on"`), because Vue writes `pause-on-typing="false"`, and an attribute that is there is on.
 */
import type { EmitFn, HTMLAttributes, PublicProps } from "vue";
import type { SoriCaptchaElement, SoriCaptchaEventMap, SoriCaptchaOptions } from "./index.js";
import type { SoriShareElement, SoriShareEventMap, SoriShareOptions } from "./share.js";

type Component<Element, Props, Events extends object> = new () => Element & {
  $props: Omit<HTMLAttributes, keyof Props> & Props & PublicProps;
  $emit: EmitFn<{ [Type in keyof Events]: (event: Events[Type]) => void }>;
};

declare module "vue" {
  interface GlobalComponents {
    "sori-captcha": Component<SoriCaptchaElement, SoriCaptchaOptions, SoriCaptchaEventMap>;
    "sori-share": Component<SoriShareElement, SoriShareOptions, SoriShareEventMap>;
  }
}
