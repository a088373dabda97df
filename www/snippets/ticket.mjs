import { createHmac } from "node:crypto";

/** For the widget's `ticket` attribute. `session` is 1 to 64 of A-Z a-z 0-9 - _, random or a hash. */
export function ticket(session, minutes = 120) {
  const signed = `${Math.floor(Date.now() / 1000) + minutes * 60}.${session}`;
  const mac = createHmac("sha256", process.env.SORI_TICKET_SECRET).update(signed).digest("hex");
  return `${signed}.${mac}`;
}
