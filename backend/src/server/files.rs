//! The limit of open files: connections must leave some for the upstream, the admin address and the journal.

use super::seats::CLOSING;

/// The connections of the admin address, and those that are being refused.
const ADMIN: usize = 64 + 64;
/// Standard streams, listeners, the journal and a new journal, the async runtime, name lookups, TLS roots.
const OTHERS: usize = 64;

/// Raises the soft limit of open files to the hard limit, and returns it; `None` if the system has no such limit.
pub fn raise_limit() -> Option<usize> {
    let raised = rlimit::increase_nofile_limit(u64::MAX);
    if let Err(error) = &raised {
        tracing::warn!(%error, "the limit of open files cannot be raised");
    }
    raised.ok().and_then(|files| usize::try_from(files).ok())
}

/// How many of `wanted` connections fit into `files` open files, if the upstream needs `upstream` calls at a time.
#[must_use]
pub fn connections(wanted: usize, files: usize, upstream: usize) -> usize {
    // The connection of one call may still be closing when the next call begins, so count each twice.
    let kept = ADMIN + OTHERS + CLOSING + 2 * upstream;
    wanted.min(files.saturating_sub(kept)).max(16)
}
