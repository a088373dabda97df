const { SITEVERIFY_URL, SITEVERIFY_SECRET } = process.env;

async function isVerified(form) {
  const response = form.get("captcha-response");
  if (!response) return false;
  const question = new URLSearchParams({ secret: SITEVERIFY_SECRET, response });
  try {
    const answer = await fetch(SITEVERIFY_URL, { method: "POST", body: question, cache: "no-store" });
    return (await answer.json()).success === true;
  } catch {
    return false;
  }
}

export async function POST(request) {
  if (await isVerified(await request.formData())) return new Response("Welcome");
  return new Response(null, { status: 303, headers: { location: "/join?error=1" } });
}
