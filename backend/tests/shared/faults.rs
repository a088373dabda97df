//! The server fails in each of the ways in which servers fail. The store must report it, must not exceed the quota,
//! and must recover without a restart.

use crate::{
    relay::Relay,
    server::{Server, instance, no_limits, place, policy},
};
use sori_backend::{
    book::{End, Verdict},
    limit::Visitor,
    secret::Fingerprint,
    store::{Claim, Redis, Refusal, Store as _, Unavailable, redis::StoreError},
};
use std::time::{Duration, Instant};

fn visitor() -> Visitor {
    Visitor {
        address: [192, 0, 2, 1].into(),
        session: None,
    }
}

async fn spent(store: &Redis) -> Result<u32, Unavailable> {
    store.status().await.map(|status| status.usage.spent)
}

/// Asserts that nothing is admitted, that the error comes in time, and that `/readyz` knows.
async fn assert_away(store: &Redis) {
    let started = Instant::now();
    let refused = store.admit(&visitor()).await;
    assert!(
        matches!(refused, Err(Refusal::Unavailable(_))),
        "{refused:?}"
    );
    assert!(started.elapsed() < Duration::from_secs(5));
    let why = store.trouble().await.expect("readiness knows");
    assert!(!why.is_empty());
}

/// Waits until the store works again, as the regular work of a running instance would notice it.
async fn healed(store: &Redis) -> Duration {
    let started = Instant::now();
    while store.status().await.is_err() {
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "{:?}",
            store.trouble().await
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(store.trouble().await, None);
    started.elapsed()
}

#[tokio::test]
async fn a_server_that_was_killed_and_restarted_has_lost_no_count() {
    let mut server = Server::with(
        "killed",
        &["--appendonly", "yes", "--appendfsync", "always"],
    );
    let store = instance(&server.place(), 10).await;
    store.admit(&visitor()).await.unwrap();
    server.kill();
    assert_away(&store).await;
    assert_away(&store).await;
    server.begin();
    let healing = healed(&store).await;
    println!("healed {healing:?} after the restart");
    assert_eq!(spent(&store).await.unwrap(), 1);
    store.admit(&visitor()).await.unwrap();
}

#[tokio::test]
async fn a_server_that_restarts_empty_is_told_what_was_spent() {
    let mut server = Server::start("empty");
    let one = instance(&server.place(), 10).await;
    let two = instance(&server.place(), 10).await;
    for _ in 0..3 {
        let call = one.admit(&visitor()).await.unwrap();
        one.end_call(call, End::Made(Verdict::Lost)).await.unwrap();
    }
    assert_eq!(spent(&two).await.unwrap(), 3);
    for round in 0..2 {
        server.kill();
        server.begin();
        healed(&two).await;
        healed(&one).await;
        for store in [&one, &two] {
            assert_eq!(spent(store).await.unwrap(), 3, "round {round}");
        }
    }
}

#[tokio::test]
async fn a_server_that_stands_still_is_told_in_time_and_carries_out_nothing_late() {
    let server = Server::start("stopped");
    let store = instance(&server.place(), 10).await;
    store.admit(&visitor()).await.unwrap();
    server.signal("-STOP");
    for _ in 0..4 {
        assert_away(&store).await;
    }
    server.signal("-CONT");
    let healing = healed(&store).await;
    println!("healed {healing:?} after it went on");
    assert_eq!(
        spent(&store).await.unwrap(),
        1,
        "a step that was given up was carried out"
    );
}

#[tokio::test]
async fn a_server_out_of_memory_refuses_a_step_whole() {
    let server = Server::start("memory");
    let store = instance(&server.place(), 100).await;
    let call = store.admit(&visitor()).await.unwrap();
    let key = Fingerprint::of("a key");
    store.issue(call, key, "example.com").await.unwrap();
    store.hear(key).await.unwrap();
    let before = server.contents();
    server.ask(&["CONFIG", "SET", "maxmemory", "1"]);
    assert_away(&store).await;
    let claim = store.claim(key, None).await;
    assert!(matches!(claim, Err(Refusal::Unavailable(_))), "{claim:?}");
    assert_eq!(server.contents(), before, "a part of a step took effect");
    server.ask(&["CONFIG", "SET", "maxmemory", "0"]);
    healed(&store).await;
    let claim = store.claim(key, None).await.unwrap();
    assert!(matches!(claim, Claim::Taken(..)));
}

#[tokio::test]
async fn forgotten_scripts_are_loaded_again_and_nobody_notices() {
    let server = Server::start("scripts");
    let store = instance(&server.place(), 10).await;
    store.admit(&visitor()).await.unwrap();
    server.ask(&["SCRIPT", "FLUSH"]);
    store.admit(&visitor()).await.unwrap();
    assert_eq!(store.trouble().await, None);
    assert_eq!(spent(&store).await.unwrap(), 2);
}

#[tokio::test]
async fn a_network_that_breaks_is_told_and_heals() {
    let server = Server::start("network");
    let relay = Relay::to(server.port).await;
    let store = instance(&place(relay.port), 10).await;
    store.admit(&visitor()).await.unwrap();
    for _ in 0..3 {
        relay.cut();
        assert_away(&store).await;
        relay.mend();
        healed(&store).await;
    }
    assert_eq!(spent(&store).await.unwrap(), 1);
    store.admit(&visitor()).await.unwrap();
}

#[tokio::test]
async fn a_server_that_became_a_replica_is_left_for_the_new_one() {
    let old = Server::start("old");
    let new = Server::start("new");
    let store = instance(&old.place(), 10).await;
    store.admit(&visitor()).await.unwrap();
    old.ask(&["REPLICAOF", "127.0.0.1", &new.port.to_string()]);
    let refused = store.admit(&visitor()).await;
    assert!(
        matches!(refused, Err(Refusal::Unavailable(_))),
        "{refused:?}"
    );
    assert!(store.trouble().await.is_some());
    // The same name now points to a server that accepts writes.
    old.ask(&["REPLICAOF", "NO", "ONE"]);
    healed(&store).await;
    store.admit(&visitor()).await.unwrap();
}

#[tokio::test]
async fn a_call_whose_instance_is_gone_is_over_after_a_while_and_counts() {
    let server = Server::start("gone");
    let manual =
        sori_backend::clock::Manual::at(sori_backend::clock::Moment::from_secs(1_795_230_000));
    let open = async || {
        let (place, clock) = (server.place(), manual.clock());
        let life = Duration::from_secs(76);
        let store = Redis::open_at(&place, policy(Some(10)), no_limits(), clock, life);
        store.await.unwrap()
    };
    let gone = open().await;
    let call = gone.admit(&visitor()).await.unwrap();
    let key = Fingerprint::of("a key");
    gone.issue(call, key, "example.com").await.unwrap();
    gone.hear(key).await.unwrap();
    let request = Some(Fingerprint::of("a request"));
    assert!(matches!(
        gone.claim(key, request).await.unwrap(),
        Claim::Taken(..)
    ));
    gone.admit(&visitor()).await.unwrap();
    drop(gone);
    let other = open().await;
    assert!(matches!(
        other.claim(key, request).await.unwrap(),
        Claim::UnderWay
    ));
    manual.advance(Duration::from_secs(120));
    let judged = other.claim(key, request).await.unwrap();
    assert!(
        matches!(judged, Claim::Judged(Verdict::Lost, _)),
        "{judged:?}"
    );
    let usage = other.status().await.unwrap().usage;
    assert_eq!((usage.spent, usage.reserved), (3, 0));
}

#[tokio::test]
async fn a_server_that_throws_keys_away_is_refused_at_the_start() {
    let server = Server::start("evicts");
    server.ask(&["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"]);
    let timeout = Duration::from_secs(8);
    let opened = Redis::open(&server.place(), policy(Some(10)), no_limits(), timeout).await;
    let error = opened.unwrap_err();
    assert!(matches!(error, StoreError::Evicts(_)));
    assert!(error.to_string().contains("allkeys-lru") && error.to_string().contains("noeviction"));
}

#[tokio::test]
async fn user_and_password_are_needed_where_the_server_asks_for_them() {
    let user = "--user sori on >hush ~{sori:* +@all -@dangerous +info --user default off --save";
    let mut arguments: Vec<_> = user.split(' ').collect();
    arguments.push("");
    let server = Server::with("acl", &arguments);
    let at = |login: &str| {
        let mut place = server.place();
        place.address = format!("redis://{login}127.0.0.1:{}", server.port)
            .parse()
            .unwrap();
        place
    };
    let timeout = Duration::from_secs(8);
    for login in ["", "sori:wrong@", ":hush@"] {
        let opened = Redis::open(&at(login), policy(Some(10)), no_limits(), timeout).await;
        let error = opened.unwrap_err();
        assert!(matches!(error, StoreError::Refused(_)), "{error}");
        assert!(!error.to_string().contains("hush"), "{error}");
    }
    let store = instance(&at("sori:hush@"), 10).await;
    store.admit(&visitor()).await.unwrap();
    assert_eq!(store.trouble().await, None);
}

#[tokio::test]
async fn an_instance_starts_before_its_store_and_uses_it_once_it_is_there() {
    let mut server = Server::start("late");
    server.kill();
    let store = instance(&server.place(), 10).await;
    assert_away(&store).await;
    server.begin();
    healed(&store).await;
    store.admit(&visitor()).await.unwrap();
}
