//! The commands in `www/snippets/`, which the documentation shows, run as they stand: with the program built here, a
//! free port, and folders of the test's own.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "clippy does not take a test's helpers for tests"
)]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const SNIPPETS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../www/snippets");

fn snippet(name: &str) -> String {
    fs::read_to_string(Path::new(SNIPPETS).join(name)).unwrap()
}

/// A shell in which `sori-backend` is the program built here.
fn shell(text: &str) -> Command {
    let program = Path::new(env!("CARGO_BIN_EXE_sori-backend"));
    let path = std::env::var("PATH").unwrap();
    let mut command = Command::new("sh");
    command
        .args(["-c", text])
        .env(
            "PATH",
            format!("{}:{path}", program.parent().unwrap().display()),
        )
        .env("no_proxy", "127.0.0.1")
        // A group of its own, to end it with what it starts.
        .process_group(0);
    command
}

/// A server that the shell started, and where it says it is.
struct Server {
    child: Child,
    base: String,
}

impl Server {
    fn start(text: &str) -> Self {
        let ports = [":8040", ":8041", ":8042"];
        assert!(ports.iter().any(|port| text.contains(port)), "{text}");
        let text = ports
            .iter()
            .fold(text.to_owned(), |text, port| text.replace(port, ":0"));
        let mut child = shell(&text).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let out = child.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut line).unwrap();
        let base = line.trim_end().strip_prefix("ready: ");
        let base = base.unwrap_or_else(|| panic!("{text}\nprints {line:?}"));
        Self {
            base: base.trim_end_matches('/').to_owned(),
            child,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let group = format!("-{}", self.child.id());
        let ended = Command::new("kill").args(["--", &group]).status();
        let waited = self.child.wait();
        assert!(ended.is_ok() && waited.is_ok() || std::thread::panicking());
    }
}

fn output(text: &str) -> String {
    let ran = shell(text).output().unwrap();
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    let complained = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{text}\n{said}{complained}");
    said
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn the_documented_set_up_for_real_use_starts() {
    let folder = folder("production");
    for (name, text) in [("client-id", "an-id"), ("client-secret", "a-secret")] {
        fs::write(folder.join(name), text).unwrap();
    }
    let path = folder.display().to_string();
    let text = snippet("production.sh");
    let text = text
        .replace("/etc/sori", &path)
        .replace("/var/lib/sori", &path);
    let server = Server::start(&text);
    let health = output(&format!("curl -sf {}/healthz -D -", server.base));
    assert!(!health.contains("sori-upstream: practice"), "{health}");
    let secret = fs::read_to_string(folder.join("siteverify-secret")).unwrap();
    assert!(secret.trim().len() >= 32);
}

#[test]
fn the_documented_practice_backend_passes_the_documented_check() {
    let server = Server::start(&snippet("practice.sh"));
    let check = snippet("check.sh");
    assert!(check.contains("https://example.com/captcha"), "{check}");
    let here = format!("{}/captcha", server.base);
    let report = output(&check.replace("https://example.com/captcha", &here));
    assert!(report.lines().count() > 5, "{report}");
}

/// What `cargo run` is told, told to the program that it would build.
#[test]
fn the_first_command_starts_without_any_setting() {
    let text = snippet("try.sh");
    let cargo = "cargo run --release -p sori-backend --";
    assert!(text.contains(cargo), "{text}");
    let server = Server::start(&text.replace(cargo, "sori-backend"));
    output(&format!("curl -sf {}/readyz", server.base));
}

#[test]
fn the_documented_emulator_answers_the_documented_call() {
    let server = Server::start(&snippet("emulate.sh"));
    let call = snippet("emulated.sh");
    assert!(call.contains("http://127.0.0.1:8041"), "{call}");
    let answer = output(&call.replace("http://127.0.0.1:8041", &server.base));
    assert!(answer.contains("\"key\""), "{answer}");
}

/// The guide to NAVER Cloud Platform, up to the check, which there spends two keys; the emulator answers.
#[test]
fn the_documented_way_to_ncloud_starts_and_passes_its_check() {
    let emulate = snippet("ncloud-emulate.sh");
    let upstream = Server::start(&emulate);
    let call = snippet("ncloud-emulated.sh");
    assert!(call.contains("http://127.0.0.1:8041"), "{call}");
    let answer = output(&call.replace("http://127.0.0.1:8041", &upstream.base));
    assert!(answer.contains("\"key\""), "{answer}");

    let folder = folder("ncloud");
    for (name, text) in [
        ("ncloud-client-id", "practice-id"),
        ("ncloud-client-secret", "practice-secret"),
        ("siteverify-secret", "0123456789abcdef0123456789abcdef"),
    ] {
        fs::write(folder.join(name), text).unwrap();
    }
    let path = folder.display().to_string();
    let text = snippet("ncloud.sh");
    let text = text
        .replace("/etc/sori", &path)
        .replace("/var/lib/sori-ncloud", &path);
    let text = format!("SORI_UPSTREAM_URL={} {text}", upstream.base);
    let server = Server::start(&text);
    let check = snippet("ncloud-check.sh");
    assert!(check.contains("http://127.0.0.1:8042"), "{check}");
    let report = output(&check.replace("http://127.0.0.1:8042", &server.base));
    assert!(report.lines().count() > 5, "{report}");
}

/// Of a reader's own proxy, which the tests do not have.
const NOT_RUN: [&str; 1] = ["nginx.conf"];

/// A snippet that no test runs could say anything.
#[test]
fn every_snippet_is_run_by_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut tests = String::new();
    for file in [
        "xtask/src/packaging.rs",
        "tests/packaging/playwright/run.mjs",
    ] {
        tests.push_str(&fs::read_to_string(root.join(file)).unwrap());
    }
    for folder in [
        "backend/tests",
        "backend/examples/site",
        "tests/e2e/tests/package",
        "tests/e2e/tests/consumers",
    ] {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|kind| kind == "rs") {
                tests.push_str(&fs::read_to_string(path).unwrap());
            }
        }
    }
    let mut seen = 0;
    for entry in fs::read_dir(SNIPPETS).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        // Python imports a file by its stem.
        let stem = name.trim_end_matches(".py");
        let run =
            tests.contains(&format!("{name}\"")) || tests.contains(&format!("from {stem} import"));
        assert!(
            run || NOT_RUN.contains(&name.as_str()),
            "www/snippets/{name} is run by no test"
        );
        seen += 1;
    }
    assert!(seen > 10);
}
