// Runs one npm client as its users do, and prints what it made of the response.
// Usage: node verify.cjs CLIENT SITEVERIFY_URL < {"secret": …, "response": …}

const https = require("node:https");
const http = require("node:http");

const [client, address] = process.argv.slice(2);
const url = new URL(address);

// Both clients have the service's address built in. This changes that address and nothing else: method,
// headers and body are the client's own.
https.request = (options, answer) =>
  http.request(
    { ...options, host: url.hostname, port: url.port, path: url.pathname },
    answer,
  );

const clients = {
  async hcaptcha({ secret, response }) {
    const { verify } = require("hcaptcha");
    const answer = await verify(secret, response, "192.0.2.7", "a-site-key");
    return {
      passed: answer.success,
      hostname: answer.hostname,
      error: answer["error-codes"]?.[0],
    };
  },
  "express-recaptcha"({ secret, response }) {
    const { RecaptchaV2 } = require("express-recaptcha");
    const recaptcha = new RecaptchaV2("a-site-key", secret, {
      checkremoteip: true,
    });
    const request = {
      body: { "g-recaptcha-response": response },
      headers: {},
      connection: { remoteAddress: "192.0.2.7" },
    };
    return new Promise((resolve) =>
      recaptcha.verify(request, (error, data) =>
        resolve({ passed: !error, hostname: data?.hostname, error }),
      ),
    );
  },
};

const input = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
clients[client](input).then((result) => console.log(JSON.stringify(result)));
