//! The program itself, started as in the documentation: two instances that share a store.

use crate::server::Server;
use serde_json::{Value, json};
use sori_backend::practice::{self, Digits};
use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

const SNIPPET: &str = "shared.sh";
const SITE_SECRET: &str = "0123456789abcdef0123456789abcdef";

pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("program-{name}"));
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    for (name, text) in [
        ("client-id", "practice-id"),
        ("client-secret", "practice-secret"),
        ("siteverify-secret", SITE_SECRET),
    ] {
        fs::write(folder.join(name), text).unwrap();
    }
    folder
}

pub(crate) async fn upstream() -> practice::Running {
    let options = practice::Options {
        client_id: "practice-id".into(),
        client_secret: "practice-secret".into(),
        answer: Digits::parse("12345").ok(),
        ..practice::Options::default()
    };
    practice::spawn(options, ([127, 0, 0, 1], 0).into())
        .await
        .unwrap()
}

pub(crate) struct Instance {
    child: Child,
    base: String,
    log: Option<std::process::ChildStderr>,
}

impl Instance {
    /// The documented command, with folders and ports of the test's own.
    fn start(folder: &Path, store: &str, upstream: &practice::Running) -> Self {
        Self::start_with(folder, store, upstream, &[])
    }

    pub(crate) fn start_with(
        folder: &Path,
        store: &str,
        upstream: &practice::Running,
        variables: &[(&str, &Path)],
    ) -> Self {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../www/snippets");
        let text = fs::read_to_string(path.join(SNIPPET)).unwrap();
        assert!(text.contains("redis://valkey.internal:6379"), "{text}");
        let text = text
            .replace("redis://valkey.internal:6379", store)
            .replace("/etc/sori", &folder.display().to_string())
            // `exec` replaces the shell, so that the child's end is the program's end.
            .replace(
                "sori-backend serve",
                concat!("exec ", env!("CARGO_BIN_EXE_sori-backend"), " serve"),
            )
            .replace(":8040", ":0");
        let mut child = Command::new("sh")
            .args(["-c", &text])
            .env("SORI_UPSTREAM_URL", upstream.base())
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let out = child.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut line).unwrap();
        let base = line.trim().strip_prefix("ready: ");
        let base = base.unwrap_or_else(|| panic!("{text}\nprints {line:?}"));
        Self {
            base: base.trim_end_matches('/').to_owned(),
            log: child.stderr.take(),
            child,
        }
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        let response = reqwest::Client::builder()
            .no_proxy()
            .build()
            .unwrap()
            .post(format!("{}{path}", self.base))
            .header("origin", "https://www.example.com")
            .json(&body)
            .send()
            .await
            .unwrap();
        let status = response.status().as_u16();
        (status, response.json().await.unwrap_or_default())
    }

    pub(crate) async fn get(&self, path: &str) -> u16 {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let response = client.get(format!("{}{path}", self.base)).send().await;
        response.unwrap().status().as_u16()
    }

    pub(crate) async fn ready(&self, expected: u16) {
        let started = Instant::now();
        while self.get("/readyz").await != expected {
            assert!(started.elapsed() < Duration::from_secs(20));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Ends it; what it has logged.
    pub(crate) fn end(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        let mut log = String::new();
        let mut stderr = self.log.take().unwrap();
        stderr.read_to_string(&mut log).unwrap();
        log
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // It has already ended if the test reached its end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_challenge_of_one_instance_is_answered_at_the_other() {
    let mut server = Server::with("program", &["--appendonly", "yes"]);
    let upstream = upstream().await;
    let (folder, store) = (folder("two"), format!("redis://127.0.0.1:{}", server.port));
    let one = Instance::start(&folder, &store, &upstream);
    let two = Instance::start(&folder, &store, &upstream);
    one.ready(200).await;

    let (status, issued) = one.post("/captcha/keys", json!({})).await;
    assert_eq!(status, 201, "{issued}");
    let key = issued["key"].as_str().unwrap().to_owned();
    assert_eq!(two.get(&format!("/captcha/audio/{key}")).await, 200);
    let answer = json!({"key": key, "answer": "12345"});
    let (_, verified) = two.post("/captcha/verifications", answer.clone()).await;
    assert_eq!(verified["verified"], true, "{verified}");
    let (status, again) = one.post("/captcha/verifications", answer).await;
    assert_eq!((status, again["code"].as_str()), (404, Some("invalid_key")));

    // The store fails and comes back: the error comes at once, the log has one line, and no restart is needed.
    server.kill();
    one.ready(503).await;
    let (status, refused) = one.post("/captcha/keys", json!({})).await;
    assert_eq!(
        (status, refused["code"].as_str()),
        (503, Some("store_unavailable"))
    );
    assert_eq!(one.get("/healthz").await, 200);
    server.begin();
    one.ready(200).await;
    let (status, _) = one.post("/captcha/keys", json!({})).await;
    assert_eq!(status, 201);
    let log = one.end();
    assert_eq!(
        log.matches("the store is away: nothing").count(),
        1,
        "{log}"
    );
    assert_eq!(log.matches("the store is back").count(), 1, "{log}");
    assert!(!log.contains(&key), "{log}");
    drop(two.end());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_days_count_is_taken_along_from_the_journal() {
    let server = Server::start("import");
    let upstream = upstream().await;
    let folder = folder("import");
    let journal = folder.join("journal");
    let common = |command: &str| {
        let mut program = Command::new(env!("CARGO_BIN_EXE_sori-backend"));
        program
            .arg(command)
            .args(["--listen", "127.0.0.1:0"])
            .env("SORI_UPSTREAM_URL", upstream.base())
            .env("SORI_CLIENT_ID_FILE", folder.join("client-id"))
            .env("SORI_CLIENT_SECRET_FILE", folder.join("client-secret"))
            .env("SORI_SITEVERIFY_SECRET", SITE_SECRET)
            .env("SORI_ALLOWED_ORIGINS", "https://www.example.com")
            .env("SORI_STATE_DIR", &journal);
        program
    };
    let mut alone = common("serve");
    let mut child = alone
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let base = line.trim().strip_prefix("ready: ").unwrap();
    let alone = Instance {
        base: base.trim_end_matches('/').to_owned(),
        log: child.stderr.take(),
        child,
    };
    for _ in 0..3 {
        assert_eq!(alone.post("/captcha/keys", json!({})).await.0, 201);
    }
    let store = format!("redis://127.0.0.1:{}", server.port);
    let import = || {
        let mut command = common("import");
        command.env("SORI_STORE", &store).output().unwrap()
    };
    // Not while an instance is still using the journal.
    assert!(!import().status.success());
    assert!(alone.end().contains("one instance"));
    for _ in 0..2 {
        let imported = import();
        let said = String::from_utf8_lossy(&imported.stdout).into_owned();
        let complained = String::from_utf8_lossy(&imported.stderr);
        assert!(said.starts_with("3 calls of today"), "{said}{complained}");
    }
    let ledger = server.ask(&["KEYS", "*:ledger"]);
    assert_eq!(server.ask(&["HGET", &ledger, "spent"]), "3");
}

#[test]
fn a_store_that_cannot_be_used_stops_the_start_by_name() {
    let refusal = |variables: &[(&str, &str)]| {
        let output = Command::new(env!("CARGO_BIN_EXE_sori-backend"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        assert!(!output.status.success(), "{variables:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!said.contains("hush"), "a secret is shown: {said}");
        said
    };
    let bad = refusal(&[("SORI_STORE", "http://user:hush@127.0.0.1")]);
    assert!(
        bad.contains("SORI_STORE") && bad.contains("rediss://"),
        "{bad}"
    );
    let both = refusal(&[
        ("SORI_STORE", "redis://127.0.0.1:1"),
        ("SORI_STATE_DIR", "/nowhere"),
    ]);
    assert!(
        both.contains("SORI_STATE_DIR") && both.contains("import"),
        "{both}"
    );
    let margin = refusal(&[("SORI_DAILY_QUOTA", "10"), ("SORI_QUOTA_MARGIN", "9")]);
    assert!(margin.contains("SORI_QUOTA_MARGIN: 9 leaves"), "{margin}");
    let server = Server::start("evicting");
    server.ask(&["CONFIG", "SET", "maxmemory-policy", "volatile-lru"]);
    let store = format!("redis://127.0.0.1:{}", server.port);
    let evicts = refusal(&[("SORI_STORE", &store)]);
    assert!(
        evicts.contains("SORI_STORE cannot be used: its maxmemory-policy is volatile-lru"),
        "{evicts}"
    );
}
