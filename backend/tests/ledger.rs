//! The daily quota under any order of issues, failures, verifications, lapses, midnights and restarts. The upstream
//! is a model that counts each call on the Korean day on which the call arrives.
#![allow(
    clippy::unwrap_used,
    reason = "clippy does not take a test's helpers for tests"
)]

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

const QUOTA: u32 = 12;
/// 2026-11-21, 23:00 in Korea: midnight is near.
const START: Moment = Moment::from_secs(1_795_269_600);

fn binding() -> Fingerprint {
    Fingerprint::of("test")
}

fn policy(verified_by: VerifiedBy) -> Policy {
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
enum Step {
    Wait(u64),
    Issue,
    /// Which of the calls under way ends, how it ends, and whether it reached the upstream late.
    End(usize, End, bool),
    Hear(usize),
    Claim(usize),
    Restart,
}

#[derive(Clone, Copy, Debug)]
enum End {
    Answered,
    Failed,
    NotSent,
}

fn step() -> impl Strategy<Value = Step> {
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

struct UnderWay {
    call: CallId,
    admitted: KoreanDay,
    /// The key that a verification is about.
    verifies: Option<Fingerprint>,
}

/// An issued key: when it was issued, and whether its audio was delivered.
struct Out {
    key: Fingerprint,
    issued: Moment,
    heard: bool,
    claimed: bool,
}

struct World {
    policy: Policy,
    now: Moment,
    book: Book,
    journal: Vec<u8>,
    under_way: Vec<UnderWay>,
    out: Vec<Out>,
    counted: HashMap<KoreanDay, u32>,
    issued: u64,
}

impl World {
    fn new(policy: Policy) -> Self {
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

    fn read(&self) -> Book {
        match format::read(&self.journal, binding(), &self.policy, self.now) {
            Reading::Book(book, 0) => *book,
            other => panic!("{other:?}"),
        }
    }

    fn enter(&mut self, event: Event) {
        let entry = Entry {
            at: self.now,
            event,
        };
        self.journal.extend(format::entry(&entry));
        self.book.apply(&self.policy, &entry);
    }

    fn reaches_upstream(&mut self, day: KoreanDay) {
        *self.counted.entry(day).or_default() += 1;
    }

    fn step(&mut self, step: &Step) {
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

    fn end(&mut self, call: &UnderWay, end: End, day: KoreanDay) {
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

    fn out_mut(&mut self, key: Fingerprint) -> &mut Out {
        self.out.iter_mut().find(|out| out.key == key).unwrap()
    }

    fn claim(&mut self, at: usize) {
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
    fn restart(&mut self) {
        self.book = self.read();
        for call in std::mem::take(&mut self.under_way) {
            self.reaches_upstream(call.admitted);
        }
        self.journal = format::whole(&self.book, binding());
    }

    fn check(&self) {
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

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(500), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_interleaving_overspends_or_strands_a_key(steps in prop::collection::vec(step(), 1..120)) {
        let mut world = World::new(policy(VerifiedBy::Backend));
        for step in &steps {
            world.step(step);
            world.check();
        }
    }

    #[test]
    fn no_interleaving_overspends_where_the_site_verifies(steps in prop::collection::vec(step(), 1..120)) {
        let mut world = World::new(policy(VerifiedBy::Site));
        for step in steps.iter().filter(|step| !matches!(step, Step::Claim(_))) {
            world.step(step);
            world.check();
        }
    }

    #[test]
    fn a_visitor_who_returns_when_told_is_admitted_and_not_a_moment_before(
        steps in prop::collection::vec(step(), 1..120),
        site in any::<bool>(),
    ) {
        let verified_by = if site { VerifiedBy::Site } else { VerifiedBy::Backend };
        let mut world = World::new(policy(verified_by));
        for step in steps.iter().filter(|step| !(site && matches!(step, Step::Claim(_)))) {
            world.step(step);
        }
        while !world.under_way.is_empty() {
            world.step(&Step::End(0, End::Failed, true));
        }
        if let Err(Exhausted { until }) = world.book.admit_issue(&world.policy) {
            let just_before = Moment::from_millis(until.as_millis() - 1);
            world.book.advance(&world.policy, just_before);
            prop_assert!(world.book.admit_issue(&world.policy).is_err());
            world.book.advance(&world.policy, until);
            prop_assert!(world.book.admit_issue(&world.policy).is_ok());
        }
    }

    #[test]
    fn what_is_read_again_is_what_was_written(steps in prop::collection::vec(step(), 1..80)) {
        let mut world = World::new(policy(VerifiedBy::Backend));
        for step in &steps {
            world.step(step);
        }
        while !world.under_way.is_empty() {
            world.step(&Step::End(0, End::Failed, true));
        }
        world.book.advance(&world.policy, world.now);
        let again = world.read();
        prop_assert_eq!(again.usage(&world.policy), world.book.usage(&world.policy));
        for out in &world.out {
            let one = world.book.claim(&world.policy, out.key, None);
            let other = again.claim(&world.policy, out.key, None);
            prop_assert_eq!(one, other);
        }
    }
}

fn enter(book: &mut Book, policy: &Policy, at: Moment, event: Event) {
    book.apply(policy, &Entry { at, event });
}

#[test]
fn a_refusal_by_the_upstream_closes_the_day_and_no_other() {
    let policy = policy(VerifiedBy::Backend);
    let midnight = START.korean_day().end();
    let mut book = Book::new(START);
    let closed = book.upstream_exhausted(START).unwrap();
    enter(&mut book, &policy, START, closed);
    assert_eq!(
        book.admit_issue(&policy),
        Err(Exhausted { until: midnight })
    );
    book.advance(&policy, midnight);
    assert!(book.admit_issue(&policy).is_ok());

    // A reply after midnight to a call of the day before says nothing about the new day.
    assert_eq!(book.upstream_exhausted(START), None);

    // The upstream's clock may be a little behind ours, so a refusal just after midnight holds only for two minutes.
    let early = midnight + Duration::from_secs(1);
    book.advance(&policy, early);
    let closed = book.upstream_exhausted(early).unwrap();
    enter(&mut book, &policy, early, closed);
    let until = book.admit_issue(&policy).unwrap_err().until;
    assert_eq!(until.since(midnight), Duration::from_secs(120));
}

#[test]
fn a_clock_that_jumps_back_neither_renews_the_day_nor_stops_the_book() {
    let policy = policy(VerifiedBy::Backend);
    let mut book = Book::new(START);
    for _ in 0..QUOTA / 2 {
        let (call, event) = book.admit_issue(&policy).unwrap();
        enter(&mut book, &policy, START, event);
        enter(
            &mut book,
            &policy,
            START,
            Event::Over {
                call,
                end: CallEnd::Made(Verdict::Lost),
            },
        );
    }
    let yesterday = Moment::from_millis(START.as_millis() - 90_000_000);
    book.advance(&policy, yesterday);
    assert_eq!(book.usage(&policy).spent, QUOTA / 2);
    assert_eq!(book.now(), START);
}

/// Events that a real journal never contains: repeated, out of order, or about unknown calls and keys.
#[test]
fn a_journal_that_makes_no_sense_does_no_harm() {
    let policy = policy(VerifiedBy::Backend);
    let mut book = Book::new(START);
    let (call, asked) = book.admit_issue(&policy).unwrap();
    let key = Fingerprint::of("key");
    let issued = Event::Issued {
        call,
        key,
        host: "example.com".into(),
    };
    let odd = [
        issued.clone(),
        Event::Heard { key },
        Event::Claimed {
            call,
            key,
            bound_to: None,
        },
        Event::Over {
            call,
            end: CallEnd::GivenBack,
        },
        Event::Redeemed {
            token: key,
            bound_to: None,
        },
        asked.clone(),
        asked,
        issued.clone(),
        issued,
        Event::Over {
            call,
            end: CallEnd::GivenBack,
        },
        Event::Over {
            call,
            end: CallEnd::GivenBack,
        },
    ];
    for event in odd {
        enter(&mut book, &policy, START, event);
    }
    let usage = book.usage(&policy);
    assert_eq!((usage.spent, usage.reserved), (1, 1));
}

#[test]
fn without_a_quota_no_more_is_remembered_than_fits() {
    let policy = Policy {
        quota: None,
        ..policy(VerifiedBy::Backend)
    };
    let mut book = Book::new(START);
    let issue = |book: &mut Book, n: usize| {
        let (call, event) = book.admit_issue(&policy)?;
        enter(book, &policy, START, event);
        let key = Fingerprint::of(&n.to_string());
        let event = book.issue(call, key, "example.com").unwrap();
        enter(book, &policy, START, event);
        Ok::<_, Exhausted>(())
    };
    for n in 0..KEYS_MOST {
        assert_eq!(issue(&mut book, n), Ok(()));
    }
    let until = START + policy.key_ttl;
    assert_eq!(issue(&mut book, KEYS_MOST), Err(Exhausted { until }));
    // Keys that can no longer be answered are forgotten to make room.
    let first = Fingerprint::of("0");
    enter(&mut book, &policy, START, Event::Heard { key: first });
    let Ok(Claimed::Free(call, _, event)) = book.claim(&policy, first, None) else {
        panic!("the first key can be answered");
    };
    enter(&mut book, &policy, START, event);
    let end = CallEnd::Made(Verdict::Right);
    enter(&mut book, &policy, START, Event::Over { call, end });
    assert_eq!(issue(&mut book, KEYS_MOST), Ok(()));
    assert_eq!(book.remembered().0, KEYS_MOST);
    book.advance(&policy, until + policy.key_ttl);
    assert_eq!(book.remembered().0, 0);
}
