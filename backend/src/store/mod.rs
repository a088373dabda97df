//! What a backend remembers: the day's quota, the keys that are out, the tokens, and what was asked how
//! often. One trait, so that one instance can keep it in memory and several can share it.
//!
//! **The contract.** Each operation is one atomic step: it takes effect whole or not at all, and no other
//! step sees it half done. The store has a clock of its own, so an operation takes no time and gives none
//! back: a refusal says how long to wait. What an operation means is defined by [`crate::book`], which is
//! pure; a store that does not use it (one script a step, say) must do the same, and a property test holds
//! the two equal. A store that cannot be reached or written answers [`Refusal::Unavailable`], and then the
//! step has not taken effect, unless it says otherwise.

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
/// [`Store::over`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// Names it within the store.
    pub id: CallId,
    /// When it was admitted, by the store's clock.
    pub admitted: Moment,
}

/// The store cannot be reached or written. The text is for the log.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unavailable(String);

impl Unavailable {
    /// With what happened, free of keys and tokens.
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
    /// Nothing is done with this key.
    #[error("the key cannot be used: {0:?}")]
    Key(KeyRefusal),
    /// The token is not worth anything.
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

/// What came of entering a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Issued {
    /// The key is out.
    Entered,
    /// The key is out already: it is not this visitor's. The call is over, and counts as made.
    Duplicate,
}

/// What came of claiming a key's one verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It is taken: the upstream is to be asked, and then the call's end to be told.
    Taken(Call, Issue),
    /// The same request took it before, and its verdict is not there yet. Ask again in a moment.
    UnderWay,
    /// The same request took it before; its verdict.
    Judged(Verdict, Issue),
}

/// How the store stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// The day's quota.
    pub usage: Usage,
    /// How long until the upstream's quota is expected back, if the upstream has said that it is spent.
    pub closed_for: Option<Duration>,
    /// Keys that are remembered; `None` where several instances share the store, which counts its own.
    pub keys: Option<usize>,
    /// Tokens that are remembered; as for keys.
    pub tokens: Option<usize>,
    /// The journal, where there is one.
    pub journal: Option<JournalStatus>,
}

/// How the journal stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JournalStatus {
    /// Its length in bytes.
    pub bytes: u64,
    /// How often it could not be written, since the start.
    pub write_errors: u64,
    /// How often it could not be brought to the disk, since the start.
    pub sync_errors: u64,
    /// How often it was brought to the disk, since the start.
    pub syncs: u64,
    /// How long that took, all together.
    pub sync_time: Duration,
}

/// See the module's documentation.
#[async_trait]
pub trait Store: fmt::Debug + Send + Sync {
    /// Admits a call that issues a key: counts it against the visitor's limits and against the day. It is
    /// spent from this moment, and a second call is reserved for the key's verification.
    ///
    /// All or nothing: what one limit or the quota refuses is counted nowhere.
    ///
    /// # Errors
    /// [`Refusal::Limited`] if a limit is reached, [`Refusal::Exhausted`] unless two calls fit into the day,
    /// [`Refusal::Unavailable`].
    async fn admit(&self, visitor: &Visitor) -> Result<Call, Refusal>;

    /// Enters the key that an admitted call brought, for a visitor of the page at `host`. This ends the call.
    /// The reservation lapses after `SORI_KEY_RESERVE`, the key's life ends after `SORI_KEY_TTL`, and it is
    /// forgotten after twice that.
    ///
    /// # Errors
    /// If it is not entered; the call is still open then.
    async fn issue(&self, call: Call, key: Fingerprint, host: &str) -> Result<Issued, Unavailable>;

    /// Allows one fetch of a key's audio, and counts it.
    ///
    /// # Errors
    /// [`Refusal::Key`] for a key that cannot be answered any more, or whose audio was fetched too often.
    async fn admit_audio(&self, key: Fingerprint) -> Result<(), Refusal>;

    /// Enters that a fetch brought the key's audio, so that it can be answered. Unknown keys are passed over.
    ///
    /// # Errors
    /// If it is not entered.
    async fn hear(&self, key: Fingerprint) -> Result<(), Unavailable>;

    /// Takes back the count of a fetch that brought no audio: an outage must not use up a key that was
    /// paid for. Unknown keys are passed over.
    async fn audio_failed(&self, key: Fingerprint);

    /// Takes the key's one verification. Its reservation becomes a spent call; a key whose reservation has
    /// lapsed spends one that is left.
    ///
    /// `bound_to` names the request: the same one, asked again, is told the verdict of the first. A request
    /// without a name is never the same.
    ///
    /// # Errors
    /// [`Refusal::Key`] for a key that must not reach the upstream, [`Refusal::Exhausted`] if there is no
    /// reservation and no quota (the key is kept), [`Refusal::Unavailable`].
    async fn claim(
        &self,
        key: Fingerprint,
        bound_to: Option<Fingerprint>,
    ) -> Result<Claim, Refusal>;

    /// Tells how a call ended: an issue that brought no key, or a verification. It has happened whether or
    /// not it can be written down, so the store keeps it as well as it can. Calls that are not open are
    /// passed over.
    ///
    /// # Errors
    /// If it may be forgotten.
    async fn over(&self, call: Call, end: End) -> Result<(), Unavailable>;

    /// Grants the token that a key's right answer has earned, once for each key.
    ///
    /// # Errors
    /// [`Refusal::Key`] if the key was not answered right, or has earned its token;
    /// [`Refusal::Unavailable`]: then it can be granted later.
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

    /// The upstream has answered `call` that the day's quota is spent: nothing is admitted until midnight in
    /// Korea. A call of the day before says nothing about today; a refusal in the first two minutes of a
    /// day is believed for those two minutes, since the upstream's clock may be behind.
    ///
    /// # Errors
    /// If it may be forgotten.
    async fn close(&self, call: Call) -> Result<(), Unavailable>;

    /// An operator opens a day again that the upstream has closed. What is spent stays spent.
    ///
    /// # Errors
    /// If it is still closed.
    async fn open(&self) -> Result<(), Unavailable>;

    /// How the store stands.
    ///
    /// # Errors
    /// If it cannot be said.
    async fn status(&self) -> Result<Status, Unavailable>;

    /// What keeps the store from working, for `/readyz` and the log; `None` if it works.
    async fn trouble(&self) -> Option<String>;

    /// What is to be done about once a second: bring what was written to the disk, shorten it, try again
    /// what failed.
    async fn maintain(&self);
}

/// Once: an operator who has read it does not need it for every visitor.
fn warn_when_full(said: &mut bool, policy: &Policy) {
    if !core::mem::replace(said, true) {
        tracing::warn!(
            "{} keys are out, and no more can be remembered: set SORI_DAILY_QUOTA or the limits, so that nobody \
             can have so many issued (help: troubleshooting#memory-full)",
            policy.keys_most
        );
    }
}

/// At 80 % and 95 % of the day, once each. `warned` is the highest that was warned of.
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
    // Reservations lapse and midnight comes: falling under 80 % arms the warnings again.
    if level > *warned || level == 0 {
        *warned = level;
    }
}
