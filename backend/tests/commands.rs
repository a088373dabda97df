//! Runs the commands in `www/snippets/` that the documentation shows. They run unchanged, with the program that was
//! built here, on a free port, in the test's own folders.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "clippy does not take a test's helpers for tests"
)]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

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
    /// Kept open, because the program ends when nobody can read its output.
    out: BufReader<ChildStdout>,
}

impl Server {
    fn start(text: &str) -> Self {
        let mut text = text
            .trim_end()
            .replace(":8040", ":0")
            .replace(":8041", ":0")
            .replace(":8042", ":0");
        if !text.contains("--listen") {
            // Where the documentation uses the default port, the test uses a free one.
            text.push_str(" --listen 127.0.0.1:0");
        }
        let mut child = shell(&text).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let base = line.trim_end().strip_prefix("ready: ");
        let base = base.unwrap_or_else(|| panic!("{text}\nprints {line:?}"));
        Self {
            base: base.trim_end_matches('/').to_owned(),
            child,
            out,
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
    // Other users of the machine can read neither the folder nor the secret.
    for place in [folder.clone(), folder.join("siteverify-secret")] {
        let mode = fs::metadata(&place).unwrap().mode();
        assert_eq!(mode & 0o077, 0, "{}: {mode:o}", place.display());
    }
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

/// Runs the program that `cargo run` would build, with the same arguments.
#[test]
fn the_first_command_starts_without_any_setting() {
    let text = snippet("try.sh");
    let cargo = "cargo run --release -p sori-backend --";
    assert!(text.contains(cargo), "{text}");
    let server = Server::start(&text.replace(cargo, "sori-backend"));
    output(&format!("curl -sf {}/readyz", server.base));
}

/// The lines after `ready`, which the pages promise: they are all that a site's server needs.
#[test]
fn the_first_command_prints_what_the_sites_server_needs() {
    let cargo = "cargo run --release -p sori-backend --";
    let mut server = Server::start(&snippet("try.sh").replace(cargo, "sori-backend"));
    let mut told = [String::new(), String::new()];
    for line in &mut told {
        server.out.read_line(line).unwrap();
    }
    let told = told.map(|line| line.trim_end().to_owned());
    let address = told[0].rsplit(' ').next().unwrap();
    assert_eq!(address, format!("{}/captcha/siteverify", server.base));
    let secret = told[1].strip_prefix("practice: its secret is ").unwrap();
    let secret = secret.split(' ').next().unwrap();
    let ask = format!(
        "SITEVERIFY_URL={address} SITEVERIFY_SECRET={secret} CAPTCHA_RESPONSE=none; {}",
        snippet("verify.sh")
    );
    let judged = |answer: &str| {
        answer.contains("invalid-input-response") || answer.contains("timeout-or-duplicate")
    };
    let answer = output(&ask);
    assert!(judged(&answer), "{answer}");

    for name in ["README.md", "README.ko.md"] {
        let text = fs::read_to_string(Path::new(SNIPPETS).join("../..").join(name)).unwrap();
        let block = text.split("```sh\n").nth(1).unwrap();
        let block = block.split("```").next().unwrap();
        assert!(block.contains("http://127.0.0.1:8040/captcha/siteverify"));
        let ask = block.replace("http://127.0.0.1:8040", &server.base);
        let answer = output(&format!(
            "export SITEVERIFY_SECRET={secret} CAPTCHA_RESPONSE=none; {ask}"
        ));
        assert!(judged(&answer), "{name}: {answer}");
    }
}

#[test]
fn the_documented_commands_for_another_origin_start() {
    for name in ["try-origin.sh", "next/serve.sh"] {
        let text = snippet(name).replace("cargo run --release -p sori-backend --", "sori-backend");
        let server = Server::start(&text);
        output(&format!("curl -sf {}/readyz", server.base));
    }
}

/// Requests a key; returns the status and the body.
fn asks_for_a_key(server: &Server, origin: &str) -> String {
    output(&format!(
        "curl -s -X POST -H 'Origin: {origin}' -w ' %{{http_code}}' {}/captcha/keys",
        server.base
    ))
}

#[test]
fn the_documented_small_quota_is_used_up_by_one_visitor() {
    let server = Server::start(&snippet("quota.sh"));
    let first = asks_for_a_key(&server, &server.base);
    assert!(first.ends_with(" 201"), "{first}");
    let second = asks_for_a_key(&server, &server.base);
    assert!(
        second.contains("quota_exceeded") && second.ends_with(" 429"),
        "{second}"
    );
}

#[test]
fn the_documented_backend_of_a_container_serves_its_page() {
    let server = Server::start(&snippet("container.sh"));
    let issued = asks_for_a_key(&server, "http://web:3000");
    assert!(issued.ends_with(" 201"), "{issued}");
}

#[test]
fn the_documented_emulator_answers_the_documented_call() {
    let server = Server::start(&snippet("emulate.sh"));
    let call = snippet("emulated.sh");
    assert!(call.contains("http://127.0.0.1:8041"), "{call}");
    let answer = output(&call.replace("http://127.0.0.1:8041", &server.base));
    assert!(answer.contains("\"key\""), "{answer}");
}

/// The guide to NAVER Cloud Platform, up to the check that uses two keys. The emulator stands in for NAVER.
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

/// Snippets that cannot be tested here; the pages that show them say so.
const NOT_RUN: [&str; 4] = [
    "aspnet/Program.cs",
    "gnuboard/choose.sql",
    "spring-boot/application.properties",
    "spring-boot/join.html",
];

/// Every file under a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| match path.is_dir() {
            true => files(&path),
            false => vec![path],
        })
        .collect()
}

/// A snippet that no test runs could be wrong.
#[test]
fn every_snippet_is_run_by_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut tests = String::new();
    for place in [
        "xtask/src",
        "tests/packaging/playwright/run.mjs",
        "backend/tests",
        "backend/tests/shared",
        "backend/examples/site",
        "tests/e2e/tests/package",
        "tests/e2e/tests/consumers",
        "tests/stacks/Cargo.toml",
        "tests/stacks/tests",
        "tests/deploy/tests",
    ] {
        let place = root.join(place);
        let files = if place.is_dir() {
            files(&place)
        } else {
            vec![place]
        };
        for path in files {
            // Without the list of files that are not run.
            let text = fs::read_to_string(path).unwrap_or_default();
            let (before, list) = text.split_once("const NOT_RUN").unwrap_or((&text, ""));
            tests.push_str(before);
            tests.push_str(list.split_once("];").map_or("", |(_, after)| after));
        }
    }
    let snippets = Path::new(SNIPPETS);
    let found = files(snippets);
    assert!(found.len() > 40);
    for path in found {
        let name = path
            .strip_prefix(snippets)
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        // A test may copy a whole folder, and Python imports a file by its stem.
        let mut folders = Path::new(&name).ancestors().skip(1);
        let stem = name.trim_end_matches(".py");
        let run = tests.contains(&format!("{name}\""))
            || folders.any(|folder| tests.contains(&format!("snippet(\"{}\")", folder.display())))
            || tests.contains(&format!("from {stem} import"));
        assert_ne!(
            run,
            NOT_RUN.contains(&name.as_str()),
            "www/snippets/{name}: run by no test, or by one although it is in the list of those that are not"
        );
    }
}
