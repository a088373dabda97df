//! What a backend remembers: the daily quota, the issued keys, the tokens, and how often each visitor sent requests.
//! It is one trait, so that one instance can keep it in memory and several instances can share it.
//!
//! **The contract.** Each operation is one atomic step: it takes effect completely or not at all, and no other step
//! sees it half done. The store has its own clock, so operations neither take nor return times: a refusal says how
//! long to wait. [`crate::book`], which is pure, defines what each operation means. A store that does not use it (for
//! example, with one script for each step) must do the same, and a property test compares the two. A store that
//! cannot be reached or written to returns [`Refusal::Unavailable`]. The step has then not taken effect, unless its
//! documentation says otherwise.

mod memory;
pub mod redis;

pub use memory::Memory;
pub use redis::Redis;

use crate::{
    book::{CallId, End, Exhausted, Issue, KeyRefusal, Policy, TokenRefusal, Usage, Verdict},
    clock::Moment,
    limit::{Refused, Visitor},
    secret::Fingerprint,
};
use async_trait::async_trait;
use core::{fmt, time::Duration};

/// An admitted call to the upstream, from [`Store::admit`] or [`Store::claim`] to [`Store::issue`] or
/// [`Store::end_call`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// Names it within the store.
    pub id: CallId,
    /// When it was admitted, by the store's clock.
    pub admitted: Moment,
}

/// The store cannot be reached or written to. The text is for the log.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unavailable(String);

impl Unavailable {
    /// `cause` says what happened, and must contain no key and no token.
    pub fn new(cause: impl fmt::Display) -> Self {
        Self(cause.to_string())
    }
}

/// Why an operation did nothing.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Refusal {
    /// A limit on requests is reached.
    #[error("{0}")]
    Limited(Refused),
    /// No quota is left for this.
    #[error("no quota is left")]
    Exhausted {
        /// How long to wait.
        wait: Duration,
    },
    /// The key is refused.
    #[error("the key cannot be used: {0:?}")]
    Key(KeyRefusal),
    /// The token is not accepted.
    #[error("the token cannot be used: {0:?}")]
    Token(TokenRefusal),
    /// The store cannot be reached or written.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl Refusal {
    /// From the book's refusal, as of `now`.
    #[must_use]
    pub fn exhausted(exhausted: Exhausted, now: Moment) -> Self {
        let wait = exhausted.until.since(now);
        Self::Exhausted { wait }
    }
}

/// The result of storing a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Issued {
    /// The key is stored.
    Entered,
    /// The store already has this key, so it belongs to another visitor. The call has ended, and counts as made.
    Duplicate,
}

/// The result of a request to claim a key's one verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It is claimed. The caller must ask the upstream, and then report how the call ended.
    Taken(Call, Issue),
    /// The same request had claimed it, and its verdict has not arrived yet. Ask again in a moment.
    UnderWay,
    /// The same request had claimed it; this is its verdict.
    Judged(Verdict, Issue),
}

/// The state of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// The day's quota.
    pub usage: Usage,
    /// How long until calls are expected to work again, if the upstream has said that the quota is used up.
    pub closed_for: Option<Duration>,
    /// How many keys are remembered; `None` for a shared store, which does not count them for one instance.
    pub keys: Option<usize>,
    /// Tokens that are remembered; as for keys.
    pub tokens: Option<usize>,
    /// The journal, where there is one.
    pub journal: Option<JournalStatus>,
}

/// The state of the journal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JournalStatus {
    /// Its length in bytes.
    pub bytes: u64,
    /// How often it could not be written, since the start.
    pub write_errors: u64,
    /// How often it could not be synced to the disk, since the start.
    pub sync_errors: u64,
    /// How often it was synced to the disk, since the start.
    pub syncs: u64,
    /// How long all syncs took together.
    pub sync_time: Duration,
}

/// See the module's documentation.
#[async_trait]
pub trait Store: fmt::Debug + Send + Sync {
    /// Admits a call that issues a key, and counts it against the visitor's limits and the daily quota. The call
    /// counts as spent from this moment, and a second call is reserved for the key's verification.
    ///
    /// All or nothing: a call that one limit or the quota refuses is not counted anywhere.
    ///
    /// # Errors
    /// [`Refusal::Limited`] if a limit is reached, [`Refusal::Exhausted`] if the quota has no room for two calls,
    /// [`Refusal::Unavailable`].
    async fn admit(&self, visitor: &Visitor) -> Result<Call, Refusal>;

    /// Stores the key that an admitted call issued, for a visitor of the page at `host`. This ends the call. The
    /// reservation lapses after `SORI_KEY_RESERVE`. The key expires after `SORI_KEY_TTL`, and is forgotten after
    /// twice that time.
    ///
    /// # Errors
    /// If the key is not stored; the call has then not ended yet.
    async fn issue(&self, call: Call, key: Fingerprint, host: &str) -> Result<Issued, Unavailable>;

    /// Allows one fetch of a key's audio, and counts it.
    ///
    /// # Errors
    /// [`Refusal::Key`] for a key that cannot be answered any more, or whose audio was fetched too often.
    async fn admit_audio(&self, key: Fingerprint) -> Result<(), Refusal>;

    /// Records that a fetch returned the key's audio, so that the key can be answered. Unknown keys are ignored.
    ///
    /// # Errors
    /// If it is not recorded.
    async fn hear(&self, key: Fingerprint) -> Result<(), Unavailable>;

    /// Takes back the count of a fetch that returned no audio, because an outage must not use up a key that has cost
    /// a call. Unknown keys are ignored.
    async fn audio_failed(&self, key: Fingerprint);

    /// Claims the key's one verification. Its reserved call becomes a spent one. If the reservation has lapsed, a
    /// call that is left in the quota is spent.
    ///
    /// `bound_to` identifies the request: if the same request comes again, it gets the verdict of the first. A
    /// request without it is never the same as another.
    ///
    /// # Errors
    /// [`Refusal::Key`] for a key that must not reach the upstream, [`Refusal::Exhausted`] if there is no
    /// reservation and no quota (the key is kept), [`Refusal::Unavailable`].
    async fn claim(
        &self,
        key: Fingerprint,
        bound_to: Option<Fingerprint>,
    ) -> Result<Claim, Refusal>;

    /// Reports how a call ended: one that issued no key, or a verification. It has happened even if the store cannot
    /// write it down, so the store remembers it as well as it can. Calls that have already ended are ignored.
    ///
    /// # Errors
    /// If the store might forget it.
    async fn end_call(&self, call: Call, end: End) -> Result<(), Unavailable>;

    /// Grants the token for a key's right answer, once for each key.
    ///
    /// # Errors
    /// [`Refusal::Key`] if the key was not answered right, or its token was granted already;
    /// [`Refusal::Unavailable`], and then the token can be granted later.
    async fn grant(&self, key: Fingerprint, token: Fingerprint) -> Result<(), Refusal>;

    /// Claims a token. `bound_to` as in [`claim`](Self::claim).
    ///
    /// # Errors
    /// [`Refusal::Token`] if it is unknown, expired or was claimed by another request;
    /// [`Refusal::Unavailable`].
    async fn redeem(
        &self,
        token: Fingerprint,
        bound_to: Option<Fingerprint>,
    ) -> Result<Issue, Refusal>;

    /// In reply to `call` the upstream has said that the quota is used up. Nothing is admitted until midnight in
    /// Korea. A call from the day before says nothing about today. A refusal in the first two minutes of a day
    /// applies only to these two minutes, because the upstream's clock may be behind.
    ///
    /// # Errors
    /// If the store might forget it.
    async fn close_day(&self, call: Call) -> Result<(), Unavailable>;

    /// An operator allows calls again after the upstream said that the quota is used up. Calls that were made stay
    /// counted.
    ///
    /// # Errors
    /// If calls are still not allowed.
    async fn reopen_day(&self) -> Result<(), Unavailable>;

    /// The state of the store.
    ///
    /// # Errors
    /// If the store cannot be asked.
    async fn status(&self) -> Result<Status, Unavailable>;

    /// Why the store does not work, for `/readyz` and the log; `None` if it works.
    async fn trouble(&self) -> Option<String>;

    /// Regular work, about once a second: sync to the disk what was written, shorten it, and repeat what failed.
    async fn maintain(&self);
}

/// Only once: an operator does not need this line for every visitor.
fn warn_when_full(said: &mut bool, policy: &Policy) {
    if !core::mem::replace(said, true) {
        tracing::warn!(
            "{} keys are out, and no more can be remembered: set SORI_DAILY_QUOTA or the limits, so that nobody \
             can have so many issued (help: troubleshooting#memory-full)",
            policy.keys_most
        );
    }
}

/// Warns once each at 80 % and 95 % of the daily quota. `warned` is the highest threshold that was warned about.
fn warn_when_nearly_spent(warned: &mut u8, usage: Usage) {
    let Some(quota) = usage.quota else { return };
    let taken = u64::from(usage.spent) + u64::from(usage.reserved);
    let level = match taken * 100 / u64::from(quota).max(1) {
        95.. => 95,
        80..=94 => 80,
        _ => 0,
    };
    if level > *warned {
        tracing::warn!(
            quota,
            spent = usage.spent,
            reserved = usage.reserved,
            "{level} % of the day's calls are spent or reserved (help: troubleshooting#quota-80)"
        );
    }
    // The share can fall, because reservations lapse and midnight comes. Below 80 % both warnings become possible
    // again.
    if level > *warned || level == 0 {
        *warned = level;
    }
}
