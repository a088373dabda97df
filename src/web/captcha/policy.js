// What a content security policy blocked: the failure itself does not say so.

/** @typedef {{ what: string, blocked?: boolean }} Attempt `what` is the directive and the address. */

/** What is being fetched or played. @type {Set<Attempt>} */
const attempts = new Set();

/** The address in the report may be cut short: a blob's to its scheme, another origin's to that. */
export function watchForViolations() {
  document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
    for (const attempt of attempts) attempt.blocked ||= attempt.what.startsWith(`${effectiveDirective} ${blockedURI}`);
  });
}

/** @param {string} what @returns {Attempt} */
export function attempt(what) {
  const made = { what };
  attempts.add(made);
  return made;
}

/** @param {Attempt} over */
export function forget(over) {
  attempts.delete(over);
}

/**
 * The browser reports it in a task of its own, after the failure.
 * @param {Attempt} failed
 */
export async function wasBlocked(failed) {
  await new Promise((done) => setTimeout(done, 50));
  return !!failed.blocked;
}
