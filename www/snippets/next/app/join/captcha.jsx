"use client";

import "sori-captcha/define.js";

export function Captcha({ error }) {
  return (
    <sori-captcha endpoint="/captcha" name="captcha" required error={error}>
      <a slot="alternative" href="/join/by-phone">Verify another way</a>
    </sori-captcha>
  );
}
