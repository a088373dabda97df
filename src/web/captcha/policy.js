// What a content security policy blocked: the failure itself does not say so.

let violation = -Infinity;

export function watch_for_violations() {
  document.addEventListener("securitypolicyviolation", () => (violation = performance.now()));
}

// The browser reports it in a task of its own, after the failure.
export async function was_blocked() {
  await new Promise((done) => setTimeout(done, 50));
  return performance.now() - violation < 1000;
}
