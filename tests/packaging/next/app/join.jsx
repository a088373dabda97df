"use client";

import { useState } from "react";
import "sori-captcha/define.js";

export function Join() {
  const [issued, setIssued] = useState(0);
  return (
    <form action="/" method="post">
      <label>이름 <input name="name" /></label>
      <sori-captcha endpoint="/captcha" name="captcha" required onsori-issued={() => setIssued(issued + 1)} />
      <output id="issued">{issued}</output>
      <button>가입</button>
    </form>
  );
}
