//! Several instances that share a store.

use crate::server::{Server, client_limit, instance, instance_with};
use sori_backend::{
    book::{End, KeyRefusal, Verdict},
    limit::Visitor,
    secret::Fingerprint,
    store::{Claim, Issued, Redis, Refusal, Store as _},
};
use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use tokio::task::JoinSet;

fn visitor() -> Visitor {
    Visitor {
        address: [192, 0, 2, 1].into(),
        session: None,
    }
}

/// The calls that NAVER would have counted.
#[derive(Default)]
struct Upstream {
    calls: AtomicU32,
    keys: AtomicU32,
    verified: Mutex<HashSet<u32>>,
}

impl Upstream {
    fn issue(&self) -> u32 {
        self.calls.fetch_add(1, Ordering::SeqCst);
        self.keys.fetch_add(1, Ordering::SeqCst)
    }

    fn verify(&self, key: u32) {
        self.calls.fetch_add(1, Ordering::SeqCst);
        let first = self.verified.lock().unwrap().insert(key);
        assert!(first, "key {key} was verified twice");
    }
}

/// An address of its own for each number.
fn from(number: u16) -> Visitor {
    let [high, low] = number.to_be_bytes();
    Visitor {
        address: [192, 0, high, low].into(),
        session: None,
    }
}

fn name(key: u32) -> Fingerprint {
    Fingerprint::of(&format!("key {key}"))
}

/// A visitor whose requests for key, audio and verification reach different instances, and whose answer reaches two
/// at once.
async fn visit(instances: [Arc<Redis>; 3], upstream: Arc<Upstream>) -> Result<(), Refusal> {
    let [one, two, three] = instances;
    let call = one.admit(&visitor()).await?;
    let key = upstream.issue();
    assert_eq!(
        one.issue(call, name(key), "example.com").await?,
        Issued::Entered
    );
    two.admit_audio(name(key)).await?;
    two.hear(name(key)).await?;
    let (first, second) = tokio::join!(three.claim(name(key), None), one.claim(name(key), None));
    let mut taken = 0;
    for (store, claim) in [(&three, first), (&one, second)] {
        match claim {
            Ok(Claim::Taken(call, issue)) => {
                assert_eq!(&*issue.host, "example.com");
                upstream.verify(key);
                taken += 1;
                store.end_call(call, End::Made(Verdict::Right)).await?;
            }
            Err(Refusal::Key(KeyRefusal::Used)) => {}
            other => panic!("an issued key is stranded: {other:?}"),
        }
    }
    assert_eq!(taken, 1, "one key, one verification");
    // The token, too, is granted once and accepted once, whichever instance is asked.
    let token = Fingerprint::of(&format!("token {key}"));
    let granted = [
        two.grant(name(key), token).await,
        three.grant(name(key), token).await,
    ];
    assert_eq!(granted.iter().filter(|grant| grant.is_ok()).count(), 1);
    let (a, b) = tokio::join!(one.redeem(token, None), two.redeem(token, None));
    assert!(a.is_ok() != b.is_ok());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn three_instances_spend_no_more_than_one_and_strand_no_key() {
    const QUOTA: u32 = 100;
    let server = Server::start("together");
    let mut instances = Vec::new();
    for _ in 0..3 {
        instances.push(Arc::new(instance(&server.place(), QUOTA).await));
    }
    let upstream = Arc::<Upstream>::default();
    let mut visitors = JoinSet::new();
    for n in 0..200 {
        let [a, b, c] = [0, 1, 2].map(|i| Arc::clone(&instances[(n + i) % 3]));
        visitors.spawn(visit([a, b, c], Arc::clone(&upstream)));
    }
    let (mut passed, mut refused) = (0, 0);
    while let Some(visit) = visitors.join_next().await {
        match visit.unwrap() {
            Ok(()) => passed += 1,
            Err(Refusal::Exhausted { wait }) => {
                assert!(wait > Duration::ZERO);
                refused += 1;
            }
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!((passed, refused), (50, 150));
    assert_eq!(upstream.calls.load(Ordering::SeqCst), QUOTA);
    for store in &instances {
        let usage = store.status().await.unwrap().usage;
        assert_eq!((usage.spent, usage.reserved), (QUOTA, 0));
    }
}

#[tokio::test]
async fn two_instances_do_not_double_anybodys_rate() {
    let server = Server::start("rate");
    let limits = client_limit("4/minute");
    let mut stores = Vec::new();
    for _ in 0..2 {
        stores.push(instance_with(&server.place(), None, limits.clone()).await);
    }
    let mut through = 0;
    for n in 0..10 {
        through += u32::from(stores[n % 2].admit(&visitor()).await.is_ok());
    }
    assert_eq!(through, 4);
}

/// Whoever has many addresses, or asks often, takes no memory by being refused.
#[tokio::test]
async fn what_limits_remember_is_bounded() {
    let server = Server::start("windows");
    let limits = client_limit("2000/hour");
    let store = instance_with(&server.place(), Some(4), limits.clone()).await;
    let windows = || server.ask(&["EVAL", "return #redis.call('KEYS', '*:w:*')", "0"]);
    for n in 0..500 {
        let refused = store.admit(&from(n)).await.is_err();
        assert_eq!(refused, n >= 2);
    }
    assert_eq!(windows(), "2");

    // One address up to its limit: a minute of its hour is one number.
    let store = instance_with(&server.place(), None, limits).await;
    let visitor = from(777);
    while store.admit(&visitor).await.is_ok() {}
    let longest = "local longest = 0
        for _, window in ipairs(redis.call('KEYS', '*:w:*')) do
          longest = math.max(longest, redis.call('STRLEN', window))
        end
        return longest";
    let longest: u32 = server.ask(&["EVAL", longest, "0"]).parse().unwrap();
    // 61 groups of a time and a count, each of at most nine bytes.
    assert!((1..=61 * 18 + 3).contains(&longest), "{longest}");
}

/// What an operator sees in the store: names with a prefix, an expiry for each, and no captcha key or IP address.
#[tokio::test]
async fn every_key_is_prefixed_ends_some_time_and_tells_no_secret() {
    let server = Server::start("keys");
    let limits = client_limit("4/minute");
    let store = instance_with(&server.place(), Some(100), limits).await;
    let call = store.admit(&visitor()).await.unwrap();
    store
        .issue(call, Fingerprint::of("t521bp3qM7Qyk2X2"), "example.com")
        .await
        .unwrap();
    store
        .hear(Fingerprint::of("t521bp3qM7Qyk2X2"))
        .await
        .unwrap();
    let claim = store
        .claim(Fingerprint::of("t521bp3qM7Qyk2X2"), None)
        .await
        .unwrap();
    let Claim::Taken(call, _) = claim else {
        panic!("{claim:?}")
    };
    store
        .end_call(call, End::Made(Verdict::Right))
        .await
        .unwrap();
    let key = Fingerprint::of("t521bp3qM7Qyk2X2");
    store.grant(key, Fingerprint::of("a token")).await.unwrap();
    store.admit(&visitor()).await.unwrap();
    let names = server.ask(&["KEYS", "*"]);
    let names: Vec<_> = names.lines().collect();
    assert!(names.len() >= 5, "{names:?}");
    let tag = names[0].split_inclusive('}').next().unwrap();
    for name in &names {
        assert!(
            name.starts_with("{sori:") && name.starts_with(tag),
            "{name}"
        );
        let life: i64 = server.ask(&["PTTL", name]).parse().unwrap();
        assert!(life > 0, "{name} has no end of life: {life}");
    }
    let all = names.join(" ") + &server.ask(&["--raw", "HGETALL", names[0]]);
    for secret in ["t521", "192.0.2.1", "a token", "an account"] {
        assert!(!all.contains(secret), "{all}");
    }
}
