const { SITEVERIFY_URL, SITEVERIFY_SECRET } = process.env;

/** Whether a submitted form may pass; anything but a verified answer is a no. */
export async function isVerified(form) {
  const response = form.get("captcha-response");
  if (!response) return false;
  const question = new URLSearchParams({ secret: SITEVERIFY_SECRET, response });
  try {
    const answer = await fetch(SITEVERIFY_URL, { method: "POST", body: question });
    return (await answer.json()).success === true;
  } catch {
    return false;
  }
}
