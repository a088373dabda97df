//! Keeps the book in memory, and every event in the journal before it takes effect.
//!
//! Each method is one atomic step; nothing outside holds the lock. A store that several instances
//! share would offer the same steps.

use crate::{
    book::{Book, CallId, Entry, Event, Exhausted, Issue, KeyRefusal, Policy, TokenRefusal, Usage},
    clock::{Clock, Moment},
    journal::{Journal, JournalError},
    secret::Fingerprint,
};
use std::{
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The book could not be written down, so nothing may depend on it.
#[derive(Debug)]
pub struct Unwritable(JournalError);

impl core::fmt::Display for Unwritable {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.fmt(f)
    }
}

impl core::error::Error for Unwritable {}

/// An admitted call: its name, and the time of its admission.
#[derive(Clone, Copy, Debug)]
pub struct Admitted {
    call: CallId,
    at: Moment,
}

/// The book in memory, with or without a journal.
#[derive(Debug)]
pub struct Store {
    policy: Policy,
    clock: Clock,
    kept: Mutex<Kept>,
}

#[derive(Debug)]
struct Kept {
    book: Book,
    journal: Option<Journal>,
    /// The highest threshold that was warned of, and the day's use it was seen at.
    warned: u8,
}

impl Store {
    /// Opens the journal in `dir`, if there is one, and reads it.
    ///
    /// # Errors
    /// If the journal cannot be read or written, or another process holds it.
    pub fn open(policy: Policy, clock: Clock, dir: Option<&Path>) -> Result<Self, JournalError> {
        let now = clock.now();
        let (book, journal) = match dir {
            None => (Book::new(now), None),
            Some(dir) => {
                let (journal, book) = Journal::open(dir, &policy, now)?;
                (book, Some(journal))
            }
        };
        let kept = Mutex::new(Kept {
            book,
            journal,
            warned: 0,
        });
        Ok(Self {
            policy,
            clock,
            kept,
        })
    }

    /// How the day stands.
    #[must_use]
    pub fn usage(&self) -> Usage {
        let mut kept = self.lock();
        kept.book.advance(&self.policy, self.clock.now());
        kept.book.usage(&self.policy)
    }

    /// When the upstream's quota is expected back, if the upstream has said that it is spent.
    #[must_use]
    pub fn closed_until(&self) -> Option<Moment> {
        self.lock().book.closed_until()
    }

    /// Whether the last entry could be written down.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        self.lock().journal.as_ref().is_none_or(Journal::is_sound)
    }

    /// Admits a call that issues a key.
    ///
    /// # Errors
    /// [`Exhausted`] inside, [`Unwritable`] outside.
    pub fn admit_issue(&self) -> Result<Result<Admitted, Exhausted>, Unwritable> {
        self.step(|kept, at| match kept.book.admit_issue(&self.policy) {
            Err(exhausted) => Ok(Err(exhausted)),
            Ok((call, event)) => {
                self.enter(kept, at, event)?;
                Ok(Ok(Admitted { call, at }))
            }
        })
    }

    /// Enters the key that an admitted call brought; `false` if it is known, which ends the call.
    ///
    /// # Errors
    /// If it cannot be written down. The call then counts as made, without a key.
    pub fn issue(
        &self,
        admitted: Admitted,
        key: Fingerprint,
        host: &str,
    ) -> Result<bool, Unwritable> {
        self.step(|kept, at| match kept.book.issue(admitted.call, key, host) {
            Some(event) => self.enter(kept, at, event).map(|()| true),
            None => Ok(false),
        })
    }

    /// Ends an admitted call that brought no key, or any verification. What was never `sent` is given back.
    pub fn over(&self, admitted: Admitted, sent: bool) {
        let call = admitted.call;
        self.note(Event::Over { call, sent });
    }

    /// The upstream refused an admitted call: its quota is spent.
    pub fn upstream_exhausted(&self, admitted: Admitted) {
        let event = {
            let mut kept = self.lock();
            kept.book.advance(&self.policy, self.clock.now());
            kept.book.upstream_exhausted(admitted.at)
        };
        if let Some(event) = event {
            tracing::warn!(
                "the upstream says that the day's quota is spent; no call is made until it returns"
            );
            self.note(event);
        }
    }

    /// Allows a fetch of a key's audio.
    ///
    /// # Errors
    /// For a key that can no longer be answered.
    pub fn admit_audio(&self, key: Fingerprint) -> Result<(), KeyRefusal> {
        let mut kept = self.lock();
        kept.book.advance(&self.policy, self.clock.now());
        kept.book.admit_audio(&self.policy, key)
    }

    /// Enters that a key's audio was delivered.
    ///
    /// # Errors
    /// If it cannot be written down.
    pub fn hear(&self, key: Fingerprint) -> Result<(), Unwritable> {
        self.step(|kept, at| match kept.book.hear(key) {
            Some(event) => self.enter(kept, at, event),
            None => Ok(()),
        })
    }

    /// Takes a key's one verification.
    ///
    /// # Errors
    /// [`KeyRefusal`] inside, [`Unwritable`] outside.
    pub fn claim(
        &self,
        key: Fingerprint,
    ) -> Result<Result<(Admitted, Issue), KeyRefusal>, Unwritable> {
        self.step(|kept, at| match kept.book.claim(&self.policy, key) {
            Err(refusal) => Ok(Err(refusal)),
            Ok((call, issue, event)) => {
                self.enter(kept, at, event)?;
                Ok(Ok((Admitted { call, at }, issue)))
            }
        })
    }

    /// Grants a token.
    ///
    /// # Errors
    /// If it cannot be written down.
    pub fn grant(&self, token: Fingerprint, issue: &Issue) -> Result<(), Unwritable> {
        self.step(|kept, at| self.enter(kept, at, Book::grant(token, issue)))
    }

    /// Claims a token.
    ///
    /// # Errors
    /// [`TokenRefusal`] inside, [`Unwritable`] outside.
    pub fn redeem(&self, token: Fingerprint) -> Result<Result<Issue, TokenRefusal>, Unwritable> {
        self.step(|kept, at| match kept.book.redeem(&self.policy, token) {
            Err(refusal) => Ok(Err(refusal)),
            Ok((issue, event)) => self.enter(kept, at, event).map(|()| Ok(issue)),
        })
    }

    /// Brings the journal to the disk.
    pub fn flush(&self) {
        let file = self.lock().journal.as_ref().and_then(Journal::unsynced);
        if let Some(Err(error)) = file.map(|file| file.sync_data()) {
            tracing::error!(%error, "the journal cannot be brought to the disk");
        }
    }

    fn step<T>(
        &self,
        decide: impl FnOnce(&mut Kept, Moment) -> Result<T, Unwritable>,
    ) -> Result<T, Unwritable> {
        let mut kept = self.lock();
        kept.book.advance(&self.policy, self.clock.now());
        let at = kept.book.now();
        decide(&mut kept, at)
    }

    /// Journal first: what is not written down does not happen.
    fn enter(&self, kept: &mut Kept, at: Moment, event: Event) -> Result<(), Unwritable> {
        let entry = Entry { at, event };
        if let Some(journal) = &mut kept.journal {
            journal.append(&entry).map_err(Unwritable)?;
        }
        kept.book.apply(&self.policy, &entry);
        if let Some(journal) = &mut kept.journal {
            journal.compact_if_long(&kept.book);
        }
        warn_when_nearly_spent(kept, &self.policy);
        Ok(())
    }

    /// For what has happened whether or not it can be written down.
    fn note(&self, event: Event) {
        let mut kept = self.lock();
        kept.book.advance(&self.policy, self.clock.now());
        let entry = Entry {
            at: kept.book.now(),
            event,
        };
        if let Some(journal) = &mut kept.journal
            && let Err(error) = journal.append(&entry)
        {
            tracing::error!(%error, "the journal cannot be written");
        }
        kept.book.apply(&self.policy, &entry);
    }

    /// A panic inside a step leaves the book as it was before the step or after it, never between:
    /// the lock may be taken again.
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// At 80 % and 95 % of the day, once each.
fn warn_when_nearly_spent(kept: &mut Kept, policy: &Policy) {
    let usage = kept.book.usage(policy);
    let Some(quota) = usage.quota else { return };
    let taken = u64::from(usage.spent) + u64::from(usage.reserved);
    let level = match taken * 100 / u64::from(quota).max(1) {
        95.. => 95,
        80..=94 => 80,
        _ => 0,
    };
    if level > kept.warned {
        tracing::warn!(
            quota,
            spent = usage.spent,
            reserved = usage.reserved,
            "{level} % of the day's calls are spent or reserved"
        );
    }
    // Reservations lapse and midnight comes: falling under 80 % arms the warnings again.
    if level > kept.warned || level == 0 {
        kept.warned = level;
    }
}
