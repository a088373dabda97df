//! The daily quota under any order of issues, failures, verifications, lapses, midnights and restarts. The upstream
//! is a model that counts each call on the Korean day on which the call arrives.
#![allow(
    clippy::unwrap_used,
    reason = "clippy does not take a test's helpers for tests"
)]

mod world;

use proptest::prelude::*;
use sori_backend::{
    book::{
        Book, Claimed, End as CallEnd, Event, Exhausted, KEYS_MOST, Policy, Verdict, VerifiedBy,
    },
    clock::Moment,
    secret::Fingerprint,
};
use std::time::Duration;
use world::*;

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
