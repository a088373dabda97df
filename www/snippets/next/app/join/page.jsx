import { Captcha } from "./captcha";

export default async function Page({ searchParams }) {
  const { error } = await searchParams;
  return (
    <form action="/join/check" method="post">
      <label>Name <input name="name" required /></label>
      <Captcha error={error && "The numbers did not match. Play new audio and type them again."} />
      <button>Join</button>
    </form>
  );
}
