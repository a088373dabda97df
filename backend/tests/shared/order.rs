//! Three instances take random steps at the same time. There must be an order of these steps in which the book gives
//! the same results.
//!
//! This property is called linearizability: each step takes effect at one moment between its call and its reply. The
//! search is that of Wing and Gong (<https://doi.org/10.1006/jpdc.1993.1015>), round by round.

use crate::{
    model::{Model, Step, Told},
    server::{Server, no_limits, policy},
};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use sori_backend::{
    book::{End, KEYS_MOST, Policy, Verdict},
    clock::{Manual, Moment},
    limit::Visitor,
    secret::Fingerprint,
    store::{Call, Claim, Issued, Redis, Refusal, Store as _},
};
use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::task::JoinSet;

/// Half an hour before a midnight in Korea.
const START: Moment = Moment::from_secs(1_795_271_400);
const INSTANCES: usize = 3;

/// A step that was taken, with the moments of its call and its answer.
#[derive(Clone, Debug)]
struct Taken {
    /// The label of the call that the step may have opened.
    label: usize,
    step: Step,
    told: Told,
    called: u64,
    answered: u64,
}

#[derive(Clone, Debug)]
struct Round {
    /// The pause before it.
    pause: Duration,
    /// For each step the instance that takes it.
    steps: Vec<(usize, Step)>,
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![
        1 => Just(End::GivenBack),
        1 => Just(End::Dismissed),
        3 => Just(End::Made(Verdict::Right)),
        1 => Just(End::Made(Verdict::Lost)),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    // Few different keys and tokens, so that the steps affect one another.
    let key = || 0_u8..4;
    let request = || prop::option::of(0_u8..2);
    prop_oneof![
        6 => Just(Step::Admit),
        6 => (any::<usize>(), key()).prop_map(|(call, key)| Step::Issue { call, key }),
        1 => key().prop_map(|key| Step::Audio { key }),
        4 => key().prop_map(|key| Step::Hear { key }),
        6 => (key(), request()).prop_map(|(key, request)| Step::Claim { key, request }),
        5 => (any::<usize>(), end()).prop_map(|(call, end)| Step::EndCall { call, end }),
        4 => (key(), 0_u8..2).prop_map(|(key, token)| Step::Grant { key, token }),
        3 => (0_u8..2, request()).prop_map(|(token, request)| Step::Redeem { token, request }),
        1 => any::<usize>().prop_map(|call| Step::CloseDay { call }),
        1 => Just(Step::ReopenDay),
        2 => Just(Step::Status),
    ]
}

fn round() -> impl Strategy<Value = Round> {
    let pause = prop_oneof![2 => Just(0), 2 => 1_u64..60_000, 1 => 60_000_u64..3_600_000];
    let steps = prop::collection::vec((0..INSTANCES, step()), 1..8);
    (pause.prop_map(Duration::from_millis), steps).prop_map(|(pause, steps)| Round { pause, steps })
}

fn named(kind: &str, number: u8) -> Fingerprint {
    Fingerprint::of(&format!("{kind} {number}"))
}

/// Lets an instance take a step; returns the result and the call that was opened.
async fn take(store: &Redis, step: &Step, calls: &HashMap<usize, Call>) -> (Told, Option<Call>) {
    let visitor = Visitor {
        address: [192, 0, 2, 1].into(),
        session: None,
    };
    let request = |request: Option<u8>| request.map(|number| named("request", number));
    let done = |result: Result<(), _>| Told::of(result.map(|()| "done").map_err(Refusal::from));
    match *step {
        Step::Admit => match store.admit(&visitor).await {
            Ok(call) => (Told::new("admitted"), Some(call)),
            Err(refusal) => (Told::of::<()>(Err(refusal)), None),
        },
        Step::Issue { call, key } => {
            let issued = store.issue(calls[&call], named("key", key), "example.com");
            let issued = issued.await.map(|issued| issued == Issued::Entered);
            (Told::of(issued.map_err(Refusal::from)), None)
        }
        Step::Audio { key } => (done_or(store.admit_audio(named("key", key)).await), None),
        Step::Hear { key } => (done(store.hear(named("key", key)).await), None),
        Step::Claim { key, request: by } => {
            match store.claim(named("key", key), request(by)).await {
                Ok(Claim::Taken(call, issue)) => {
                    (Told::new(format!("taken {issue:?}")), Some(call))
                }
                Ok(Claim::UnderWay) => (Told::new("under way"), None),
                Ok(Claim::Judged(verdict, issue)) => {
                    (Told::new(format!("judged {verdict:?} {issue:?}")), None)
                }
                Err(refusal) => (Told::of::<()>(Err(refusal)), None),
            }
        }
        Step::EndCall { call, end } => (done(store.end_call(calls[&call], end).await), None),
        Step::Grant { key, token } => {
            let granted = store.grant(named("key", key), named("token", token)).await;
            (done_or(granted), None)
        }
        Step::Redeem { token, request: by } => {
            let redeemed = store.redeem(named("token", token), request(by)).await;
            (Told::of(redeemed), None)
        }
        Step::CloseDay { call } => (done(store.close_day(calls[&call]).await), None),
        Step::ReopenDay => (done(store.reopen_day().await), None),
        Step::Status => {
            let usage = store.status().await.map(|status| status.usage);
            (Told::of(usage.map_err(Refusal::from)), None)
        }
    }
}

fn done_or(result: Result<(), Refusal>) -> Told {
    Told::of(result.map(|()| "done"))
}

/// The models after those orders of the round's steps in which each step has the same result as at the instances.
fn after(models: &[Model], round: &[Taken]) -> Vec<Model> {
    let mut ends = HashMap::new();
    let mut seen = HashSet::new();
    let mut open: Vec<(Model, Vec<usize>)> = models
        .iter()
        .map(|model| (model.clone(), (0..round.len()).collect()))
        .collect();
    while let Some((model, left)) = open.pop() {
        if !seen.insert((model.signature(), left.clone())) {
            continue;
        }
        if left.is_empty() {
            ends.insert(model.signature(), model);
            continue;
        }
        // A step that was called after the reply of another one comes after it.
        let first_answer = left.iter().map(|&at| round[at].answered).min().unwrap();
        for &at in &left {
            let taken = &round[at];
            if taken.called > first_answer {
                continue;
            }
            let mut next = model.clone();
            if next.take(taken.label, &taken.step) == taken.told {
                let rest = left.iter().copied().filter(|&other| other != at).collect();
                open.push((next, rest));
            }
        }
    }
    ends.into_values().collect()
}

/// Changes a step so that it names a call that is known by then.
fn with_known_call(step: &Step, calls: &HashMap<usize, Call>) -> Option<Step> {
    let mut known: Vec<_> = calls.keys().copied().collect();
    known.sort_unstable();
    let pick = |call: usize| (!known.is_empty()).then(|| known[call % known.len()]);
    Some(match *step {
        Step::Issue { call, key } => Step::Issue {
            call: pick(call)?,
            key,
        },
        Step::EndCall { call, end } => Step::EndCall {
            call: pick(call)?,
            end,
        },
        Step::CloseDay { call } => Step::CloseDay { call: pick(call)? },
        ref other => other.clone(),
    })
}

async fn take_at_once(
    instances: &[Arc<Redis>],
    steps: Vec<(usize, usize, Step)>,
    calls: &mut HashMap<usize, Call>,
) -> Vec<Taken> {
    let ticks = Arc::new(AtomicU64::new(0));
    let known = Arc::new(calls.clone());
    let mut tasks = JoinSet::new();
    for (label, instance, step) in steps {
        let (store, ticks) = (Arc::clone(&instances[instance]), Arc::clone(&ticks));
        let known = Arc::clone(&known);
        tasks.spawn(async move {
            let called = ticks.fetch_add(1, Ordering::SeqCst);
            let (told, opened) = take(&store, &step, &known).await;
            let answered = ticks.fetch_add(1, Ordering::SeqCst);
            let taken = Taken {
                label,
                step,
                told,
                called,
                answered,
            };
            (taken, opened)
        });
    }
    let mut round = Vec::new();
    for (taken, opened) in tasks.join_all().await {
        if let Some(call) = opened {
            calls.insert(taken.label, call);
        }
        round.push(taken);
    }
    round
}

#[test]
fn what_three_instances_were_told_has_an_order_in_which_the_book_says_the_same() {
    let server = Server::start("order");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut runner = TestRunner::new(Config {
        cases: std::env::var("PROPTEST_CASES").map_or(60, |cases| cases.parse().unwrap()),
        failure_persistence: None,
        // A race seldom happens twice, so a smaller case would be a different one.
        max_shrink_iters: 0,
        ..Config::default()
    });
    let quota = prop::option::of(2_u32..12);
    let keys_most = prop_oneof![2 => Just(KEYS_MOST), 1 => 1_usize..4];
    let rounds = prop::collection::vec(round(), 1..10);
    let outcome = runner.run(&(quota, keys_most, rounds), |(quota, keys_most, rounds)| {
        server.ask(&["FLUSHALL"]);
        let policy = Policy {
            keys_most,
            ..policy(quota)
        };
        runtime.block_on(async {
            let clock = Manual::at(START);
            let mut instances = Vec::new();
            for _ in 0..INSTANCES {
                let life = Duration::from_secs(1 << 30);
                let (place, clock) = (server.place(), clock.clock());
                let store = Redis::open_at(&place, policy, no_limits(), clock, life);
                instances.push(Arc::new(store.await.unwrap()));
            }
            let mut models = vec![Model::new(policy, START)];
            let (mut calls, mut label) = (HashMap::new(), 0);
            for round in rounds {
                clock.advance(round.pause);
                for model in &mut models {
                    model.pass(round.pause);
                }
                let mut steps = Vec::new();
                for (instance, step) in round.steps {
                    if let Some(step) = with_known_call(&step, &calls) {
                        label += 1;
                        steps.push((label, instance, step));
                    }
                }
                let taken = take_at_once(&instances, steps, &mut calls).await;
                models = after(&models, &taken);
                prop_assert!(!models.is_empty(), "no order explains {taken:#?}");
            }
            Ok(())
        })
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

/// Tests the search: it finds an order if there is one, and reports if there is none.
#[test]
fn a_key_that_is_taken_twice_has_no_order() {
    let start = || {
        let mut model = Model::new(policy(Some(10)), START);
        assert_eq!(model.take(1, &Step::Admit), Told::new("admitted"));
        model.take(2, &Step::Issue { call: 1, key: 0 });
        model.take(3, &Step::Hear { key: 0 });
        model
    };
    let claim = Step::Claim {
        key: 0,
        request: None,
    };
    let told = start().take(4, &claim);
    let taken = |label, told: &Told| Taken {
        label,
        step: claim.clone(),
        told: told.clone(),
        called: 0,
        answered: 9,
    };
    let twice = [taken(4, &told), taken(5, &told)];
    assert!(after(&[start()], &twice).is_empty());
    let used = Told::new("Key(Used)");
    let once = [taken(4, &used), taken(5, &told)];
    assert_eq!(after(&[start()], &once).len(), 1);
    // The one that was refused had its answer before the other one was called.
    let mut backwards = once;
    backwards[0].answered = 1;
    backwards[1].called = 2;
    assert!(after(&[start()], &backwards).is_empty());
}
