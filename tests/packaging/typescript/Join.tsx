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
