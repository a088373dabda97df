//! Open files: connections must leave some to the upstream, the admin address and the journal.

/// The admin address's connections, and refusals.
const ADMIN: usize = 64 + 64;
/// Standard streams, listeners, the journal and its successor, the runtime's own, name lookups, TLS roots.
const OTHERS: usize = 64;

/// Raises the soft limit of open files to the hard one, and says how many there are; `None` where the
/// system has no such limit.
pub fn raise_limit() -> Option<usize> {
    let raised = rlimit::increase_nofile_limit(u64::MAX);
    if let Err(error) = &raised {
        tracing::warn!(%error, "the limit of open files cannot be raised");
    }
    raised.ok().and_then(|files| usize::try_from(files).ok())
}

/// How many of `wanted` connections fit into `files`, beside `upstream` calls.
#[must_use]
pub fn connections(wanted: usize, files: usize, upstream: usize) -> usize {
    // A call may wait for its connection's end while the next begins.
    let kept = ADMIN + OTHERS + 2 * upstream;
    wanted.min(files.saturating_sub(kept)).max(16)
}
