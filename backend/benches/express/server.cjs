// A proxy that a site could write from NAVER's documentation: two routes add the credentials and pass on the upstream's
// response. It has no quota, no limits and no checks.
// Usage: UPSTREAM=http://… CLIENT_ID=… CLIENT_SECRET=… node server.cjs

const express = require("express");
const http = require("node:http");

const upstream = process.env.UPSTREAM;
const options = {
  agent: new http.Agent({ keepAlive: true }),
  headers: {
    "X-Naver-Client-Id": process.env.CLIENT_ID,
    "X-Naver-Client-Secret": process.env.CLIENT_SECRET,
  },
};

const pass = (path, response) =>
  http
    .get(`${upstream}/${path}`, options, (answer) => {
      response.status(answer.statusCode);
      response.set("Content-Type", answer.headers["content-type"]);
      answer.pipe(response);
    })
    .on("error", () => response.sendStatus(502));

const app = express();
app.post("/captcha/keys", (_, response) => pass("skey?code=0", response));
app.get("/captcha/audio/:key", (request, response) =>
  pass(`scaptcha?key=${encodeURIComponent(request.params.key)}`, response),
);

const server = app.listen(0, "127.0.0.1", () =>
  console.log(`ready: http://127.0.0.1:${server.address().port}/`),
);
