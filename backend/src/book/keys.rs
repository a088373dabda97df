//! The issued keys that are still remembered. Each key has one verification, and only after its audio was delivered.

use super::{Book, Call, CallId, End, Event, Exhausted, Policy, Verdict};
use crate::{clock::Moment, secret::Fingerprint};
use serde::{Deserialize, Serialize};

/// How often one key's audio may be fetched from the upstream. NAVER does not count fetches, but each one is traffic.
/// The widget fetches once and replays from memory, so more than a few retries do not come from a person.
pub(crate) const AUDIO_FETCHES: u8 = 20;

/// How many keys are remembered if there is no quota: about 60 MB. When the limit is reached, keys that can no longer
/// be answered are forgotten early. If there are none, no key is issued until the oldest has expired.
pub const KEYS_MOST: usize = 200_000;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct KeyRecord {
    pub(super) issued: Moment,
    host: Box<str>,
    stage: Stage,
    /// Not stored across a restart, because it limits traffic and not the quota.
    #[serde(skip)]
    fetches: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stage {
    /// Issued; the audio has not been delivered yet.
    Unheard { reserved: bool },
    /// The audio was delivered, and the key can be answered.
    Heard { reserved: bool },
    /// The one verification is under way or has ended.
    Used(Use),
}

/// The request that claimed the key's verification, and its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Use {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bound_to: Option<Fingerprint>,
    /// `None` while it is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    verdict: Option<Verdict>,
    /// Whether the right answer has already got its token.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    granted: bool,
}

impl KeyRecord {
    pub(super) fn is_reserved(&self) -> bool {
        matches!(
            self.stage,
            Stage::Unheard { reserved: true } | Stage::Heard { reserved: true }
        )
    }

    /// Gives the reservation up. Returns whether there was one.
    pub(super) fn release(&mut self) -> bool {
        match &mut self.stage {
            Stage::Unheard { reserved } | Stage::Heard { reserved } => core::mem::take(reserved),
            Stage::Used(_) => false,
        }
    }

    fn issue(&self) -> Issue {
        Issue {
            host: self.host.clone(),
            issued: self.issued,
        }
    }

    fn answerable(&self, policy: &Policy, now: Moment) -> Result<(), KeyRefusal> {
        if matches!(self.stage, Stage::Used(_)) {
            return Err(KeyRefusal::Used);
        }
        if self.issued + policy.key_ttl <= now {
            return Err(KeyRefusal::Expired);
        }
        Ok(())
    }
}

/// Where and when a key was issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// The host of the page that asked.
    pub host: Box<str>,
    /// When.
    pub issued: Moment,
}

/// Why a key is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyRefusal {
    /// This backend did not issue it, or has forgotten it.
    Unknown,
    /// It is older than `SORI_KEY_TTL`.
    Expired,
    /// Its verification is under way or over.
    Used,
    /// Its audio was not delivered.
    Unheard,
    /// Its audio was already fetched `AUDIO_FETCHES` times.
    Overfetched,
}

/// The result of a request to claim a key's verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// The verification was still free; this event claims it.
    Free(CallId, Issue, Event),
    /// The same request had claimed it, and the verdict has not arrived yet.
    UnderWay,
    /// The same request had claimed it, and this is the verdict.
    Judged(Verdict, Issue),
}

/// Why a key's verification cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimRefusal {
    /// This key must not be verified.
    Key(KeyRefusal),
    /// The key's reservation has lapsed, and no quota is left.
    Exhausted(Exhausted),
}

impl From<KeyRefusal> for ClaimRefusal {
    fn from(refusal: KeyRefusal) -> Self {
        Self::Key(refusal)
    }
}

impl Book {
    /// Records a key that the upstream issued. `None` if the upstream issued the same key twice.
    #[must_use]
    pub fn issue(&self, call: CallId, key: Fingerprint, host: &str) -> Option<Event> {
        let host = host.into();
        (!self.keys.contains_key(&key)).then_some(Event::Issued { call, key, host })
    }

    /// Allows a fetch of the key's audio.
    ///
    /// # Errors
    /// For a key that can no longer be answered.
    pub fn admit_audio(&mut self, policy: &Policy, key: Fingerprint) -> Result<(), KeyRefusal> {
        let now = self.now;
        let record = self.keys.get_mut(&key).ok_or(KeyRefusal::Unknown)?;
        record.answerable(policy, now)?;
        if record.fetches >= AUDIO_FETCHES {
            return Err(KeyRefusal::Overfetched);
        }
        record.fetches += 1;
        Ok(())
    }

    /// Records that the key's audio was delivered. `None` if that is recorded already.
    #[must_use]
    pub fn hear(&self, key: Fingerprint) -> Option<Event> {
        let record = self.keys.get(&key)?;
        matches!(record.stage, Stage::Unheard { .. }).then_some(Event::Heard { key })
    }

    /// A fetch of the key's audio failed, so it does not count towards the limit.
    pub fn audio_failed(&mut self, key: Fingerprint) {
        if let Some(record) = self.keys.get_mut(&key) {
            record.fetches = record.fetches.saturating_sub(1);
        }
    }

    /// Claims the key's one verification for the request that `bound_to` identifies.
    ///
    /// # Errors
    /// For a key that must not reach the upstream, or if no quota is left for it.
    pub fn claim(
        &self,
        policy: &Policy,
        key: Fingerprint,
        bound_to: Option<Fingerprint>,
    ) -> Result<Claimed, ClaimRefusal> {
        let record = self.keys.get(&key).ok_or(KeyRefusal::Unknown)?;
        if let Stage::Used(used) = record.stage
            && bound_to.is_some()
            && used.bound_to == bound_to
        {
            return Ok(match used.verdict {
                Some(verdict) => Claimed::Judged(verdict, record.issue()),
                None => Claimed::UnderWay,
            });
        }
        record.answerable(policy, self.now)?;
        let Stage::Heard { reserved } = record.stage else {
            return Err(KeyRefusal::Unheard.into());
        };
        if !reserved || self.closed_until.is_some() {
            self.room_for(policy, 1).map_err(ClaimRefusal::Exhausted)?;
        }
        let call = CallId(self.next_call);
        let event = Event::Claimed {
            call,
            key,
            bound_to,
        };
        Ok(Claimed::Free(call, record.issue(), event))
    }

    /// Grants a token for the right answer to `key`, once.
    ///
    /// # Errors
    /// If the key was not answered right, or its token was granted already.
    pub fn grant(&self, key: Fingerprint, token: Fingerprint) -> Result<Event, KeyRefusal> {
        let record = self.keys.get(&key).ok_or(KeyRefusal::Unknown)?;
        match record.stage {
            Stage::Used(used) if used.verdict == Some(Verdict::Right) && !used.granted => {
                Ok(Event::Granted { key, token })
            }
            _ => Err(KeyRefusal::Used),
        }
    }

    pub(super) fn enter_key(
        &mut self,
        policy: &Policy,
        call: CallId,
        key: Fingerprint,
        host: &str,
    ) {
        let asked = matches!(self.calls.get(&call.0), Some(Call::Issue));
        if !asked || self.keys.contains_key(&key) {
            return;
        }
        self.calls.remove(&call.0);
        self.held = self.held.saturating_add(1);
        self.make_room(policy);
        self.lapsing.push_back((self.now, key));
        self.keys_by_age.push_back((self.now, key));
        let record = KeyRecord {
            issued: self.now,
            host: host.into(),
            stage: Stage::Unheard { reserved: true },
            fetches: 0,
        };
        self.keys.insert(key, record);
    }

    /// Whether there is room for another key.
    pub(super) fn room_for_key(&self, policy: &Policy) -> Result<(), Exhausted> {
        let full = self.keys.len() + self.calls.len() >= policy.keys_most;
        match self.keys_by_age.front() {
            Some((issued, key)) if full && self.is_answerable(policy, key) => Err(Exhausted {
                until: *issued + policy.key_ttl,
            }),
            _ => Ok(()),
        }
    }

    fn is_answerable(&self, policy: &Policy, key: &Fingerprint) -> bool {
        let record = self.keys.get(key);
        record.is_some_and(|record| record.answerable(policy, self.now).is_ok())
    }

    /// Forgets the oldest keys early, as long as they can no longer be answered.
    fn make_room(&mut self, policy: &Policy) {
        while self.keys.len() >= policy.keys_most
            && let Some(&(_, key)) = self.keys_by_age.front()
            && !self.is_answerable(policy, &key)
        {
            self.keys_by_age.pop_front();
            if self
                .keys
                .remove(&key)
                .is_some_and(|mut record| record.release())
            {
                self.held = self.held.saturating_sub(1);
            }
        }
    }

    pub(super) fn enter_heard(&mut self, key: Fingerprint) {
        if let Some(record) = self.keys.get_mut(&key)
            && let Stage::Unheard { reserved } = record.stage
        {
            record.stage = Stage::Heard { reserved };
        }
    }

    pub(super) fn enter_claim(
        &mut self,
        call: CallId,
        key: Fingerprint,
        bound_to: Option<Fingerprint>,
    ) {
        let Some(record) = self.keys.get_mut(&key) else {
            return;
        };
        if self.calls.contains_key(&call.0) || matches!(record.stage, Stage::Used(_)) {
            return;
        }
        let reserved = record.release();
        record.stage = Stage::Used(Use {
            bound_to,
            verdict: None,
            granted: false,
        });
        if reserved {
            self.held = self.held.saturating_sub(1);
        }
        self.open_call(call, Call::Verify { key, reserved });
    }

    /// If the upstream has not counted the verification, the key becomes as it was before. Otherwise the key is used
    /// up.
    pub(super) fn settle_claim(
        &mut self,
        policy: &Policy,
        key: Fingerprint,
        end: End,
        reserved: bool,
    ) {
        let now = self.now;
        let Some(record) = self.keys.get_mut(&key) else {
            return;
        };
        let verdict = match end {
            End::Made(verdict) => verdict,
            End::Dismissed => Verdict::Wrong,
            End::GivenBack => {
                // A reservation that should have lapsed in the meantime lapses now.
                let reserved = reserved && record.issued + policy.reserve > now;
                record.stage = Stage::Heard { reserved };
                self.held = self.held.saturating_add(reserved.into());
                return;
            }
        };
        if let Stage::Used(used) = &mut record.stage {
            used.verdict = Some(verdict);
        }
    }

    /// Records that the key's token was granted. Returns where the challenge came from, if this is the key's first
    /// token.
    pub(super) fn enter_grant(&mut self, key: Fingerprint) -> Option<Issue> {
        let record = self.keys.get_mut(&key)?;
        let issue = record.issue();
        match &mut record.stage {
            Stage::Used(used) if !used.granted => used.granted = true,
            _ => return None,
        }
        Some(issue)
    }

    /// Moves keys with an issue time in the future to now. Otherwise they, and their reserved calls, would be kept
    /// too long.
    pub(super) fn set_keys_back(&mut self) {
        let now = self.now;
        for record in self.keys.values_mut() {
            record.issued = record.issued.min(now);
        }
        for (issued, _) in self.lapsing.iter_mut().chain(&mut self.keys_by_age) {
            *issued = (*issued).min(now);
        }
    }

    /// Forgets keys after twice their lifetime. Until then an expired key can be told from an unknown one.
    pub(super) fn forget_keys(&mut self, policy: &Policy) {
        while let Some(&(issued, key)) = self.keys_by_age.front() {
            if issued + policy.key_ttl * 2 > self.now {
                break;
            }
            self.keys_by_age.pop_front();
            if self.keys.remove(&key).is_some_and(|mut r| r.release()) {
                self.held = self.held.saturating_sub(1);
            }
        }
    }
}
