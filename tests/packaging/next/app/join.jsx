"use client";

import { useEffect, useRef, useState } from "react";
import "sori-captcha/define.js";

export function Join() {
  const captcha = useRef(null);
  const [issued, setIssued] = useState(0);

  // Hydrating, React attaches no listeners for a custom element's own events (react/issues/35446).
  useEffect(() => {
    const element = captcha.current;
    const count = () => setIssued((before) => before + 1);
    element.addEventListener("sori-issued", count);
    return () => element.removeEventListener("sori-issued", count);
  }, []);

  return (
    <form action="/" method="post">
      <label>이름 <input name="name" /></label>
      <sori-captcha ref={captcha} endpoint="/captcha" name="captcha" required><a slot="alternative" href="/help">다른 방법으로 확인</a></sori-captcha>
      <output id="issued">{issued}</output>
      <button>가입</button>
    </form>
  );
}
