//! What an operator sees: NAVER's reasons in the log, a day without calls left, a full disk. The program runs as a
//! process, in front of an upstream that replies as a test tells it.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "clippy does not take a test's helpers for tests"
)]

use axum::{Router, http::StatusCode, routing::get};
use serde_json::{Value, json};
use std::{
    path::PathBuf,
    process::Stdio,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    process::{Child, Command},
    time::timeout,
};

const CLIENT_ID: &str = "id-that-nobody-may-see";
const CLIENT_SECRET: &str = "secret-that-nobody-may-see";
const SITE_SECRET: &str = "site-secret-that-nobody-may-see-0123456789";
const BINARY: &str = env!("CARGO_BIN_EXE_sori-backend");

/// The next replies of the upstream: status and body. When there are none left, it replies as documented.
type Answers = Arc<Mutex<Vec<(u16, String)>>>;

async fn upstream(answers: &Answers) -> String {
    let answers = Arc::clone(answers);
    let keys = Arc::new(Mutex::new(0));
    let skey = move |query: axum::extract::RawQuery| {
        let (answers, keys) = (Arc::clone(&answers), Arc::clone(&keys));
        async move {
            let mut answers = answers.lock().unwrap();
            if !answers.is_empty() {
                let (status, body) = answers.remove(0);
                return (StatusCode::from_u16(status).unwrap(), body);
            }
            if query.0.unwrap().contains("code=1") {
                return (StatusCode::OK, r#"{"result":true}"#.into());
            }
            let mut keys = keys.lock().unwrap();
            *keys += 1;
            (
                StatusCode::OK,
                format!(r#"{{"key":"operator-key-{keys}"}}"#),
            )
        }
    };
    let audio = || async { [b"RIFF\x40\0\0\0WAVE".to_vec(), vec![0; 60]].concat() };
    let router = Router::new()
        .route("/v1/captcha/skey", get(skey))
        .route("/v1/captcha/scaptcha", get(audio));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    format!("http://{address}/v1/captcha")
}

struct Program {
    child: Child,
    base: String,
    http: reqwest::Client,
}

impl Program {
    async fn start(upstream: &str, variables: &[(&str, &str)]) -> Self {
        // The signal is ignored, so writing to a file that may not grow gives an error and does not end the program.
        let mut child = Command::new("sh")
            .args([
                "-c",
                r#"trap "" XFSZ; exec "$0" serve --listen 127.0.0.1:0"#,
                BINARY,
            ])
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("SORI_CLIENT_ID", CLIENT_ID)
            .env("SORI_CLIENT_SECRET", CLIENT_SECRET)
            .env("SORI_UPSTREAM_URL", upstream)
            .env("SORI_SITEVERIFY_SECRET", SITE_SECRET)
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        let read = timeout(Duration::from_secs(60), out.read_line(&mut line));
        read.await.expect("a first line").unwrap();
        let base = line.trim_end().strip_prefix("ready: ").expect("ready");
        let base = base.to_owned();
        child.stdout = Some(out.into_inner());
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { child, base, http }
    }

    fn id(&self) -> String {
        self.child.id().unwrap().to_string()
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let request = self.http.post(format!("{}captcha/{path}", self.base));
        let request = request.header("origin", self.base.trim_end_matches('/'));
        let answer = request.json(body).send().await.unwrap();
        answer.json().await.unwrap()
    }

    async fn heard_key(&self) -> String {
        let issued = self.post("keys", &json!({})).await;
        let key = issued["key"].as_str().unwrap_or_else(|| panic!("{issued}"));
        let audio = self.http.get(format!("{}captcha/audio/{key}", self.base));
        assert_eq!(audio.send().await.unwrap().status(), 200);
        key.to_owned()
    }

    async fn ready(&self) -> (u16, String) {
        let ready = self
            .http
            .get(format!("{}readyz", self.base))
            .send()
            .await
            .unwrap();
        (ready.status().as_u16(), ready.text().await.unwrap())
    }

    async fn until_ready(&self, status: u16) -> String {
        let wait = async {
            loop {
                let (found, why) = self.ready().await;
                if found == status {
                    return why;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let waited = timeout(Duration::from_secs(60), wait).await;
        waited.unwrap_or_else(|_| panic!("readyz never says {status}"))
    }

    /// Ends the program by SIGTERM; everything it has logged.
    async fn stop(mut self) -> String {
        run("kill", &["-TERM", &self.id()]).await;
        let mut log = String::new();
        let mut err = self.child.stderr.take().unwrap();
        let ended = async {
            err.read_to_string(&mut log).await.unwrap();
            self.child.wait().await.unwrap();
        };
        timeout(Duration::from_secs(60), ended)
            .await
            .expect("the program ends");
        log
    }
}

async fn run(program: &str, arguments: &[&str]) {
    let status = Command::new(program)
        .args(arguments)
        .status()
        .await
        .unwrap();
    assert!(status.success(), "{program} {arguments:?}");
}

#[tokio::test]
async fn naver_s_reason_and_the_cure_are_in_the_log_and_nothing_is_spent() {
    let table = [
        (
            "NID AUTH Result Invalid (1000) : Authentication failed.",
            "SORI_CLIENT_SECRET is wrong",
        ),
        ("NID AUTH Result Invalid (2)", "do not belong together"),
        (
            "Not Exist Client ID : Authentication failed.",
            "SORI_CLIENT_ID is wrong",
        ),
        (
            "Scope Status Invalid : Authentication failed.",
            "캡차(음성)",
        ),
    ];
    let answers = Answers::default();
    for (message, _) in table {
        let body = json!({"errorMessage": message, "errorCode": "024"});
        answers.lock().unwrap().push((401, body.to_string()));
    }
    let echo = json!({"errorMessage": format!("{CLIENT_SECRET}\u{1b}[2J\nforged line {}", "x".repeat(5000)), "errorCode": "024"});
    answers.lock().unwrap().push((401, echo.to_string()));
    let withdrawn = json!({"errorMessage": "Invalid search api", "errorCode": "SE05"});
    answers.lock().unwrap().push((404, withdrawn.to_string()));
    let upstream = upstream(&answers).await;
    // The quota of two challenges would be used up by six refusals, if they counted.
    let program = Program::start(
        &upstream,
        &[("SORI_DAILY_QUOTA", "4"), ("SORI_HOURLY_SHARE", "off")],
    )
    .await;
    for _ in 0..6 {
        let refused = program.post("keys", &json!({})).await;
        assert_eq!(refused["code"], "upstream_rejected", "{refused}");
        assert!(!refused.to_string().contains("024"), "{refused}");
    }
    let key = program.heard_key().await;
    let answer = json!({"key": key, "answer": "12345"});
    assert_eq!(
        program.post("verifications", &answer).await["verified"],
        true
    );
    let log = program.stop().await;
    for (message, cure) in table {
        let line = log.lines().find(|line| line.contains(message));
        let line = line.unwrap_or_else(|| panic!("{message}: {log}"));
        assert!(line.contains(cure), "{line}");
    }
    assert!(log.contains("SE05") && log.contains("apistatus"), "{log}");
    assert!(!log.contains(CLIENT_SECRET) && !log.contains(&key), "{log}");
    assert!(
        !log.contains("\nforged line") && !log.contains("\u{1b}[2J"),
        "{log}"
    );
    assert!(log.lines().all(|line| line.chars().count() < 1000));
}

#[tokio::test]
async fn an_operator_sees_how_the_day_stands_and_opens_it() {
    let answers = Answers::default();
    let spent = json!({"errorMessage": "Query limit exceeded", "errorCode": "010"});
    answers.lock().unwrap().push((429, spent.to_string()));
    let upstream = upstream(&answers).await;
    // Other tests use 127.0.0.1, so none of them takes the port in between.
    let free = std::net::TcpListener::bind("127.0.0.5:0").unwrap();
    let admin = free.local_addr().unwrap().to_string();
    drop(free);
    let program = Program::start(&upstream, &[("SORI_ADMIN_LISTEN", &admin)]).await;
    let quota = async |act: &str| {
        let output = Command::new(BINARY)
            .args(["quota", act])
            .env_clear()
            .env("SORI_ADMIN_LISTEN", &admin)
            .output()
            .await
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(said).unwrap())
    };
    assert_eq!(
        program.post("keys", &json!({})).await["code"],
        "quota_exceeded"
    );
    let (good, shown) = quota("show").await;
    assert!(good && shown.contains("closed    until"), "{shown}");
    let (good, opened) = quota("open").await;
    assert!(good && opened.contains("closed    no"), "{opened}");
    program.heard_key().await;
    let (_, shown) = quota("show").await;
    assert!(
        shown.contains("spent     1") && shown.contains("reserved  1"),
        "{shown}"
    );
    program.stop().await;
    let (good, gone) = quota("show").await;
    assert!(!good && gone.contains("no backend answers"), "{gone}");
}

/// A directory of its own, removed at the end.
struct Dir(PathBuf);

impl Dir {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("sori-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Sets how long the program's files may become.
#[cfg(target_os = "linux")]
async fn room(program: &Program, bytes: Option<u64>) {
    let limit = bytes.map_or("unlimited".into(), |bytes| bytes.to_string());
    run(
        "prlimit",
        &[
            "--pid",
            &program.id(),
            &format!("--fsize={limit}:unlimited"),
        ],
    )
    .await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_is_said_everywhere_heals_and_costs_no_key() {
    let dir = Dir::new("full");
    let upstream = upstream(&Answers::default()).await;
    let state = dir.0.to_str().unwrap();
    let variables = [
        ("SORI_STATE_DIR", state),
        ("SORI_HOURLY_SHARE", "off"),
        ("SORI_CLIENT_RATE", "off"),
    ];
    let program = Program::start(&upstream, &variables).await;
    let key = program.heard_key().await;
    let answer = json!({"key": key, "answer": "12345"});
    program.until_ready(200).await;

    room(&program, Some(0)).await;
    assert_eq!(
        program.post("keys", &json!({})).await["code"],
        "store_unavailable"
    );
    assert_eq!(
        program.post("verifications", &answer).await["code"],
        "store_unavailable"
    );
    let why = program.until_ready(503).await;
    assert!(why.contains("the journal cannot be written"), "{why}");
    // Failed attempts to write the journal again leave no files behind that would keep the disk full.
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert!(!dir.0.join("journal.new").exists());
    room(&program, None).await;
    program.until_ready(200).await;
    assert_eq!(
        program.post("verifications", &answer).await["verified"],
        true
    );

    // Whenever the disk becomes full during a verification, the key can still be used.
    let mut refused = 0;
    for spare in (0..900).step_by(90) {
        let key = program.heard_key().await;
        let answer = json!({"key": key, "answer": "12345"});
        let length = std::fs::metadata(dir.0.join("journal.jsonl"))
            .unwrap()
            .len();
        room(&program, Some(length + spare)).await;
        let first = program.post("verifications", &answer).await;
        room(&program, None).await;
        program.until_ready(200).await;
        if first["verified"] != true {
            assert_eq!(first["code"], "store_unavailable", "{first}");
            refused += 1;
            let again = program.post("verifications", &answer).await;
            assert_eq!(again["verified"], true, "{spare} bytes were left: {again}");
        }
    }
    assert!(refused >= 3, "{refused}");
    let log = program.stop().await;
    assert!(log.contains("the journal cannot be written"), "{log}");
    assert!(log.contains("the journal is written again"), "{log}");
}
