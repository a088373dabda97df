//! Clients of reCAPTCHA, hCaptcha and Turnstile, as npm and PyPI have them, against `siteverify`.
//!
//! Each client runs as its users run it, with only another URL. The packages are installed once, from the lock files
//! in `tests/clients/`.
#![allow(
    clippy::unwrap_used,
    reason = "clippy does not take a test's helpers for tests"
)]

use axum::Router;
use reqwest::header::ORIGIN;
use serde_json::{Value, json};
use sori_backend::{Backend, Secret, Settings, practice, settings::UpstreamChoice, start};
use std::{
    fs,
    io::Write,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use tokio::{net::TcpListener, task::JoinHandle};

const SECRET: &str = "what the site's server sends to siteverify";

struct Site {
    addr: SocketAddr,
    _backend: Backend,
    server: JoinHandle<()>,
    http: reqwest::Client,
}

impl Site {
    async fn start() -> Self {
        let settings = Settings {
            upstream: UpstreamChoice::Practice(practice::Options {
                answer: practice::Digits::parse("12345").ok(),
                ..practice::Options::default()
            }),
            siteverify_secret: Some(Secret::new(SECRET)),
            ..Settings::practice()
        };
        let backend = start(settings).await.unwrap();
        let app = Router::new().nest("/captcha", backend.router());
        let app = app.into_make_service_with_connect_info::<SocketAddr>();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self {
            addr,
            _backend: backend,
            server,
            http,
        }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}/captcha/{path}", self.addr)
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let request = self.http.post(self.url(path)).json(body);
        let request = request.header(ORIGIN, format!("http://{}", self.addr));
        request.send().await.unwrap().json().await.unwrap()
    }

    async fn heard_key(&self) -> String {
        let key = self.post("keys", &json!({})).await["key"]
            .as_str()
            .unwrap()
            .to_owned();
        let audio = self
            .http
            .get(self.url(&format!("audio/{key}")))
            .send()
            .await
            .unwrap();
        assert_eq!(audio.status(), 200);
        key
    }

    /// What a form submits in inline mode.
    async fn token(&self) -> String {
        let answer = json!({"key": self.heard_key().await, "answer": "12345"});
        let verified = self.post("verifications", &answer).await;
        verified["token"].as_str().unwrap().to_owned()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn clients() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients")
}

/// Installs what `lock` names, unless this same lock file has been installed before.
fn install(lock: &str, name: &str, install: impl FnOnce(&Path)) -> PathBuf {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let lock = fs::read(clients().join(lock)).unwrap();
    let installed = place.join("installed.lock");
    if fs::read(&installed).ok().as_ref() != Some(&lock) {
        let _ = fs::remove_dir_all(&place);
        fs::create_dir_all(&place).unwrap();
        install(&place);
        fs::write(installed, lock).unwrap();
    }
    place
}

fn run(command: &mut Command) {
    let status = command.status();
    let status = status.unwrap_or_else(|error| panic!("{command:?} cannot be run: {error}"));
    assert!(status.success(), "{command:?} failed");
}

fn node() -> (PathBuf, Vec<String>) {
    let place = install("package-lock.json", "npm-clients", |place| {
        for file in ["package.json", "package-lock.json"] {
            fs::copy(clients().join(file), place.join(file)).unwrap();
        }
        let mut npm = Command::new("npm");
        run(npm
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(place));
    });
    // Node looks for packages beside the script.
    fs::copy(clients().join("verify.cjs"), place.join("verify.cjs")).unwrap();
    (
        "node".into(),
        vec![place.join("verify.cjs").to_str().unwrap().to_owned()],
    )
}

fn python() -> (PathBuf, Vec<String>) {
    let place = install("requirements.txt", "pypi-clients", |place| {
        run(Command::new("python3").args(["-m", "venv"]).arg(place));
        let requirements = clients().join("requirements.txt");
        let mut pip = Command::new(place.join("bin/pip"));
        run(pip
            .args(["install", "--quiet", "--no-deps", "-r"])
            .arg(requirements));
    });
    let script = clients().join("verify.py");
    (
        place.join("bin/python"),
        vec![script.to_str().unwrap().to_owned()],
    )
}

/// Lets a client check a response, and returns its result.
fn ask(
    program: &(PathBuf, Vec<String>),
    client: &str,
    url: &str,
    secret: &str,
    response: &str,
) -> Value {
    let (program, arguments) = program;
    let mut child = Command::new(program)
        .args(arguments)
        .args([client, url])
        .env("no_proxy", "127.0.0.1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{} cannot be run: {error}", program.display()));
    let input = json!({"secret": secret, "response": response}).to_string();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{client} failed");
    serde_json::from_slice(&output.stdout).unwrap()
}

async fn verifies(program: (PathBuf, Vec<String>), client: &str) {
    let site = Site::start().await;
    let url = site.url("siteverify");
    let ask = |secret: &str, response: &str| {
        // The server runs on this test's own thread pool, so the wait must not block it.
        tokio::task::block_in_place(|| ask(&program, client, &url, secret, response))
    };
    let right = format!("{}:12345", site.heard_key().await);
    for response in [right.clone(), site.token().await] {
        let answer = ask(SECRET, &response);
        assert_eq!(answer["passed"], true, "{client}: {answer}");
        let hostname = &answer["hostname"];
        assert!(
            hostname.is_null() || hostname == "127.0.0.1",
            "{client}: {answer}"
        );
    }
    let wrong = format!("{}:54321", site.heard_key().await);
    let answer = ask(SECRET, &wrong);
    assert_eq!(answer["passed"], false, "{client}: {answer}");
    assert!(
        answer["error"].as_str().is_some_and(is_about_response),
        "{client}: {answer}"
    );
    // The response a second time, an invalid token, and a wrong secret.
    for (secret, response) in [
        (SECRET, right.as_str()),
        (SECRET, "no-token"),
        ("wrong", right.as_str()),
    ] {
        let answer = ask(secret, response);
        assert_eq!(answer["passed"], false, "{client}: {answer}");
    }
    let answer = ask("wrong", &site.token().await);
    assert!(
        answer["error"].as_str().is_some_and(is_about_secret),
        "{client}: {answer}"
    );
}

/// Whether it is the code, or the sentence that a client makes of the code.
fn is_about_response(error: &str) -> bool {
    error == "invalid-input-response" || error.starts_with("The response parameter is invalid")
}

fn is_about_secret(error: &str) -> bool {
    error == "invalid-input-secret" || error.starts_with("The secret parameter is invalid")
}

#[tokio::test(flavor = "multi_thread")]
async fn hcaptcha_and_express_recaptcha_from_npm_verify() {
    let node = node();
    verifies(node.clone(), "hcaptcha").await;
    verifies(node, "express-recaptcha").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn flask_wtf_and_flask_turnstile_from_pypi_verify() {
    let python = python();
    verifies(python.clone(), "flask-wtf").await;
    verifies(python, "flask-turnstile").await;
}
