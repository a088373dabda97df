//! The book: which calls of the daily quota are spent or reserved, which keys are issued, and which tokens are valid.
//!
//! All of it is pure. A decision reads the book and returns an [`Event`] or a refusal. [`Book::apply`] changes the
//! book by the event. The caller writes the event to the journal in between, so that reading the journal again gives
//! the same book. Every time comes from the caller. It goes backwards only by [`Event::SetBack`].
//!
//! **Invariant:** `spent + reserved <= quota`. Every issued key has a call reserved for its verification until the
//! reservation lapses. So keys that are issued later cannot take away its verification.

mod event;
mod keys;
mod ledger;
mod tokens;

pub use event::{CallId, End, Entry, Event, Verdict};
pub(crate) use keys::AUDIO_FETCHES;
pub use keys::{ClaimRefusal, Claimed, Issue, KEYS_MOST, KeyRefusal};
pub use ledger::Usage;
pub(crate) use ledger::{DAYS_KEPT, MIDNIGHT_DOUBT};
pub use tokens::TokenRefusal;

use crate::{
    clock::{DRIFT, KoreanDay, Moment},
    secret::Fingerprint,
};
use core::time::Duration;
use keys::KeyRecord;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, VecDeque};
use tokens::TokenRecord;

/// Who asks NAVER whether an answer is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerifiedBy {
    /// This backend.
    Backend,
    /// The site itself. The backend cannot see it, so each key's call counts as spent once its reservation lapses.
    Site,
}

/// The rules of the book. They come from the settings and may differ after a restart, so they are not part of the
/// book.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// Calls a day, issuing and verifying together; `None` for no limit.
    pub quota: Option<u32>,
    /// How long a verification stays reserved for a key.
    pub reserve: Duration,
    /// How long a key may be answered.
    pub key_ttl: Duration,
    /// How long a token may be redeemed.
    pub token_ttl: Duration,
    /// Who asks NAVER for the verdict.
    pub verified_by: VerifiedBy,
    /// The most keys that are remembered: [`KEYS_MOST`], except in tests.
    pub keys_most: usize,
}

/// No quota is left for this. It can succeed at `until` at the earliest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exhausted {
    /// The first moment at which it can succeed.
    pub until: Moment,
}

/// A call to the upstream that was admitted and has not ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Call {
    Issue,
    Verify { key: Fingerprint, reserved: bool },
}

/// See the module's documentation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Book {
    now: Moment,
    day: KoreanDay,
    spent: u32,
    /// The number of calls on the days before; the latest day is the last.
    #[serde(default, skip_serializing_if = "VecDeque::is_empty")]
    days_before: VecDeque<(KoreanDay, u32)>,
    /// The number of keys whose verification has a reserved call.
    held: u32,
    closed_until: Option<Moment>,
    next_call: u64,
    calls: BTreeMap<u64, Call>,
    keys: HashMap<Fingerprint, KeyRecord>,
    tokens: HashMap<Fingerprint, TokenRecord>,
    /// Keys in the order of their issue. The front one lapses first and is forgotten first.
    #[serde(skip)]
    lapsing: VecDeque<(Moment, Fingerprint)>,
    #[serde(skip)]
    keys_by_age: VecDeque<(Moment, Fingerprint)>,
    #[serde(skip)]
    tokens_by_age: VecDeque<(Moment, Fingerprint)>,
}

impl Book {
    /// An empty book, opened at `now`.
    #[must_use]
    pub fn new(now: Moment) -> Self {
        Self {
            now,
            day: now.korean_day(),
            spent: 0,
            days_before: VecDeque::new(),
            held: 0,
            closed_until: None,
            next_call: 0,
            calls: BTreeMap::new(),
            keys: HashMap::new(),
            tokens: HashMap::new(),
            lapsing: VecDeque::new(),
            keys_by_age: VecDeque::new(),
            tokens_by_age: VecDeque::new(),
        }
    }

    /// The time of the last entry.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.now
    }

    /// Completes a book that was read from storage: makes the parts that storage leaves out.
    pub fn reindex(&mut self) {
        let mut keys: Vec<_> = self.keys.iter().map(|(k, r)| (r.issued, *k)).collect();
        keys.sort_unstable();
        self.held = u32::try_from(self.keys.values().filter(|r| r.is_reserved()).count())
            .unwrap_or(u32::MAX);
        self.lapsing = keys.iter().copied().collect();
        self.keys_by_age = keys.into();
        let mut tokens: Vec<_> = self.tokens.iter().map(|(t, r)| (r.granted, *t)).collect();
        tokens.sort_unstable();
        self.tokens_by_age = tokens.into();
    }

    /// After a restart no call is under way any more. Each interrupted call counts as made, since the upstream may
    /// have counted it. A key that such a call issued stays unknown, and a key that it verified stays without a
    /// verdict.
    #[must_use]
    pub fn interrupted(&self) -> Vec<Event> {
        let over = |&call: &u64| Event::Over {
            call: CallId(call),
            end: End::Made(Verdict::Lost),
        };
        self.calls.keys().map(over).collect()
    }

    /// Moves the book to `now`: reservations lapse, midnights pass, and old keys and tokens are forgotten.
    pub fn advance(&mut self, policy: &Policy, now: Moment) {
        self.now = self.now.max(now);
        self.advance_ledger(policy);
        self.forget_keys(policy);
        self.forget_tokens(policy);
    }

    /// Whether the clock was set back, if it says `now`. The clocks of two machines differ a little; for so little a
    /// difference the caller waits instead.
    #[must_use]
    pub fn is_ahead_of(&self, now: Moment) -> bool {
        self.now.since(now) > DRIFT
    }

    /// How many keys and tokens are remembered.
    #[must_use]
    pub fn remembered(&self) -> (usize, usize) {
        (self.keys.len(), self.tokens.len())
    }

    /// Changes the book by an event. An event that does not fit the book (from a damaged journal) changes nothing.
    pub fn apply(&mut self, policy: &Policy, entry: &Entry) {
        if entry.event == Event::SetBack {
            self.set_back(entry.at);
        }
        self.advance(policy, entry.at);
        match &entry.event {
            Event::Asked { call } => self.open_call(*call, Call::Issue),
            Event::Issued { call, key, host } => self.enter_key(policy, *call, *key, host),
            Event::Heard { key } => self.enter_heard(*key),
            Event::Claimed {
                call,
                key,
                bound_to,
            } => self.enter_claim(*call, *key, *bound_to),
            Event::Over { call, end } => self.close_call(policy, *call, *end),
            Event::Closed { until } => self.closed_until = Some(*until),
            Event::Opened => self.closed_until = None,
            Event::Granted { key, token } => {
                if let Some(issue) = self.enter_grant(*key) {
                    self.enter_token(*token, issue);
                }
            }
            Event::Redeemed { token, bound_to } => self.enter_redeemed(*token, *bound_to),
            Event::SetBack => {}
        }
    }

    /// The clock was ahead and is right now. Times in the book that lie in the future are set to now. Otherwise
    /// reservations would last, and the day stay closed, too long.
    fn set_back(&mut self, now: Moment) {
        if now < self.now {
            self.now = now;
            self.set_ledger_back();
            self.set_keys_back();
            self.set_tokens_back();
        }
    }
}
