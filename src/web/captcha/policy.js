// What a content security policy blocked: the failure itself does not say so.

/** What is being fetched or played: `what` is its directive and address; `blocked`, whether the policy has done so. */
export const watched = new Set();

// The address in the report may be cut short: a blob's to its scheme, another origin's to that.
export function watch_for_violations() {
  document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
    for (const one of watched) one.blocked ||= one.what.startsWith(`${effectiveDirective} ${blockedURI}`);
  });
}

// The browser reports it in a task of its own, after the failure.
export async function was_blocked(one) {
  await new Promise((done) => setTimeout(done, 50));
  return one.blocked;
}
