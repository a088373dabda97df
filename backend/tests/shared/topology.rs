//! The ways in which operators run a Redis: behind sentinels, as a cluster, over TLS with a user of its own.

use crate::{
    program::{Instance, folder, upstream},
    relay::Relay,
    server::{Server, free_port, instance, place},
};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use serde_json::json;
use sori_backend::{
    book::{End, Verdict},
    limit::Visitor,
    secret::Fingerprint,
    store::{Claim, Redis, Refusal, Store as _, redis::Place},
};
use std::{
    fs,
    net::TcpListener,
    path::Path,
    time::{Duration, Instant},
};

fn visitor() -> Visitor {
    Visitor {
        address: [192, 0, 2, 1].into(),
        session: None,
    }
}

fn at(address: &str) -> Place {
    Place {
        address: address.parse().unwrap(),
        ..place(1)
    }
}

/// From a new key to the accepted token, as fast as an instance can.
async fn challenge(store: &Redis, name: &str) {
    let (key, token) = (
        Fingerprint::of(name),
        Fingerprint::of(&format!("of {name}")),
    );
    let call = store.admit(&visitor()).await.unwrap();
    store.issue(call, key, "example.com").await.unwrap();
    store.admit_audio(key).await.unwrap();
    store.hear(key).await.unwrap();
    let Claim::Taken(call, _) = store.claim(key, None).await.unwrap() else {
        panic!("the key is free");
    };
    store
        .end_call(call, End::Made(Verdict::Right))
        .await
        .unwrap();
    store.grant(key, token).await.unwrap();
    store.redeem(token, None).await.unwrap();
}

/// Waits until the store works again.
async fn healed(store: &Redis) {
    let started = Instant::now();
    while store.status().await.is_err() {
        let trouble = store.trouble().await;
        assert!(started.elapsed() < Duration::from_secs(30), "{trouble:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Sends the command until the reply contains `expected`.
async fn until(server: &Server, command: &[&str], expected: &str) {
    let started = Instant::now();
    loop {
        let answer = server.ask(command);
        if answer.contains(expected) {
            return;
        }
        assert!(started.elapsed() < Duration::from_secs(30), "{answer}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Waits until the replica has everything. (`WAIT` is about the writes of the connection that sends it.)
async fn replicated(from: &Server, to: &Server) {
    let started = Instant::now();
    while from.contents() != to.contents() {
        assert!(started.elapsed() < Duration::from_secs(30));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn behind_sentinels_the_count_goes_on_at_the_server_that_took_over() {
    let mut first = Server::start("sentinel-first");
    let master = first.port.to_string();
    let second = Server::with(
        "sentinel-second",
        &["--save", "", "--replicaof", "127.0.0.1", &master],
    );
    let watch = format!(
        "sentinel monitor main 127.0.0.1 {master} 1\n\
         sentinel down-after-milliseconds main 500\n\
         sentinel failover-timeout main 3000\n"
    );
    let sentinel = Server::sentinel("sentinel", &watch);
    until(&first, &["INFO", "replication"], "state=online").await;
    let port = second.port.to_string();
    until(&sentinel, &["SENTINEL", "replicas", "main"], &port).await;

    // The first of the sentinels is down, as can happen.
    let address = format!(
        "redis+sentinel://127.0.0.1:{},127.0.0.1:{}/main",
        free_port(),
        sentinel.port
    );
    let store = instance(&at(&address), 10).await;
    challenge(&store, "before").await;
    replicated(&first, &second).await;
    first.kill();
    assert!(store.status().await.is_err());
    healed(&store).await;
    assert_eq!(store.status().await.unwrap().usage.spent, 2);
    challenge(&store, "after").await;
    assert_eq!(store.status().await.unwrap().usage.spent, 4);
    assert!(second.ask(&["INFO", "replication"]).contains("role:master"));
}

/// Redis acknowledges a write before its replica has it. The calls whose writes are lost were made all the same, and the
/// margin covers them.
#[tokio::test]
async fn writes_that_a_failover_loses_overspend_no_more_than_the_margin() {
    const QUOTA: u32 = 10;
    const MARGIN: u32 = 4;
    let mut first = Server::start("lost-first");
    let master = first.port.to_string();
    let second = Server::with(
        "lost-second",
        &["--save", "", "--replicaof", "127.0.0.1", &master],
    );
    until(&first, &["INFO", "replication"], "state=online").await;
    let relay = Relay::to(first.port).await;
    let store = instance(&place(relay.port), QUOTA - MARGIN).await;
    challenge(&store, "kept").await;
    replicated(&first, &second).await;

    // From here on the replica receives no writes.
    second.ask(&["REPLICAOF", "NO", "ONE"]);
    challenge(&store, "lost").await;
    let call = store.admit(&visitor()).await.unwrap();
    let lost = Fingerprint::of("a lost key");
    store.issue(call, lost, "example.com").await.unwrap();
    store.hear(lost).await.unwrap();
    let mut calls = 5;
    relay.redirect(second.port);
    // So that only the second server can answer from here on.
    first.kill();
    healed(&store).await;
    assert_eq!(store.status().await.unwrap().usage.spent, 2);

    // The new server does not know this key, so the upstream is not asked about it.
    let claim = store.claim(lost, None).await;
    assert!(matches!(claim, Err(Refusal::Key(_))), "{claim:?}");
    while store.admit(&visitor()).await.is_ok() {
        calls += 2;
    }
    assert!(calls > QUOTA - MARGIN, "nothing was lost");
    assert!(calls <= QUOTA, "{calls}");
}

/// Lets a replica replace its master. The nodes vote on it. If a vote does not succeed within five seconds, it is
/// given up, and this starts another.
async fn take_over(replica: &Server) {
    let started = Instant::now();
    let mut asked: Option<Instant> = None;
    while !replica.ask(&["ROLE"]).starts_with("master") {
        assert!(started.elapsed() < Duration::from_secs(60));
        if asked.is_none_or(|at| at.elapsed() > Duration::from_secs(6)) {
            asked = Some(Instant::now());
            assert_eq!(replica.ask(&["CLUSTER", "FAILOVER"]), "OK");
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A free port whose neighbouring port, for the cluster's own messages, is free too.
fn cluster_port() -> u16 {
    loop {
        let port = free_port();
        if let Some(bus) = port.checked_add(10_000)
            && TcpListener::bind(("127.0.0.1", bus)).is_ok()
        {
            return port;
        }
    }
}

#[tokio::test]
async fn in_a_cluster_all_is_in_one_slot_and_a_failover_is_followed() {
    let node = |name: &str| {
        let extra = [
            "--cluster-enabled",
            "yes",
            "--save",
            "",
            "--cluster-node-timeout",
            "2000",
        ];
        Server::at(cluster_port(), &format!("cluster-{name}"), None, &extra)
    };
    let nodes = [node("a"), node("b"), node("c")];
    let spare = node("d");
    let hosts: Vec<_> = nodes
        .iter()
        .map(|n| format!("127.0.0.1:{}", n.port))
        .collect();
    let mut create = vec!["--cluster", "create"];
    create.extend(hosts.iter().map(String::as_str));
    create.push("--cluster-yes");
    nodes[0].ask(&create);
    for node in &nodes {
        until(node, &["CLUSTER", "INFO"], "cluster_state:ok").await;
    }

    let address = format!("redis+cluster://{}", hosts.join(","));
    let store = instance(&at(&address), 100).await;
    challenge(&store, "before").await;
    let holds: Vec<_> = nodes
        .iter()
        .filter(|node| node.ask(&["DBSIZE"]) != "0")
        .collect();
    assert_eq!(holds.len(), 1, "one slot holds all");

    // A replica of that node takes over, as in an update of the servers.
    let id = holds[0].ask(&["CLUSTER", "MYID"]);
    spare.ask(&["CLUSTER", "MEET", "127.0.0.1", &holds[0].port.to_string()]);
    until(&spare, &["CLUSTER", "NODES"], &id).await;
    until(&spare, &["CLUSTER", "REPLICATE", &id], "OK").await;
    until(holds[0], &["INFO", "replication"], "state=online").await;
    take_over(&spare).await;
    healed(&store).await;
    challenge(&store, "after").await;
    assert_eq!(store.status().await.unwrap().usage.spent, 4);
    assert_eq!(holds[0].ask(&["ROLE"]).lines().next(), Some("slave"));

    // A node that evicts is refused.
    spare.ask(&["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"]);
    let policy = crate::server::policy(None);
    let limits = crate::server::no_limits();
    let opened = Redis::open(&at(&address), policy, limits, Duration::ZERO).await;
    assert!(opened.unwrap_err().to_string().contains("allkeys-lru"));
}

/// A key, its certificate for `localhost`, and the authority that signed it, as files.
fn certificate(folder: &Path) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = params.self_signed(&key).unwrap();
    let issuer = Issuer::new(params, key);
    let own = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = certificate.signed_by(&own, &issuer).unwrap();
    for (name, text) in [
        ("authority.pem", authority.pem()),
        ("certificate.pem", certificate.pem()),
        ("key.pem", own.serialize_pem()),
    ] {
        fs::write(folder.join(name), text).unwrap();
    }
}

/// The user from the documentation: it may do what the backend does, and nothing else.
fn documented_user() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../www/snippets/store-user.txt");
    let text = fs::read_to_string(path).unwrap();
    let words = text.split_whitespace().map(str::to_owned).collect();
    assert!(text.starts_with("ACL SETUSER sori on >PASSWORD "), "{text}");
    words
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_tls_with_a_user_that_may_do_no_more_than_it_needs() {
    let (folder, upstream) = (folder("tls"), upstream().await);
    certificate(&folder);
    let file = |name: &str| folder.join(name).display().to_string();
    let tls = free_port();
    let server = Server::with(
        "tls",
        &[
            "--tls-port",
            &tls.to_string(),
            "--tls-cert-file",
            &file("certificate.pem"),
            "--tls-key-file",
            &file("key.pem"),
            "--tls-ca-cert-file",
            &file("authority.pem"),
            "--tls-auth-clients",
            "no",
        ],
    );
    let user = documented_user();
    let user: Vec<_> = user.iter().map(String::as_str).collect();
    assert_eq!(server.ask(&user), "OK");
    server.ask(&["ACL", "SETUSER", "default", "off"]);

    let store = format!("rediss://sori:PASSWORD@localhost:{tls}");
    let authority = folder.join("authority.pem");
    let trusting = [("SSL_CERT_FILE", authority.as_path())];
    let one = Instance::start_with(&folder, &store, &upstream, &trusting);
    one.ready(200).await;
    let (status, issued) = one.post("/captcha/keys", json!({})).await;
    assert_eq!(status, 201, "{issued}");
    let key = issued["key"].as_str().unwrap().to_owned();
    assert_eq!(one.get(&format!("/captcha/audio/{key}")).await, 200);
    let answer = json!({"key": key, "answer": "12345"});
    let (_, verified) = one.post("/captcha/verifications", answer).await;
    assert_eq!(verified["verified"], true, "{verified}");
    let log = one.end();
    assert!(log.contains("the book is shared"), "{log}");
    assert!(
        !log.contains("PASSWORD") && !log.contains("cannot be read"),
        "{log}"
    );

    // A certificate that nobody trusted has signed is refused.
    let two = Instance::start_with(&folder, &store, &upstream, &[]);
    two.ready(503).await;
    let log = two.end();
    assert!(
        log.contains("the store is away") && log.contains("certificate"),
        "{log}"
    );
}
