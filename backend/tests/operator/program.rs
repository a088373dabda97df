//! The program as a process, and its upstream.

use axum::{
    Router,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
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

pub(crate) const CLIENT_ID: &str = "id-that-nobody-may-see";
pub(crate) const CLIENT_SECRET: &str = "secret-that-nobody-may-see";
const SITE_SECRET: &str = "site-secret-that-nobody-may-see-0123456789";
pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_sori-backend");

/// The next replies of the upstream, to any call. When there are none left, it replies as documented.
pub(crate) type Answers = Arc<Mutex<Vec<Response>>>;

pub(crate) fn reply(status: u16, body: impl ToString) -> Response {
    (StatusCode::from_u16(status).unwrap(), body.to_string()).into_response()
}

pub(crate) async fn upstream(answers: &Answers) -> String {
    let (for_keys, for_audio) = (Arc::clone(answers), Arc::clone(answers));
    let next = |answers: &Answers| {
        let mut answers = answers.lock().unwrap();
        (!answers.is_empty()).then(|| answers.remove(0))
    };
    let keys = Arc::new(Mutex::new(0));
    let skey = async move |query: axum::extract::RawQuery| {
        let good = if query.0.unwrap().contains("code=1") {
            r#"{"result":true}"#.to_owned()
        } else {
            let mut keys = keys.lock().unwrap();
            *keys += 1;
            format!(r#"{{"key":"operator-key-{keys}"}}"#)
        };
        next(&for_keys).unwrap_or_else(|| good.into_response())
    };
    let audio = async move || {
        let wav = [b"RIFF\x40\0\0\0WAVE".to_vec(), vec![0; 60]].concat();
        next(&for_audio).unwrap_or_else(|| wav.into_response())
    };
    let router = Router::new()
        .route("/v1/captcha/skey", get(skey))
        .route("/v1/captcha/scaptcha", get(audio));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    format!("http://{address}/v1/captcha")
}

pub(crate) struct Program {
    child: Child,
    base: String,
    http: reqwest::Client,
}

impl Program {
    pub(crate) async fn start(upstream: &str, variables: &[(&str, &str)]) -> Self {
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

    pub(crate) fn id(&self) -> String {
        self.child.id().unwrap().to_string()
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Value {
        let request = self.http.post(format!("{}captcha/{path}", self.base));
        let request = request.header("origin", self.base.trim_end_matches('/'));
        let answer = request.json(body).send().await.unwrap();
        answer.json().await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> u16 {
        let request = self.http.get(format!("{}captcha/{path}", self.base));
        request.send().await.unwrap().status().as_u16()
    }

    pub(crate) async fn heard_key(&self) -> String {
        let issued = self.post("keys", &json!({})).await;
        let key = issued["key"].as_str().unwrap_or_else(|| panic!("{issued}"));
        assert_eq!(self.get(&format!("audio/{key}")).await, 200);
        key.to_owned()
    }

    pub(crate) async fn ready(&self) -> (u16, String) {
        let ready = self
            .http
            .get(format!("{}readyz", self.base))
            .send()
            .await
            .unwrap();
        (ready.status().as_u16(), ready.text().await.unwrap())
    }

    pub(crate) async fn until_ready(&self, status: u16) -> String {
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
    pub(crate) async fn stop(mut self) -> String {
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

pub(crate) async fn run(program: &str, arguments: &[&str]) {
    let status = Command::new(program)
        .args(arguments)
        .status()
        .await
        .unwrap();
    assert!(status.success(), "{program} {arguments:?}");
}
