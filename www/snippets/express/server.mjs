import express from "express";
import { createProxyMiddleware } from "http-proxy-middleware";

const { SITEVERIFY_URL, SITEVERIFY_SECRET, PORT = 3000 } = process.env;
const app = express();

// Keep this line above express.urlencoded() and express.json(): they read the body, and the proxy would wait for it.
app.use(createProxyMiddleware({
  target: new URL(SITEVERIFY_URL).origin,
  pathFilter: ["/captcha/**", "!/captcha/siteverify"],
  xfwd: true,
}));
app.use("/sori", express.static("sori"));
app.use(express.urlencoded({ extended: false }));

async function isVerified(form) {
  const response = form["captcha-response"];
  if (!response) return false;
  const question = new URLSearchParams({ secret: SITEVERIFY_SECRET, response });
  try {
    const answer = await fetch(SITEVERIFY_URL, { method: "POST", body: question });
    return (await answer.json()).success === true;
  } catch {
    return false;
  }
}

const page = (error) => `<!doctype html>
<html lang="en">
<title>Join</title>
<script type="module" src="/sori/define.js"></script>
<form action="/join" method="post">
  <label>Name <input name="name" required></label>
  <sori-captcha endpoint="/captcha" name="captcha" required${error ? ` error="${error}"` : ""}>
    <a slot="alternative" href="/join/by-phone">Verify another way</a>
  </sori-captcha>
  <button>Join</button>
</form>`;

app.get("/join", (request, response) => response.send(page()));

app.post("/join", async (request, response) => {
  if (await isVerified(request.body)) response.send("Welcome");
  else response.status(422).send(page("The numbers did not match. Play new audio and type them again."));
});

app.listen(PORT, "127.0.0.1", () => console.log(`http://127.0.0.1:${PORT}/join`));
