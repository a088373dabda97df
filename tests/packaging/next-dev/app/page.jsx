"use client";

import "sori-captcha/define.js";

export default function Page() {
  return (
    <form action="/join" method="post">
      <label>이름 <input name="name" /></label>
      <sori-captcha endpoint="/captcha" name="captcha" required />
      <button>가입</button>
    </form>
  );
}
