// Finds out what a content security policy blocked, because the failure itself does not say so.

/** @typedef {{ what: string, blocked?: boolean, learn?: () => void }} Attempt `what` is the directive and the address. */

/** How long the browser may take to report a violation, in ms: it does so in a task of its own, after the failure. */
const REPORT_MS = 500;

/** What is being fetched or played. @type {Set<Attempt>} */
const attempts = new Set();

/** The address in the report may be shortened: a blob's to its scheme, an address on another origin to that origin. */
export function watchForViolations() {
  document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
    for (const attempt of attempts) {
      if (!attempt.what.startsWith(`${effectiveDirective} ${blockedURI}`)) continue;
      attempt.blocked = true;
      attempt.learn?.();
    }
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

/** @param {Attempt} failed @returns {Promise<boolean>} */
export async function wasBlocked(failed) {
  if (!failed.blocked) {
    await new Promise((done) => {
      failed.learn = () => done(true);
      setTimeout(done, REPORT_MS);
    });
  }
  return !!failed.blocked;
}
