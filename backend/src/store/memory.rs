//! Keeps the book in memory. Every event is written to the journal before it takes effect.

use super::{Call, Claim, Issued, Refusal, Status, Store, Unavailable};
use crate::{
    book::{Book, ClaimRefusal, Claimed, End, Entry, Event, Issue, Policy, Usage, Verdict},
    causes::with_causes,
    clock::{Clock, Moment},
    journal::{Journal, JournalError, Place, Upkeep},
    limit::{Limiter, Limits, Visitor},
    secret::Fingerprint,
};
use async_trait::async_trait;
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

/// The book in memory, with or without a journal: for one instance.
#[derive(Clone, Debug)]
pub struct Memory(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    policy: Policy,
    limits: Limits,
    clock: Clock,
    kept: Mutex<Kept>,
}

#[derive(Debug)]
struct Kept {
    book: Book,
    limiter: Limiter,
    journal: Option<Journal>,
    /// The highest threshold of the quota that was warned about today.
    warned: u8,
    /// Whether the log has said that no more keys can be remembered.
    full: bool,
}

impl Memory {
    /// Opens and reads the journal at `place`, if there should be one.
    ///
    /// # Errors
    /// If the journal cannot be read or written, or another process has locked it.
    pub fn open(
        policy: Policy,
        limits: Limits,
        clock: Clock,
        place: Option<Place>,
    ) -> Result<Self, JournalError> {
        let now = clock.now();
        let (book, journal) = match place {
            None => (Book::new(now), None),
            Some(place) => {
                let (journal, book) = Journal::open(place, &policy, now)?;
                (book, Some(journal))
            }
        };
        let kept = Mutex::new(Kept {
            book,
            limiter: Limiter::default(),
            journal,
            warned: 0,
            full: false,
        });
        Ok(Self(Arc::new(Inner {
            policy,
            limits,
            clock,
            kept,
        })))
    }

    /// How much of today's quota is used.
    #[must_use]
    pub fn usage(&self) -> Usage {
        let kept = self.0.now();
        kept.book.usage(&self.0.policy)
    }

    /// Syncs the journal to the disk or writes it again, if either is due. Slow work is done without holding the
    /// lock.
    pub fn upkeep(&self) {
        let (upkeep, book) = {
            let mut kept = self.0.now();
            let upkeep = kept.journal.as_mut().map_or(Upkeep::Rest, Journal::upkeep);
            let book = matches!(upkeep, Upkeep::Rewrite(_)).then(|| kept.book.clone());
            (upkeep, book)
        };
        let started = Instant::now();
        match (upkeep, book) {
            (Upkeep::Sync(file), _) => {
                let result = file.sync_data();
                self.journal(|journal| journal.synced(result, started.elapsed()));
            }
            (Upkeep::Rewrite(place), Some(book)) => {
                let fresh = place.write(&book);
                self.journal(|journal| journal.replace(fresh));
            }
            (Upkeep::Rest | Upkeep::Rewrite(_), _) => {}
        }
    }

    fn journal(&self, act: impl FnOnce(&mut Journal)) {
        if let Some(journal) = &mut self.0.lock().journal {
            act(journal);
        }
    }
}

#[async_trait]
impl Store for Memory {
    async fn admit(&self, visitor: &Visitor) -> Result<Call, Refusal> {
        let takes = self.0.limits.takes(visitor);
        let mut kept = self.0.now();
        let uptime = self.0.clock.uptime();
        let check = kept.limiter.check(&takes, uptime);
        check.map_err(Refusal::Limited)?;
        let admitted = kept.book.now();
        let admission = kept.book.admit_issue(&self.0.policy);
        if admission.is_err() && kept.book.remembered().0 >= self.0.policy.keys_most {
            super::warn_when_full(&mut kept.full, &self.0.policy);
        }
        let (id, event) = admission.map_err(|e| Refusal::exhausted(e, admitted))?;
        self.0.enter(&mut kept, event)?;
        kept.limiter.count(&takes, uptime);
        Ok(Call { id, admitted })
    }

    async fn issue(&self, call: Call, key: Fingerprint, host: &str) -> Result<Issued, Unavailable> {
        let mut kept = self.0.now();
        let Some(event) = kept.book.issue(call.id, key, host) else {
            self.0.note(
                &mut kept,
                Event::Over {
                    call: call.id,
                    end: End::Made(Verdict::Lost),
                },
            )?;
            return Ok(Issued::Duplicate);
        };
        self.0.enter(&mut kept, event)?;
        Ok(Issued::Entered)
    }

    async fn admit_audio(&self, key: Fingerprint) -> Result<(), Refusal> {
        let mut kept = self.0.now();
        let admission = kept.book.admit_audio(&self.0.policy, key);
        admission.map_err(Refusal::Key)
    }

    async fn hear(&self, key: Fingerprint) -> Result<(), Unavailable> {
        let mut kept = self.0.now();
        match kept.book.hear(key) {
            Some(event) => self.0.enter(&mut kept, event),
            None => Ok(()),
        }
    }

    async fn audio_failed(&self, key: Fingerprint) {
        self.0.lock().book.audio_failed(key);
    }

    async fn claim(
        &self,
        key: Fingerprint,
        bound_to: Option<Fingerprint>,
    ) -> Result<Claim, Refusal> {
        let mut kept = self.0.now();
        let admitted = kept.book.now();
        match kept.book.claim(&self.0.policy, key, bound_to) {
            Ok(Claimed::Free(id, issue, event)) => {
                self.0.enter(&mut kept, event)?;
                Ok(Claim::Taken(Call { id, admitted }, issue))
            }
            Ok(Claimed::UnderWay) => Ok(Claim::UnderWay),
            Ok(Claimed::Judged(verdict, issue)) => Ok(Claim::Judged(verdict, issue)),
            Err(ClaimRefusal::Key(refusal)) => Err(Refusal::Key(refusal)),
            Err(ClaimRefusal::Exhausted(e)) => Err(Refusal::exhausted(e, admitted)),
        }
    }

    async fn end_call(&self, call: Call, end: End) -> Result<(), Unavailable> {
        let event = Event::Over { call: call.id, end };
        self.0.note(&mut self.0.now(), event)
    }

    async fn grant(&self, key: Fingerprint, token: Fingerprint) -> Result<(), Refusal> {
        let mut kept = self.0.now();
        let event = kept.book.grant(key, token).map_err(Refusal::Key)?;
        Ok(self.0.enter(&mut kept, event)?)
    }

    async fn redeem(
        &self,
        token: Fingerprint,
        bound_to: Option<Fingerprint>,
    ) -> Result<Issue, Refusal> {
        let mut kept = self.0.now();
        let redeemed = kept.book.redeem(&self.0.policy, token, bound_to);
        let (issue, event) = redeemed.map_err(Refusal::Token)?;
        if let Some(event) = event {
            self.0.enter(&mut kept, event)?;
        }
        Ok(issue)
    }

    async fn close_day(&self, call: Call) -> Result<(), Unavailable> {
        let mut kept = self.0.now();
        let Some(event) = kept.book.upstream_exhausted(call.admitted) else {
            return Ok(());
        };
        tracing::warn!(
            "the upstream says that the day's quota is spent; no call is made until it returns (help: \
             troubleshooting#quota_exceeded)"
        );
        self.0.note(&mut kept, event)
    }

    async fn reopen_day(&self) -> Result<(), Unavailable> {
        self.0.enter(&mut self.0.now(), Event::Opened)
    }

    async fn status(&self) -> Result<Status, Unavailable> {
        let kept = self.0.now();
        let (keys, tokens) = kept.book.remembered();
        let closed = kept.book.closed_until();
        Ok(Status {
            usage: kept.book.usage(&self.0.policy),
            closed_for: closed.map(|until| until.since(kept.book.now())),
            keys: Some(keys),
            tokens: Some(tokens),
            journal: kept.journal.as_ref().map(Journal::status),
        })
    }

    async fn trouble(&self) -> Option<String> {
        let kept = self.0.lock();
        let trouble = kept.journal.as_ref().and_then(Journal::trouble);
        trouble.map(str::to_owned)
    }

    async fn maintain(&self) {
        let store = self.clone();
        if let Err(error) = tokio::task::spawn_blocking(move || store.upkeep()).await {
            tracing::error!(%error, "the journal's upkeep failed (help: troubleshooting#journal)");
        }
    }
}

impl Inner {
    /// The book, brought up to now.
    fn now(&self) -> MutexGuard<'_, Kept> {
        let mut kept = self.lock();
        let now = self.clock.now();
        if kept.book.is_ahead_of(now) {
            tracing::warn!(%now, "the clock was set back; the day's count goes on from there");
            // It does not matter whether this can be written: reading the journal again has the same effect.
            let _ = self.note_at(&mut kept, now, Event::SetBack);
        }
        kept.book.advance(&self.policy, now);
        kept
    }

    /// Writes the event to the journal first. If this fails, the event does not take effect.
    fn enter(&self, kept: &mut Kept, event: Event) -> Result<(), Unavailable> {
        let at = kept.book.now();
        let entry = Entry { at, event };
        append(kept, &entry)?;
        kept.book.apply(&self.policy, &entry);
        let usage = kept.book.usage(&self.policy);
        super::warn_when_nearly_spent(&mut kept.warned, usage);
        Ok(())
    }

    /// For events that have happened even if they cannot be written to the journal.
    fn note(&self, kept: &mut Kept, event: Event) -> Result<(), Unavailable> {
        let at = kept.book.now();
        self.note_at(kept, at, event)
    }

    fn note_at(&self, kept: &mut Kept, at: Moment, event: Event) -> Result<(), Unavailable> {
        let entry = Entry { at, event };
        let written = append(kept, &entry);
        kept.book.apply(&self.policy, &entry);
        written
    }

    /// A panic inside a step leaves the book as it was either before or after the step, never in between. So the lock
    /// may be taken again after a panic.
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn append(kept: &mut Kept, entry: &Entry) -> Result<(), Unavailable> {
    let Some(journal) = &mut kept.journal else {
        return Ok(());
    };
    let written = journal.append(entry);
    written.map_err(|error| Unavailable::new(with_causes(&error)))
}
