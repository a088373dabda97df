//! The emulator's keys and quota, without HTTP. The caller gives the time.
//!
//! NAVER's documentation leaves three things open. The emulator does what is hardest for its clients. The first
//! verification uses a key up, whether the answer is right or wrong. A verification before the audio was fetched
//! (`CT002`) does not use the key up. Every call that NAVER would count uses the quota, whatever the result, so that
//! a client that retries without limit reaches the end of the quota.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use super::digits::Digits;
use crate::clock::{KoreanDay, Moment};

/// How many keys are remembered. The oldest is forgotten first. With NAVER's 1,000 calls a day this limit is never
/// reached.
const MAX_KEYS: usize = 4_096;

/// What was issued with a key.
#[derive(Clone, Debug)]
pub(super) struct Challenge {
    pub(super) digits: Digits,
    /// Determines everything about the recording except the digits.
    pub(super) seed: u64,
}

/// Why a call is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Unknown, expired or used up.
    InvalidKey,
    /// The key's audio was never fetched.
    AudioNotIssued,
    /// The day's calls are used up.
    QuotaExceeded,
}

#[derive(Debug)]
struct Issued {
    challenge: Challenge,
    expires: Moment,
    heard: bool,
}

/// The emulator's memory.
#[derive(Debug)]
pub(super) struct Desk {
    quota: Option<u32>,
    key_lifetime: Duration,
    day: KoreanDay,
    spent: u32,
    keys: HashMap<String, Issued>,
    /// The keys, oldest first. May contain keys that are already forgotten.
    order: VecDeque<String>,
}

impl Desk {
    pub(super) fn new(quota: Option<u32>, key_lifetime: Duration) -> Self {
        Self {
            quota,
            key_lifetime,
            day: KoreanDay::default(),
            spent: 0,
            keys: HashMap::new(),
            order: VecDeque::new(),
        }
    }

    /// Remembers a challenge under a new key.
    pub(super) fn issue(
        &mut self,
        now: Moment,
        key: String,
        challenge: Challenge,
    ) -> Result<(), Refusal> {
        self.spend(now)?;
        while self.order.len() >= MAX_KEYS {
            if let Some(oldest) = self.order.pop_front() {
                self.keys.remove(&oldest);
            }
        }
        let expires = now + self.key_lifetime;
        self.order.push_back(key.clone());
        self.keys.insert(
            key,
            Issued {
                challenge,
                expires,
                heard: false,
            },
        );
        Ok(())
    }

    /// The challenge to speak. From now on its answer can be verified.
    pub(super) fn hear(&mut self, now: Moment, key: &str) -> Result<Challenge, Refusal> {
        let issued = self.live(now, key)?;
        issued.heard = true;
        Ok(issued.challenge.clone())
    }

    /// Verifies an answer and uses the key up.
    pub(super) fn verify(&mut self, now: Moment, key: &str, answer: &str) -> Result<bool, Refusal> {
        self.spend(now)?;
        let issued = self.live(now, key)?;
        if !issued.heard {
            return Err(Refusal::AudioNotIssued);
        }
        let right = issued.challenge.digits.is(answer);
        self.keys.remove(key);
        Ok(right)
    }

    fn live(&mut self, now: Moment, key: &str) -> Result<&mut Issued, Refusal> {
        self.keys
            .get_mut(key)
            .filter(|issued| now < issued.expires)
            .ok_or(Refusal::InvalidKey)
    }

    fn spend(&mut self, now: Moment) -> Result<(), Refusal> {
        let today = now.korean_day();
        if self.day != today {
            self.day = today;
            self.spent = 0;
        }
        if self.quota.is_some_and(|quota| self.spent >= quota) {
            return Err(Refusal::QuotaExceeded);
        }
        self.spent = self.spent.saturating_add(1);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-21 14:59:59 UTC: one second before midnight in Korea.
    const BEFORE_MIDNIGHT: u64 = 1_795_273_199;

    fn at(seconds: u64) -> Moment {
        Moment::from_secs(seconds)
    }

    fn challenge() -> Challenge {
        Challenge {
            digits: Digits::parse("12345").unwrap(),
            seed: 1,
        }
    }

    fn desk(quota: u32) -> Desk {
        Desk::new(Some(quota), Duration::from_secs(600))
    }

    #[test]
    fn the_quota_comes_back_at_midnight_in_korea_and_not_a_second_earlier() {
        let mut desk = desk(1);
        assert_eq!(
            desk.issue(at(BEFORE_MIDNIGHT - 3_600), "a".into(), challenge()),
            Ok(())
        );
        let refused = desk.issue(at(BEFORE_MIDNIGHT), "b".into(), challenge());
        assert_eq!(refused, Err(Refusal::QuotaExceeded));
        assert_eq!(
            desk.issue(at(BEFORE_MIDNIGHT + 1), "c".into(), challenge()),
            Ok(())
        );
    }

    #[test]
    fn issuing_and_verifying_spend_quota_and_listening_does_not() {
        let mut desk = desk(2);
        desk.issue(at(0), "k".into(), challenge()).unwrap();
        for _ in 0..5 {
            desk.hear(at(1), "k").unwrap();
        }
        assert_eq!(desk.verify(at(2), "k", "12345"), Ok(true));
        assert_eq!(
            desk.verify(at(3), "k", "12345"),
            Err(Refusal::QuotaExceeded)
        );
    }

    #[test]
    fn a_wrong_answer_uses_the_key_up() {
        let mut desk = desk(9);
        desk.issue(at(0), "k".into(), challenge()).unwrap();
        desk.hear(at(0), "k").unwrap();
        assert_eq!(desk.verify(at(0), "k", "54321"), Ok(false));
        assert_eq!(desk.verify(at(0), "k", "12345"), Err(Refusal::InvalidKey));
        assert_eq!(desk.hear(at(0), "k").err(), Some(Refusal::InvalidKey));
    }

    #[test]
    fn an_answer_to_unheard_audio_is_refused_and_leaves_the_key_alive() {
        let mut desk = desk(9);
        desk.issue(at(0), "k".into(), challenge()).unwrap();
        assert_eq!(
            desk.verify(at(0), "k", "12345"),
            Err(Refusal::AudioNotIssued)
        );
        desk.hear(at(0), "k").unwrap();
        assert_eq!(desk.verify(at(0), "k", "12345"), Ok(true));
    }

    #[test]
    fn a_key_expires_on_time() {
        let mut desk = desk(9);
        desk.issue(at(0), "k".into(), challenge()).unwrap();
        assert!(desk.hear(at(599), "k").is_ok());
        assert_eq!(desk.hear(at(600), "k").err(), Some(Refusal::InvalidKey));
    }

    #[test]
    fn memory_is_bounded_however_many_keys_are_issued() {
        let mut desk = Desk::new(None, Duration::from_secs(600));
        for i in 0..MAX_KEYS * 3 {
            desk.issue(at(0), i.to_string(), challenge()).unwrap();
        }
        assert_eq!((desk.keys.len(), desk.order.len()), (MAX_KEYS, MAX_KEYS));
        assert!(desk.hear(at(0), &(MAX_KEYS * 3 - 1).to_string()).is_ok());
    }
}
