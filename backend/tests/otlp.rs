//! Traces, as an OpenTelemetry collector gets them. `cargo test -p sori-backend --features otlp --test otlp`
#![allow(
    clippy::unwrap_used,
    reason = "clippy does not take a test's helpers for tests"
)]

use axum::{Router, body::Bytes, extract::State, routing::post};
use serde_json::{Value, json};
use std::{
    process::Stdio,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    process::{Child, Command},
    time::timeout,
};

const SOON: Duration = Duration::from_secs(30);
const SITE_SECRET: &str = "the site's own secret: 32 bytes or more";
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

/// The bodies of all exports. In protobuf, texts appear unchanged, and ids as their bytes.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<u8>>>);

impl Collector {
    async fn start(&self) -> String {
        let take = |State(Self(taken)): State<Self>, body: Bytes| async move {
            taken.lock().unwrap().extend(&body);
        };
        let router = Router::new()
            .route("/v1/traces", post(take))
            .with_state(self.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}/")
    }

    fn holds(&self, part: &[u8]) -> bool {
        let taken = self.0.lock().unwrap();
        taken.windows(part.len()).any(|window| window == part)
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    let pair = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(pair).collect()
}

async fn start(collector: &str, log: &str) -> (Child, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_sori-backend"))
        .args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--practice-answer",
            "12345",
        ])
        .args(["--otlp-endpoint", collector, "--log", log])
        .env_clear()
        .env("SORI_SITEVERIFY_SECRET", SITE_SECRET)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    timeout(SOON, out.read_line(&mut line))
        .await
        .unwrap()
        .unwrap();
    let base = line.trim().strip_prefix("ready: ").unwrap();
    (child, base.trim_end_matches('/').to_owned())
}

/// Ends the program; its whole log.
async fn stop(mut child: Child) -> String {
    let id = child.id().unwrap().to_string();
    let kill = Command::new("kill").args(["-INT", &id]).status().await;
    assert!(kill.unwrap().success());
    let mut log = String::new();
    let mut stderr = child.stderr.take().unwrap();
    let ended = timeout(SOON, async {
        stderr.read_to_string(&mut log).await.unwrap();
        child.wait().await.unwrap()
    });
    assert!(ended.await.expect("an end").success(), "{log}");
    log
}

async fn ask(http: &reqwest::Client, base: &str, path: &str, body: Value) -> Value {
    let request = http
        .post(format!("{base}/captcha/{path}"))
        .header("traceparent", format!("00-{TRACE}-{CALLER}-01"));
    let request = if path == "siteverify" {
        request
    } else {
        request.header("origin", base)
    };
    let answer = request.json(&body).send().await.unwrap();
    answer.json().await.unwrap()
}

fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

#[tokio::test]
async fn a_challenge_is_traced_from_the_page_to_the_upstream_and_tells_no_secret() {
    let collector = Collector::default();
    let address = collector.start().await;
    // This does not depend on the log level.
    let (child, base) = start(&address, "error").await;
    let http = client();
    let issued = ask(&http, &base, "keys", json!({})).await;
    let key = issued["key"].as_str().unwrap();
    let audio = http.get(format!("{base}/captcha/audio/{key}"));
    assert_eq!(audio.send().await.unwrap().status(), 200);
    let answer = json!({"key": key, "answer": "12345"});
    let verified = ask(&http, &base, "verifications", answer).await;
    let token = verified["token"].as_str().unwrap();
    let question = json!({"secret": SITE_SECRET, "response": token});
    let passed = ask(&http, &base, "siteverify", question).await;
    assert_eq!(passed["success"], true, "{passed}");
    let log = stop(child).await;

    for named in [
        "sori-backend",
        "service.version",
        "POST /captcha/keys",
        "GET /captcha/audio/{key}",
        "POST /captcha/verifications",
        "POST /captcha/siteverify",
        "http.route",
        "http.response.status_code",
        "upstream issue",
        "upstream audio",
        "upstream verify",
    ] {
        assert!(collector.holds(named.as_bytes()), "{named}");
    }
    assert!(collector.holds(&bytes(TRACE)), "the caller's trace goes on");
    assert!(collector.holds(&bytes(CALLER)), "below the caller's span");
    for secret in [key, token, SITE_SECRET, "12345", "practice-secret"] {
        assert!(!collector.holds(secret.as_bytes()), "{secret}");
    }
    assert_eq!(log, "", "the log has spans of its own");
}

#[tokio::test]
async fn a_collector_that_is_away_costs_nobody_an_answer() {
    // It has an address, and does not listen.
    let nobody = tokio::net::TcpSocket::new_v4().unwrap();
    nobody.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let address = format!("http://{}", nobody.local_addr().unwrap());
    let (child, base) = start(&address, "info").await;
    let issued = ask(&client(), &base, "keys", json!({})).await;
    assert!(issued["key"].is_string(), "{issued}");
    let log = stop(child).await;
    assert!(
        log.contains("traces were not sent") || log.contains("xport"),
        "{log}"
    );
    assert!(log.contains(TRACE), "the log still names the trace");
}
