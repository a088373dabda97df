// A whole challenge from a test, against a backend started with SORI_PRACTICE_ANSWER=12345.
const endpoint = process.env.ENDPOINT;
const origin = new URL(endpoint).origin;

export async function solvedResponse() {
  const issued = await fetch(`${endpoint}/keys`, { method: "POST", headers: { origin } });
  const { key } = await issued.json();
  await (await fetch(`${endpoint}/audio/${key}`)).arrayBuffer();
  return `${key}:12345`;
}
