//! A backend's book, its journal and an upstream that counts.

use proptest::prelude::*;
use sori_backend::{
    book::{
        Book, CallId, ClaimRefusal, Claimed, End as CallEnd, Entry, Event, Exhausted, KEYS_MOST,
        Policy, Verdict, VerifiedBy,
    },
    clock::{KoreanDay, Moment},
    journal::format::{self, Reading},
    secret::Fingerprint,
};
use std::{collections::HashMap, time::Duration};

pub(crate) const QUOTA: u32 = 12;
/// 2026-11-21, 23:00 in Korea: midnight is near.
pub(crate) const START: Moment = Moment::from_secs(1_795_269_600);

pub(crate) fn binding() -> Fingerprint {
    Fingerprint::of("test")
}

pub(crate) fn policy(verified_by: VerifiedBy) -> Policy {
    Policy {
        quota: Some(QUOTA),
        reserve: Duration::from_secs(600),
        key_ttl: Duration::from_secs(7200),
        token_ttl: Duration::from_secs(1800),
        verified_by,
        keys_most: KEYS_MOST,
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Step {
    Wait(u64),
    Issue,
    /// Which of the calls under way ends, how it ends, and whether it reached the upstream late.
    End(usize, End, bool),
    Hear(usize),
    Claim(usize),
    Restart,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum End {
    Answered,
    Failed,
    NotSent,
}

pub(crate) fn step() -> impl Strategy<Value = Step> {
    let end = prop_oneof![
        4 => Just(End::Answered),
        1 => Just(End::Failed),
        1 => Just(End::NotSent)
    ];
    prop_oneof![
        3 => (0_u64..1_200_000).prop_map(Step::Wait),
        1 => (0_u64..50_000_000).prop_map(Step::Wait),
        6 => Just(Step::Issue),
        8 => (any::<usize>(), end, any::<bool>()).prop_map(|(n, end, late)| Step::End(n, end, late)),
        6 => any::<usize>().prop_map(Step::Hear),
        6 => any::<usize>().prop_map(Step::Claim),
        1 => Just(Step::Restart),
    ]
}

pub(crate) struct UnderWay {
    pub(crate) call: CallId,
    pub(crate) admitted: KoreanDay,
    /// The key that a verification is about.
    pub(crate) verifies: Option<Fingerprint>,
}

/// An issued key: when it was issued, and whether its audio was delivered.
pub(crate) struct Out {
    pub(crate) key: Fingerprint,
    pub(crate) issued: Moment,
    pub(crate) heard: bool,
    pub(crate) claimed: bool,
}

pub(crate) struct World {
    pub(crate) policy: Policy,
    pub(crate) now: Moment,
    pub(crate) book: Book,
    pub(crate) journal: Vec<u8>,
    pub(crate) under_way: Vec<UnderWay>,
    pub(crate) out: Vec<Out>,
    pub(crate) counted: HashMap<KoreanDay, u32>,
    pub(crate) issued: u64,
}

impl World {
    pub(crate) fn new(policy: Policy) -> Self {
        let book = Book::new(START);
        Self {
            policy,
            now: START,
            journal: format::whole(&book, binding()),
            book,
            under_way: Vec::new(),
            out: Vec::new(),
            counted: HashMap::new(),
            issued: 0,
        }
    }

    pub(crate) fn read(&self) -> Book {
        match format::read(&self.journal, binding(), &self.policy, self.now) {
            Reading::Book(book, 0) => *book,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn enter(&mut self, event: Event) {
        let entry = Entry {
            at: self.now,
            event,
        };
        self.journal.extend(format::entry(&entry));
        self.book.apply(&self.policy, &entry);
    }

    pub(crate) fn reaches_upstream(&mut self, day: KoreanDay) {
        *self.counted.entry(day).or_default() += 1;
    }

    pub(crate) fn step(&mut self, step: &Step) {
        self.book.advance(&self.policy, self.now);
        match *step {
            Step::Wait(ms) => {
                self.now = self.now + Duration::from_millis(ms);
                self.book.advance(&self.policy, self.now);
            }
            Step::Issue => {
                if let Ok((call, event)) = self.book.admit_issue(&self.policy) {
                    self.enter(event);
                    self.under_way.push(UnderWay {
                        call,
                        admitted: self.now.korean_day(),
                        verifies: None,
                    });
                }
            }
            Step::End(n, end, late) if !self.under_way.is_empty() => {
                let call = self.under_way.swap_remove(n % self.under_way.len());
                let day = if late {
                    self.now.korean_day()
                } else {
                    call.admitted
                };
                self.end(&call, end, day);
            }
            Step::Hear(n) if !self.out.is_empty() => {
                let at = n % self.out.len();
                let key = self.out[at].key;
                if self.book.admit_audio(&self.policy, key).is_ok() {
                    if let Some(event) = self.book.hear(key) {
                        self.enter(event);
                    }
                    self.out[at].heard = true;
                }
            }
            Step::Claim(n) if !self.out.is_empty() => self.claim(n % self.out.len()),
            Step::Restart => self.restart(),
            Step::End(..) | Step::Hear(_) | Step::Claim(_) => {}
        }
    }

    pub(crate) fn end(&mut self, call: &UnderWay, end: End, day: KoreanDay) {
        match end {
            End::NotSent => {
                self.enter(Event::Over {
                    call: call.call,
                    end: CallEnd::GivenBack,
                });
                if let Some(key) = call.verifies {
                    self.out_mut(key).claimed = false;
                }
                return;
            }
            End::Answered if call.verifies.is_none() => {
                self.issued += 1;
                let key = Fingerprint::of(&self.issued.to_string());
                let event = self.book.issue(call.call, key, "example.com").unwrap();
                self.enter(event);
                self.out.push(Out {
                    key,
                    issued: self.now,
                    heard: false,
                    claimed: false,
                });
                // The site may ask at any time while the call is reserved; the last moment is the worst case.
                if self.policy.verified_by == VerifiedBy::Site {
                    let latest = self.now + self.policy.reserve;
                    let asked = if self.issued.is_multiple_of(2) {
                        latest
                    } else {
                        self.now
                    };
                    self.reaches_upstream(Moment::from_millis(asked.as_millis() - 1).korean_day());
                }
            }
            End::Answered | End::Failed => self.enter(Event::Over {
                call: call.call,
                end: CallEnd::Made(Verdict::Wrong),
            }),
        }
        self.reaches_upstream(day);
    }

    pub(crate) fn out_mut(&mut self, key: Fingerprint) -> &mut Out {
        self.out.iter_mut().find(|out| out.key == key).unwrap()
    }

    pub(crate) fn claim(&mut self, at: usize) {
        let Out {
            key,
            issued,
            heard,
            claimed,
        } = self.out[at];
        let age = self.now.since(issued);
        match self.book.claim(&self.policy, key, None) {
            Ok(Claimed::Free(call, issue, event)) => {
                assert!(heard && !claimed && age < self.policy.key_ttl);
                assert_eq!(issue.issued, issued);
                self.enter(event);
                self.out[at].claimed = true;
                self.under_way.push(UnderWay {
                    call,
                    admitted: self.now.korean_day(),
                    verifies: Some(key),
                });
            }
            Ok(other) => panic!("a request without a name is never the same: {other:?}"),
            Err(refusal) => {
                let stranded = heard && !claimed && age < self.policy.reserve;
                assert!(!stranded, "a key {age:?} old was refused: {refusal:?}");
                if let ClaimRefusal::Exhausted(Exhausted { until }) = refusal {
                    assert!(until > self.now);
                }
            }
        }
    }

    /// The process dies, and another one reads what it wrote. The upstream may have counted calls that were under
    /// way.
    pub(crate) fn restart(&mut self) {
        self.book = self.read();
        for call in std::mem::take(&mut self.under_way) {
            self.reaches_upstream(call.admitted);
        }
        self.journal = format::whole(&self.book, binding());
    }

    pub(crate) fn check(&self) {
        let usage = self.book.usage(&self.policy);
        assert!(usage.spent + usage.reserved <= QUOTA, "{usage:?}");
        let open = |out: &&Out| !out.claimed && self.now.since(out.issued) < self.policy.reserve;
        let promised = self.out.iter().filter(open).count()
            + self
                .under_way
                .iter()
                .filter(|call| call.verifies.is_none())
                .count();
        assert_eq!(
            usage.reserved as usize, promised,
            "one call for each key that is out"
        );
        for (day, calls) in &self.counted {
            assert!(*calls <= QUOTA, "{calls} calls on {day:?}");
        }
    }
}

pub(crate) fn enter(book: &mut Book, policy: &Policy, at: Moment, event: Event) {
    book.apply(policy, &Entry { at, event });
}
