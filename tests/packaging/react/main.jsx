import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import "sori-captcha/define.js";

function Join() {
  const [shown, setShown] = useState(true);
  const [issued, setIssued] = useState(0);
  return (
    <form action="/" method="post">
      <label>이름 <input name="name" /></label>
      {shown && (
        <sori-captcha endpoint="/captcha" name="captcha" required onsori-issued={() => setIssued(issued + 1)}><a slot="alternative" href="/help">다른 방법으로 확인</a></sori-captcha>
      )}
      <output id="issued">{issued}</output>
      <button>가입</button>
      <button type="button" id="toggle" onClick={() => setShown(!shown)}>보안 문자 보이기</button>
    </form>
  );
}

createRoot(document.getElementById("root")).render(<StrictMode><Join /></StrictMode>);
