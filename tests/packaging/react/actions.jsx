import { useActionState } from "react";
import "sori-captcha/define.js";

async function join(before, form) {
  const reply = await fetch("/join", { method: "POST", body: new URLSearchParams(form) });
  if (reply.ok) return { welcome: true };
  return { error: "The numbers did not match. Play new audio and type them again." };
}

export function Join() {
  const [result, action] = useActionState(join, {});
  if (result.welcome) return <p role="status">Welcome</p>;
  return (
    <form action={action}>
      <label>Name <input name="name" required /></label>
      <sori-captcha endpoint="/captcha" name="captcha" required error={result.error}><a slot="alternative" href="/help">다른 방법으로 확인</a></sori-captcha>
      <button>Join</button>
    </form>
  );
}
