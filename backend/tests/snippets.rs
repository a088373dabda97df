//! The code in `www/snippets/`, which the documentation shows, run against the real backend.
#![allow(
    clippy::unwrap_used,
    reason = "clippy does not take a test's helpers for tests"
)]

use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Command, Output};

use axum::Router;
use sori_backend::practice::{self, Digits};
use sori_backend::settings::UpstreamChoice;
use sori_backend::{Backend, Secret, Settings};
use tokio::net::TcpListener;

const SITE_SECRET: &str = "0123456789abcdef0123456789abcdef";
const TICKET_SECRET: &str = "fedcba9876543210fedcba9876543210";
const SNIPPETS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../www/snippets");

struct Site {
    endpoint: String,
    _backend: Backend,
}

impl Site {
    async fn start(tickets: bool) -> Self {
        let answer = Digits::parse("12345").ok();
        let settings = Settings {
            upstream: UpstreamChoice::Practice(practice::Options {
                answer,
                ..Default::default()
            }),
            siteverify_secret: Some(Secret::new(SITE_SECRET)),
            ticket_secret: tickets.then(|| Secret::new(TICKET_SECRET)),
            ..Settings::practice()
        };
        let backend = sori_backend::start(settings).await.unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().nest("/captcha", backend.router());
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
        Self {
            endpoint: format!("http://{address}/captcha"),
            _backend: backend,
        }
    }

    /// Runs a program with everything in its environment that the snippets read.
    async fn run(&self, program: &str, args: &[&str], response: &str) -> String {
        let mut command = Command::new(program);
        command
            .args(args)
            .current_dir(SNIPPETS)
            .env("SITEVERIFY_URL", format!("{}/siteverify", self.endpoint))
            .env("SITEVERIFY_SECRET", SITE_SECRET)
            .env("SORI_TICKET_SECRET", TICKET_SECRET)
            .env("ENDPOINT", &self.endpoint)
            .env("CAPTCHA_RESPONSE", response)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("no_proxy", "127.0.0.1");
        let ran = tokio::task::spawn_blocking(move || command.output())
            .await
            .unwrap();
        let Output {
            status,
            stdout,
            stderr,
        } = ran.unwrap_or_else(|error| panic!("{program} is needed for this test: {error}"));
        assert!(
            status.success(),
            "{program}: {}",
            String::from_utf8_lossy(&stderr)
        );
        String::from_utf8(stdout).unwrap().trim().to_owned()
    }

    async fn node(&self, code: &str, response: &str) -> String {
        self.run("node", &["--input-type=module", "-e", code], response)
            .await
    }

    /// The form field of a visitor who heard the digits, made by the snippet from the documentation.
    async fn solved(&self) -> String {
        let code =
            r#"import { solvedResponse } from "./solve.mjs"; console.log(await solvedResponse());"#;
        self.node(code, "").await
    }
}

const NODE: &str = r#"
import { isVerified } from "./verify.mjs";
const form = new URLSearchParams();
if (process.env.CAPTCHA_RESPONSE) form.set("captcha-response", process.env.CAPTCHA_RESPONSE);
console.log(await isVerified(form));
"#;

const PYTHON: &str = r#"
import os
from verify import is_verified
response = os.environ["CAPTCHA_RESPONSE"]
print(str(is_verified({"captcha-response": response} if response else {})).lower())
"#;

#[tokio::test]
async fn the_documented_servers_let_nothing_but_a_right_answer_pass() {
    let site = Site::start(false).await;
    for (program, args) in [
        ("node", ["--input-type=module", "-e", NODE].as_slice()),
        ("python3", &["-c", PYTHON]),
    ] {
        let right = site.solved().await;
        let wrong = site.solved().await.replace("12345", "54321");
        for (response, expected) in [
            ("", "false"),
            ("nonsense", "false"),
            (&wrong, "false"),
            (&right, "true"),
            (&right, "false"),
        ] {
            let verdict = site.run(program, args, response).await;
            assert_eq!(verdict, expected, "{program} with {response:?}");
        }
    }
}

#[tokio::test]
async fn the_documented_servers_let_nothing_pass_while_the_backend_is_away() {
    let site = Site {
        endpoint: "http://127.0.0.1:9/captcha".into(),
        ..Site::start(false).await
    };
    let python = site.run("python3", &["-c", PYTHON], "key:1").await;
    let node = site.node(NODE, "key:1").await;
    assert_eq!((python.as_str(), node.as_str()), ("false", "false"));
}

#[tokio::test]
async fn the_documented_request_is_answered() {
    let site = Site::start(false).await;
    let right = site.solved().await;
    let answer = site.run("sh", &["verify.sh"], &right).await;
    assert!(answer.contains(r#""success":true"#), "{answer}");
}

#[tokio::test]
async fn the_documented_ticket_is_taken() {
    let site = Site::start(true).await;
    let code = r#"
import { ticket } from "./ticket.mjs";
const headers = { origin: new URL(process.env.ENDPOINT).origin };
const status = async (more) => (await fetch(process.env.ENDPOINT + "/keys", { method: "POST", headers: { ...headers, ...more } })).status;
console.log(await status({}), await status({ "sori-ticket": ticket("session-1") }), await status({ "sori-ticket": ticket("session-1", -1) }));
"#;
    assert_eq!(site.node(code, "").await, "403 201 403");
}
