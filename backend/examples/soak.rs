//! Ten thousand challenges on one instance, in front of an upstream that fails at random, by visitors some of
//! whom leave: `cargo xtask soak`. At the end the ledger is what the upstream has counted, no call is
//! open, and memory is where it was after the first quarter. Linux alone: it reads /proc.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a program for developers, which prints its result"
)]

use axum::{
    Router,
    extract::{RawQuery, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use rand::RngExt;
use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

const CHALLENGES: u64 = 10_000;
const VISITORS: usize = 16;
const SECRET: &str = "what the site's server sends to siteverify";

/// What the upstream has seen.
#[derive(Default)]
struct Seen {
    keys: AtomicU64,
    /// Calls that NAVER would count: issues and verifications that were not refused at the door.
    counted: AtomicU64,
    faults: AtomicU64,
}

/// One call in twenty goes wrong, in one of five ways. A burst is rarer: after each, nobody calls for a second.
async fn fault(seen: &Seen) -> Option<Response> {
    let kind = rand::rng().random_range(0..800);
    let refused = |status: u16, body: &'static str| {
        (StatusCode::from_u16(status).unwrap(), body).into_response()
    };
    let counted = || seen.counted.fetch_add(1, Ordering::Relaxed);
    let answer = match kind {
        0 => refused(
            429,
            r#"{"errorCode":"012","errorMessage":"Rate limit exceeded."}"#,
        ),
        1..=12 => {
            counted();
            refused(
                500,
                r#"{"errorCode":"CT500","errorMessage":"System error"}"#,
            )
        }
        13..=24 => {
            counted();
            refused(200, "<!doctype html><title>점검 중</title>")
        }
        25..=30 => {
            counted();
            tokio::time::sleep(Duration::from_secs(3)).await;
            refused(504, "")
        }
        31..=40 => refused(
            401,
            r#"{"errorCode":"024","errorMessage":"Scope Status Invalid"}"#,
        ),
        _ => return None,
    };
    seen.faults.fetch_add(1, Ordering::Relaxed);
    Some(answer)
}

async fn skey(State(seen): State<Arc<Seen>>, query: RawQuery) -> Response {
    if let Some(fault) = fault(&seen).await {
        return fault;
    }
    seen.counted.fetch_add(1, Ordering::Relaxed);
    let query = query.0.unwrap_or_default();
    if query.contains("code=1") {
        let right = query.contains("value=12345");
        return format!(r#"{{"result":{right}}}"#).into_response();
    }
    let key = seen.keys.fetch_add(1, Ordering::Relaxed);
    format!(r#"{{"key":"soak-key-{key}"}}"#).into_response()
}

async fn scaptcha() -> Vec<u8> {
    [b"RIFF\x40\0\0\0WAVE".to_vec(), vec![0; 50_000]].concat()
}

struct Backend {
    child: Child,
    base: String,
    admin: String,
}

impl Backend {
    fn start(upstream: &str, state: &Path) -> Self {
        let program = std::env::current_exe().unwrap();
        let program = program.parent().unwrap().with_file_name("sori-backend");
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let admin = free.local_addr().unwrap().to_string();
        drop(free);
        let mut child = Command::new(program)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env_clear()
            .env("SORI_CLIENT_ID", "soak-id")
            .env("SORI_CLIENT_SECRET", "soak-secret")
            .env("SORI_UPSTREAM_URL", upstream)
            .env("SORI_UPSTREAM_TIMEOUT", "1s")
            .env("SORI_SITEVERIFY_SECRET", SECRET)
            .env("SORI_DAILY_QUOTA", "1000000")
            .env("SORI_CLIENT_RATE", "off")
            .env("SORI_HOURLY_SHARE", "off")
            // Short lives, so that what is remembered comes to rest within the run.
            .env("SORI_KEY_RESERVE", "5s")
            .env("SORI_KEY_TTL", "10s")
            .env("SORI_STATE_DIR", state)
            .env("SORI_ADMIN_LISTEN", &admin)
            .env("SORI_LOG", "error")
            .stdout(Stdio::piped())
            .spawn()
            .expect("sori-backend is built beside this program");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let base = line.trim_end().trim_end_matches('/');
        let base = base
            .strip_prefix("ready: ")
            .expect("a line that says ready");
        Self {
            child,
            base: base.to_owned(),
            admin: format!("http://{admin}"),
        }
    }

    /// Its resident memory, in KiB.
    fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.unwrap().trim().trim_end_matches(" kB");
        number.parse().unwrap()
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

#[derive(Clone)]
struct Visitor {
    http: reqwest::Client,
    base: String,
}

impl Visitor {
    async fn post(&self, path: &str, body: &Value, patience: Duration) -> Option<Value> {
        let request = self.http.post(format!("{}/captcha/{path}", self.base));
        let request = if path == "siteverify" {
            request
        } else {
            request.header("origin", &self.base)
        };
        let answer = request.json(body).timeout(patience).send().await.ok()?;
        answer.json().await.ok()
    }

    /// One challenge, from the key to the verdict, or to where this visitor gives up.
    async fn challenge(&self, outcomes: &[AtomicU64; 3]) {
        let patience = Duration::from_secs(20);
        let key = loop {
            let issued = self.post("keys", &json!({}), patience).await;
            let issued = issued.expect("an answer within 20 s");
            if let Some(key) = issued["key"].as_str() {
                break key.to_owned();
            }
            tokio::time::sleep(Duration::from_millis(300)).await;
        };
        let (leaves, hasty, wrong) = {
            let mut rng = rand::rng();
            (
                rng.random_bool(0.05),
                rng.random_bool(0.05),
                rng.random_bool(0.2),
            )
        };
        let audio = self.http.get(format!("{}/captcha/audio/{key}", self.base));
        let heard = audio
            .send()
            .await
            .is_ok_and(|answer| answer.status() == 200);
        if leaves || !heard {
            return;
        }
        let answer = if wrong { "54321" } else { "12345" };
        let response = format!("{key}:{answer}");
        let question = json!({"secret": SECRET, "response": response, "idempotency_key": key});
        if hasty {
            let _ = self
                .post("siteverify", &question, Duration::from_millis(3))
                .await;
        }
        let verdict = self.post("siteverify", &question, patience).await;
        let verdict = verdict.expect("an answer within 20 s");
        let code = verdict["error-codes"][0].as_str().unwrap_or("passed");
        let outcome = match code {
            "passed" => 0,
            "invalid-input-response" => 1,
            "internal-error" | "timeout-or-duplicate" => 2,
            other => panic!("{other}: {verdict}"),
        };
        assert!(outcome != 0 || !wrong, "a wrong answer passed");
        outcomes[outcome].fetch_add(1, Ordering::Relaxed);
    }
}

#[tokio::main]
async fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let seen = Arc::<Seen>::default();
    let router = Router::new()
        .route("/v1/captcha/skey", get(skey))
        .route("/v1/captcha/scaptcha", get(scaptcha))
        .with_state(Arc::clone(&seen));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let upstream = format!("http://{}/v1/captcha", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let state = std::env::temp_dir().join(format!("sori-soak-{}", std::process::id()));
    let backend = Backend::start(&upstream, &state);
    let visitor = Visitor {
        http: reqwest::Client::builder().no_proxy().build().unwrap(),
        base: backend.base.clone(),
    };

    let started = Instant::now();
    let outcomes = Arc::<[AtomicU64; 3]>::default();
    let begun = Arc::new(AtomicU64::new(0));
    let mut warm = 0;
    for quarter in 1..=4 {
        let mut visitors = tokio::task::JoinSet::new();
        for _ in 0..VISITORS {
            let (visitor, outcomes, begun) =
                (visitor.clone(), Arc::clone(&outcomes), Arc::clone(&begun));
            visitors.spawn(async move {
                while begun.fetch_add(1, Ordering::Relaxed) < CHALLENGES * quarter / 4 {
                    visitor.challenge(&outcomes).await;
                }
            });
        }
        visitors.join_all().await;
        begun.store(CHALLENGES * quarter / 4, Ordering::Relaxed);
        let memory = backend.memory();
        println!(
            "{:>5} challenges, {:>3} s, {memory} KiB",
            CHALLENGES * quarter / 4,
            started.elapsed().as_secs()
        );
        if quarter == 1 {
            warm = memory;
        }
    }

    // Calls that clients left behind end, and reservations lapse.
    let quota = async || -> Value {
        let answer = visitor.http.get(format!("{}/quota", backend.admin)).send();
        answer.await.unwrap().json().await.unwrap()
    };
    let mut stands = quota().await;
    for _ in 0..60 {
        if stands["reserved"] == 0 && stands["keys"] == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        stands = quota().await;
    }
    let counted = seen.counted.load(Ordering::Relaxed);
    let memory = backend.memory();
    let [passed, wrong, failed] = [0, 1, 2].map(|n: usize| outcomes[n].load(Ordering::Relaxed));
    println!(
        "{passed} passed, {wrong} wrong, {failed} could not be judged; {} faults",
        seen.faults.load(Ordering::Relaxed)
    );
    println!("the upstream has counted {counted} calls; the ledger: {stands}");
    println!("{warm} KiB after the first quarter, {memory} KiB at the end");
    let journal = fs::metadata(state.join("journal.jsonl")).map_or(0, |file| file.len());
    println!("the journal has {journal} bytes");
    drop(backend);
    let _ = fs::remove_dir_all(&state);
    assert_eq!(stands["spent"], counted, "the ledger is exact");
    assert_eq!(
        (&stands["reserved"], &stands["keys"]),
        (&json!(0), &json!(0))
    );
    assert!(passed + wrong + failed >= CHALLENGES * 8 / 10);
    assert!(memory <= warm + warm / 4, "memory is flat");
    assert!(journal < 4 << 20, "the journal is shortened");
}
