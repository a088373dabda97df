const { SITEVERIFY_URL, SITEVERIFY_SECRET } = process.env;

/** Whether a submitted form may pass; anything but a verified answer is a no. */
export async function isVerified(form) {
  const response = form.get("captcha-response");
  if (!response) return false;
  const question = new URLSearchParams({ secret: SITEVERIFY_SECRET, response });
  try {
    const reply = await fetch(SITEVERIFY_URL, { method: "POST", body: question, signal: AbortSignal.timeout(20_000) });
    const answer = await reply.json();
    if (!answer.success) console.warn("captcha:", answer["error-codes"]?.join(", "));
    return answer.success === true;
  } catch (error) {
    console.error("captcha: siteverify gave no answer:", error.message);
    return false;
  }
}
