//! The program as a process: its first line of output, its log at the most verbose level, its metrics, its end.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "clippy does not take a test's helpers for tests"
)]

mod files;
mod hints;
mod killed;
mod process;
mod proxies;
mod service;
mod signals;
mod tls;

use process::{Program, client};
use serde_json::{Value, json};
use sori_backend::{
    Secret,
    clock::Clock,
    practice::{self, Call, Fault, Faults},
    ticket,
};
use std::time::Duration;

const CLIENT_ID: &str = "id-that-nobody-may-see";
const CLIENT_SECRET: &str = "secret-that-nobody-may-see";
const SITE_SECRET: &str = "site-secret-that-nobody-may-see-0123456789";
const TICKET_SECRET: &str = "ticket-secret-that-nobody-may-see-01234567";
const ANSWER: &str = "802187349";
const WRONG: &str = "112233445566";

/// A visitor that records every reply.
struct Visitor {
    http: reqwest::Client,
    base: String,
    ticket: String,
    seen: Vec<(String, String)>,
}

impl Visitor {
    async fn ask(&mut self, what: &str, request: reqwest::RequestBuilder) -> Value {
        let response = request.send().await.unwrap();
        let head = format!("{:?}", response.headers());
        let body = response.bytes().await.unwrap();
        let text = format!("{head}\n{}", String::from_utf8_lossy(&body));
        self.seen.push((what.to_owned(), text));
        serde_json::from_slice(&body).unwrap_or_default()
    }

    async fn post(&mut self, what: &str, body: &Value) -> Value {
        let request = self.http.post(format!("{}captcha/{what}", self.base));
        let request = request.header("origin", self.base.trim_end_matches('/'));
        let request = request.header("sori-ticket", &self.ticket).json(body);
        self.ask(what, request).await
    }

    async fn siteverify(&mut self, secret: &str, response: &str) -> Value {
        let body = json!({"secret": secret, "response": response});
        let request = self
            .http
            .post(format!("{}captcha/siteverify", self.base))
            .json(&body);
        self.ask("siteverify", request).await
    }

    async fn get(&mut self, what: &str) -> Value {
        let request = self.http.get(format!("{}{what}", self.base));
        self.ask(what, request).await
    }

    async fn heard_key(&mut self) -> String {
        let issued = self.post("keys", &json!({})).await;
        let key = issued["key"].as_str().unwrap().to_owned();
        self.get(&format!("captcha/audio/{key}")).await;
        key
    }
}

#[tokio::test]
async fn nothing_secret_is_logged_or_answered_at_the_most_verbose_level() {
    for format in ["text", "json"] {
        scan(format).await;
    }
}

async fn scan(format: &str) {
    let faults = Faults::default();
    let options = practice::Options {
        client_id: CLIENT_ID.into(),
        client_secret: CLIENT_SECRET.into(),
        answer: practice::Digits::parse(ANSWER).ok(),
        faults: faults.clone(),
        ..practice::Options::default()
    };
    let upstream = practice::spawn(options, ([127, 0, 0, 1], 0).into())
        .await
        .unwrap();
    let url = format!("http://{}/v1/captcha", upstream.addr);
    let state = std::env::temp_dir().join(format!("sori-scan-{format}-{}", std::process::id()));
    let mut program = Program::start(
        "serve",
        &[
            ("SORI_CLIENT_ID", CLIENT_ID),
            ("SORI_CLIENT_SECRET", CLIENT_SECRET),
            ("SORI_UPSTREAM_URL", &url),
            ("SORI_UPSTREAM_TIMEOUT", "1s"),
            ("SORI_SITEVERIFY_SECRET", SITE_SECRET),
            ("SORI_TICKET_SECRET", TICKET_SECRET),
            ("SORI_STATE_DIR", state.to_str().unwrap()),
            ("SORI_ADMIN_LISTEN", "127.0.0.1:0"),
            ("SORI_LOG", "trace"),
            ("SORI_LOG_FORMAT", format),
        ],
    )
    .await;
    let expires = Clock::system().now() + Duration::from_secs(3600);
    let ticket = ticket::sign(&Secret::new(TICKET_SECRET), "session-of-a-person", expires).unwrap();
    let http = client();
    let (base, seen) = (program.base.clone(), Vec::new());
    let mut visitor = Visitor {
        http,
        base,
        ticket: ticket.clone(),
        seen,
    };

    // The whole sequence, with right and wrong answers, in both modes.
    let inline = visitor.heard_key().await;
    let verified = visitor
        .post("verifications", &json!({"key": inline, "answer": ANSWER}))
        .await;
    let token = verified["token"].as_str().unwrap().to_owned();
    assert_eq!(
        visitor.siteverify(SITE_SECRET, &token).await["success"],
        true
    );
    let form = visitor.heard_key().await;
    let passed = visitor
        .siteverify(SITE_SECRET, &format!("{form}:{ANSWER}"))
        .await;
    assert_eq!(passed["success"], true);
    let missed = visitor.heard_key().await;
    visitor
        .post("verifications", &json!({"key": missed, "answer": WRONG}))
        .await;

    // Everything that goes wrong.
    visitor
        .siteverify(CLIENT_SECRET, &format!("{form}:{ANSWER}"))
        .await;
    visitor.siteverify(SITE_SECRET, &token).await;
    visitor
        .post("verifications", &json!({"key": form, "answer": ANSWER}))
        .await;
    visitor.get("captcha/audio/no-such-key").await;
    visitor
        .get(&format!("captcha/nowhere/{form}?answer={ANSWER}"))
        .await;
    let mut keys = vec![inline, form, missed];
    for fault in [
        Fault::SystemError,
        Fault::Unauthorised,
        Fault::Forbidden,
        Fault::InvalidKey,
        Fault::Html,
        Fault::Cut,
    ] {
        let key = visitor.heard_key().await;
        for call in [Call::Issue, Call::Audio, Call::Verify] {
            faults.set(call, fault);
        }
        visitor.post("keys", &json!({})).await;
        visitor.get(&format!("captcha/audio/{key}")).await;
        visitor
            .post("verifications", &json!({"key": key, "answer": ANSWER}))
            .await;
        for call in [Call::Issue, Call::Audio, Call::Verify] {
            faults.set(call, None);
        }
        keys.push(key);
    }
    // Calls that cannot be made: the HTTP client's errors contain the URL, with key and answer.
    let (form, inline) = (visitor.heard_key().await, visitor.heard_key().await);
    upstream.shutdown().await;
    visitor.post("keys", &json!({})).await;
    visitor.get(&format!("captcha/audio/{inline}")).await;
    visitor
        .post("verifications", &json!({"key": inline, "answer": ANSWER}))
        .await;
    visitor
        .siteverify(SITE_SECRET, &format!("{form}:{ANSWER}"))
        .await;
    keys.extend([form, inline]);
    for what in ["healthz", "readyz"] {
        visitor.get(what).await;
    }
    let metrics = visitor
        .http
        .get(format!("{}metrics", program.admin().await));
    visitor.ask("metrics", metrics).await;
    let log = program.stop().await;
    let journal = std::fs::read_to_string(state.join("journal.jsonl")).unwrap();
    std::fs::remove_dir_all(&state).unwrap();

    assert!(
        log.contains("/captcha/audio/{key}"),
        "routes are logged by their template: {log}"
    );
    assert!(
        log.contains("upstream_rejected"),
        "problems are logged: {log}"
    );
    if format == "json" {
        for line in log.lines() {
            serde_json::from_str::<Value>(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        }
    }
    let metrics = &visitor.seen.last().unwrap().1;
    for name in [
        "sori_quota_left",
        "sori_requests_total",
        "sori_upstream_calls_total",
    ] {
        assert!(metrics.contains(name), "{name}: {metrics}");
    }

    let nowhere = [
        CLIENT_ID,
        CLIENT_SECRET,
        SITE_SECRET,
        TICKET_SECRET,
        ANSWER,
        WRONG,
        &ticket,
        "session-of-a-person",
    ];
    visitor.seen.push(("log".into(), log));
    visitor.seen.push(("journal".into(), journal));
    for (what, text) in &visitor.seen {
        for secret in nowhere {
            assert!(!text.contains(secret), "{what}: {text}");
        }
        assert!(
            what == "verifications" || !text.contains(&token),
            "{what}: {text}"
        );
        for key in &keys {
            assert!(
                what == "keys" || !text.contains(key.as_str()),
                "{what}: {text}"
            );
        }
    }
}

#[tokio::test]
async fn the_emulator_is_a_server_of_its_own() {
    let program = Program::start("emulate", &[("SORI_PRACTICE_ANSWER", "12345")]).await;
    let http = client();
    let get = async |target: &str| {
        let request = http.get(format!("{}v1/captcha/{target}", program.base));
        let request = request.header("X-Naver-Client-Id", "practice-id");
        let request = request.header("X-Naver-Client-Secret", "practice-secret");
        request.send().await.unwrap().bytes().await.unwrap()
    };
    let key: Value = serde_json::from_slice(&get("skey?code=0").await).unwrap();
    let key = key["key"].as_str().unwrap();
    assert!(
        get(&format!("scaptcha?key={key}"))
            .await
            .starts_with(b"RIFF")
    );
    let verdict = get(&format!("skey?code=1&key={key}&value=12345")).await;
    assert_eq!(
        serde_json::from_slice::<Value>(&verdict).unwrap(),
        json!({"result": true})
    );
    program.stop().await;
}

#[tokio::test]
async fn practice_starts_without_any_setting_and_says_what_it_is() {
    let mut program = Program::start("serve", &[]).await;
    let printed = program.prints("SORI_SITEVERIFY_SECRET").await;
    let siteverify = format!("practice: siteverify is {}captcha/siteverify", program.base);
    assert!(printed.contains(&siteverify), "{printed}");
    let secret = printed
        .lines()
        .find_map(|line| line.strip_prefix("practice: its secret is "))
        .and_then(|line| line.split(' ').next())
        .expect("a secret");
    // The printed lines are all that a site needs.
    let mut visitor = Visitor {
        http: client(),
        base: program.base.clone(),
        ticket: String::new(),
        seen: Vec::new(),
    };
    let key = visitor.heard_key().await;
    let judged = visitor.siteverify(secret, &format!("{key}:{WRONG}")).await;
    assert_eq!(judged["error-codes"], json!(["invalid-input-response"]));
    let log = program.stop().await;
    assert!(log.contains("practice mode"), "{log}");
}

#[tokio::test]
async fn what_the_operator_must_know_is_logged_once() {
    let upstream = practice::spawn(
        practice::Options {
            client_id: CLIENT_ID.into(),
            client_secret: CLIENT_SECRET.into(),
            ..practice::Options::default()
        },
        ([127, 0, 0, 1], 0).into(),
    );
    let upstream = upstream.await.unwrap();
    let url = format!("http://{}/v1/captcha", upstream.addr);
    let origins = "https://www.example.co.kr,https://shop.example.co.kr,https://example.com";
    let program = Program::start(
        "serve",
        &[
            ("SORI_CLIENT_ID", CLIENT_ID),
            ("SORI_CLIENT_SECRET", CLIENT_SECRET),
            ("SORI_UPSTREAM_URL", &url),
            ("SORI_SITEVERIFY_SECRET", SITE_SECRET),
            ("SORI_ALLOWED_ORIGINS", origins),
            ("SORI_DAILY_QUOTA", "40"),
            ("SORI_HOURLY_SHARE", "off"),
            // Nothing listens there. If the proxy were used for loopback, no key would be issued.
            ("ALL_PROXY", "http://127.0.0.1:9"),
            ("HTTP_PROXY", "http://127.0.0.1:9"),
        ],
    )
    .await;
    let http = client();
    let mut issued = 0;
    for _ in 0..25 {
        let request = http.post(format!("{}captcha/keys", program.base));
        let request = request.header("origin", "https://www.example.co.kr");
        let request = request.header("x-forwarded-for", "192.0.2.1");
        issued += usize::from(request.send().await.unwrap().status() == 201);
    }
    assert_eq!(issued, 20);
    let log = program.stop().await;
    let once = [
        "80 % of the day's calls",
        "95 % of the day's calls",
        "X-Forwarded-For comes from an address that is not in SORI_TRUSTED_PROXIES",
        "SORI_ALLOWED_ORIGINS names more than one site",
        "without SORI_STATE_DIR a restart forgets",
    ];
    for warning in once {
        assert_eq!(log.matches(warning).count(), 1, "{warning}: {log}");
    }
    assert!(
        log.contains(r#"sites={"example.co.kr", "example.com"}"#),
        "{log}"
    );
}

/// No call is made. This only shows that a TLS client for NAVER can be set up.
#[tokio::test]
async fn with_credentials_the_backend_stands_in_front_of_naver() {
    let variables = [
        ("SORI_CLIENT_ID", CLIENT_ID),
        ("SORI_CLIENT_SECRET", CLIENT_SECRET),
        ("SORI_SITEVERIFY_SECRET", SITE_SECRET),
    ];
    let program = Program::start("serve", &variables).await;
    let health = client()
        .get(format!("{}healthz", program.base))
        .send()
        .await
        .unwrap();
    assert_eq!(health.headers().get("sori-upstream"), None);
    let log = program.stop().await;
    assert!(!log.contains("practice"), "{log}");
}
