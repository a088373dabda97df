//! The book: what of the day's quota is spent or promised, which keys are out, which tokens stand.
//!
//! Pure. A decision reads the book and yields an [`Event`] or a refusal; [`Book::apply`] enters the
//! event. Whoever keeps the book writes the event to the journal between the two, so that reading the
//! journal again gives the same book. Time comes from outside and runs backwards only by
//! [`Event::SetBack`].
//!
//! **Invariant:** `spent + reserved <= quota`. Every key that is out has a call reserved for its
//! verification until the reservation lapses, so an issued key is never stranded by later issues.

mod event;
mod keys;
mod ledger;
mod tokens;

pub use event::{CallId, End, Entry, Event, Verdict};
pub(crate) use keys::AUDIO_FETCHES;
pub use keys::{ClaimRefusal, Claimed, Issue, KEYS_MOST, KeyRefusal};
pub(crate) use ledger::MIDNIGHT_DOUBT;
pub use ledger::Usage;
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

/// Who has NAVER judge an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerifiedBy {
    /// This backend.
    Backend,
    /// The site itself; a call for each key is taken for spent once its reservation lapses.
    Site,
}

/// The rules the book is kept by. They may differ after a restart, so they are no part of it.
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
    /// Who asks for the verdict.
    pub verified_by: VerifiedBy,
    /// The most keys that are remembered: [`KEYS_MOST`], except in tests.
    pub keys_most: usize,
}

/// No quota is left for this; it may be asked for again at `until`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exhausted {
    /// The first moment at which it can succeed.
    pub until: Moment,
}

/// A call to the upstream that has been admitted and is not over.
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
    /// What was spent on the days before, the latest last.
    #[serde(default, skip_serializing_if = "VecDeque::is_empty")]
    days_before: VecDeque<(KoreanDay, u32)>,
    /// Keys whose verification is reserved.
    held: u32,
    closed_until: Option<Moment>,
    next_call: u64,
    calls: BTreeMap<u64, Call>,
    keys: HashMap<Fingerprint, KeyRecord>,
    tokens: HashMap<Fingerprint, TokenRecord>,
    /// Keys in the order of their issue: the first to lapse, and the first to forget, is in front.
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

    /// Puts a book that was read from storage in order: what storage leaves out is made again.
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

    /// After a restart no call is under way any more. Each counts as made, since it may have been;
    /// its key is not known (an issue) or judged (a verification).
    #[must_use]
    pub fn interrupted(&self) -> Vec<Event> {
        let over = |&call: &u64| Event::Over {
            call: CallId(call),
            end: End::Made(Verdict::Lost),
        };
        self.calls.keys().map(over).collect()
    }

    /// Lets time pass: reservations lapse, midnight comes, old keys and tokens are forgotten.
    pub fn advance(&mut self, policy: &Policy, now: Moment) {
        self.now = self.now.max(now);
        self.advance_ledger(policy);
        self.forget_keys(policy);
        self.forget_tokens(policy);
    }

    /// Whether the clock, which says `now`, was set back. Two machines' clocks differ a little, and so
    /// little is waited for instead.
    #[must_use]
    pub fn is_ahead_of(&self, now: Moment) -> bool {
        self.now.since(now) > DRIFT
    }

    /// How many keys and tokens are remembered.
    #[must_use]
    pub fn remembered(&self) -> (usize, usize) {
        (self.keys.len(), self.tokens.len())
    }

    /// Enters an event. An event that does not fit the book (a damaged journal) changes nothing.
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

    /// The clock was wrong and is right now. Nothing in the book may lie ahead of it: that would hold
    /// reservations, and close the day, for as long as the clock was ahead.
    fn set_back(&mut self, now: Moment) {
        if now < self.now {
            self.now = now;
            self.set_ledger_back();
            self.set_keys_back();
            self.set_tokens_back();
        }
    }
}
