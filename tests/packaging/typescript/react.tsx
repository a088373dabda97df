import { useRef } from "react";
import type {} from "sori-captcha/react";
import type { SoriCaptchaElement } from "sori-captcha";

export function Join() {
  const captcha = useRef<SoriCaptchaElement>(null);
  return (
    <form onReset={() => captcha.current?.reset()}>
      <sori-captcha
        ref={captcha} className="wide" endpoint="/captcha" name="captcha" required lead-in={500} pause-on-typing verify="inline"
        onsori-verified={(event) => console.log(event.detail.token.length)}
        onsori-error={({ detail }) => console.log(detail.code === "offline")}
      >
        <a slot="alternative" href="/join/by-phone">다른 방법으로 확인</a>
      </sori-captcha>
      <sori-share url="https://example.com/" share-title="소리" type="b" copy onsori-copied={({ detail }) => console.log(detail.url)} />
    </form>
  );
}

export const wrong = [
  // @ts-expect-error an attribute that does not exist
  <sori-captcha endpoit="/captcha" />,
  // @ts-expect-error a value that does not exist
  <sori-captcha verify="later" />,
  // @ts-expect-error a server would render it as an attribute of another name
  <sori-captcha leadIn={500} />,
  // @ts-expect-error a boolean attribute takes no text
  <sori-captcha required="yes" />,
  // @ts-expect-error a detail that the event does not have
  <sori-captcha onsori-issued={({ detail }) => detail.token} />,
  // @ts-expect-error a size is WIDTHxHEIGHT
  <sori-share popup="large" />,
];
