//! `sori-backend check` against our own backend, and against backends that get it wrong.
#![allow(
    clippy::unwrap_used,
    reason = "clippy does not take a test's helpers for tests"
)]

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};

use axum::extract::Request;
use axum::http::{Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::{Json, Router};
use clap::{Args as _, FromArgMatches as _};
use serde_json::json;
use sori_backend::check::{CheckArgs, Outcome, Report, check};
use sori_backend::practice::{self, Digits};
use sori_backend::settings::{Naver, UpstreamChoice};
use sori_backend::upstream::Service;
use sori_backend::{Backend, Secret, Settings};
use tokio::net::TcpListener;

const SITE_SECRET: &str = "0123456789abcdef0123456789abcdef";

async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
    address
}

async fn backend(upstream: UpstreamChoice) -> (Backend, SocketAddr) {
    let siteverify_secret = Some(Secret::new(SITE_SECRET));
    let settings = Settings {
        upstream,
        siteverify_secret,
        ..Settings::practice()
    };
    let backend = sori_backend::start(settings).await.unwrap();
    let address = serve(Router::new().nest("/captcha", backend.router())).await;
    (backend, address)
}

fn practice_options() -> practice::Options {
    practice::Options {
        answer: Digits::parse("12345").ok(),
        ..Default::default()
    }
}

async fn run(address: SocketAddr, flags: &[&str]) -> Report {
    let url = format!("http://{address}/captcha");
    let command = CheckArgs::augment_args(clap::Command::new("check"))
        .mut_args(|argument| argument.env(clap::builder::Resettable::Reset));
    let matches = command.get_matches_from(["check", &url].iter().chain(flags));
    check(CheckArgs::from_arg_matches(&matches).unwrap())
        .await
        .unwrap()
}

fn with(
    outcome: impl Fn(&Outcome) -> bool,
    report: &Report,
) -> BTreeSet<(&'static str, &'static str)> {
    let findings = report
        .findings
        .iter()
        .filter(|finding| outcome(&finding.outcome));
    findings
        .map(|finding| (finding.call, finding.demand))
        .collect()
}

fn broken(report: &Report) -> BTreeSet<(&'static str, &'static str)> {
    with(|outcome| matches!(outcome, Outcome::Broken(_)), report)
}

/// A site that is not a backend: it answers GET with the status `get`, and other methods with `other`.
async fn no_backend(get: StatusCode, other: StatusCode) -> SocketAddr {
    let page = move |method: Method| async move {
        let status = if method == Method::GET { get } else { other };
        (status, Html("<h1>Not here</h1>")).into_response()
    };
    serve(Router::new().fallback(page)).await
}

#[tokio::test]
async fn an_address_without_a_backend_is_said_to_be_one() {
    let (nowhere, moved) = (StatusCode::NOT_FOUND, StatusCode::MOVED_PERMANENTLY);
    for (get, other) in [
        (nowhere, nowhere),
        (moved, moved),
        // A single-page application's server.
        (StatusCode::OK, StatusCode::METHOD_NOT_ALLOWED),
    ] {
        let url = format!("http://{}/captcha", no_backend(get, other).await);
        let command = CheckArgs::augment_args(clap::Command::new("check"));
        let matches = command.get_matches_from(["check", &url]);
        let checked = check(CheckArgs::from_arg_matches(&matches).unwrap()).await;
        let said = checked.unwrap_err().to_string();
        for part in [
            "no backend at this URL",
            get.as_str(),
            other.as_str(),
            "text/html",
            "endpoint",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
    }
}

#[tokio::test]
async fn our_backend_keeps_its_contract() {
    let (_backend, address) = backend(UpstreamChoice::Practice(practice_options())).await;
    let flags = ["--answer", "12345", "--siteverify-secret", SITE_SECRET];
    let report = run(address, &flags).await;
    assert!(report.is_met(), "{report}");
    assert_eq!(report.keys, 2);
    assert!(
        with(|outcome| matches!(outcome, Outcome::Skipped(_)), &report).is_empty(),
        "{report}"
    );
}

#[tokio::test]
async fn without_secret_and_answer_the_rest_is_checked_and_what_is_not_is_said() {
    let (_backend, address) = backend(UpstreamChoice::Practice(practice_options())).await;
    let report = run(address, &[]).await;
    assert!(report.is_met(), "{report}");
    assert_eq!(report.keys, 1);
    assert!(
        report.to_string().contains("skip  POST /siteverify"),
        "{report}"
    );
}

#[tokio::test]
async fn a_real_quota_is_not_spent_unasked() {
    let options = practice::Options {
        daily_quota: Some(4),
        ..practice_options()
    };
    let naver = |addr: SocketAddr| Naver {
        service: Service::Openapi,
        url: format!("http://{addr}/v1/captcha").parse().unwrap(),
        client_id: Secret::new(options.client_id.clone()),
        client_secret: Secret::new(options.client_secret.clone()),
    };
    let upstream = practice::spawn(options.clone(), (Ipv4Addr::LOCALHOST, 0).into())
        .await
        .unwrap();
    let (_backend, address) = backend(UpstreamChoice::Naver(naver(upstream.addr))).await;
    let secret = ["--siteverify-secret", SITE_SECRET];

    for _ in 0..3 {
        let report = run(address, &secret).await;
        assert!(
            report.needs_yes && !report.is_met() && report.keys == 0,
            "{report}"
        );
        assert!(report.to_string().contains("--yes"), "{report}");
    }
    // The quota of four calls is just enough. So nothing was spent before, and this spends no more than it should.
    let report = run(address, &["--yes", secret[0], secret[1]]).await;
    assert!(report.is_met(), "{report}");
    assert_eq!(report.keys, 2);
}

/// A maintenance page for every request, as gateways send it.
async fn maintenance(_: Request) -> Response {
    Html("<!doctype html><title>OK</title>").into_response()
}

/// The kind of backend a hurried developer writes: it works, and protects nothing.
async fn careless(request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let call = path.trim_start_matches("/captcha");
    match (request.method(), call) {
        (&Method::GET, "/keys") => StatusCode::NOT_FOUND.into_response(),
        (_, "/keys") if request.headers()[header::ORIGIN] == "https://sori-check.invalid" => {
            StatusCode::FORBIDDEN.into_response()
        }
        (_, "/keys") => (
            StatusCode::CREATED,
            [("cache-control", "no-store")],
            Json(json!({"key": "k"})),
        )
            .into_response(),
        (_, "/verifications") => Json(json!({"verified": true, "token": "t"})).into_response(),
        (_, "/siteverify") => Json(json!({"success": true})).into_response(),
        _ => ([("content-type", "audio/wav")], "MP3").into_response(),
    }
}

#[tokio::test]
async fn no_demand_is_met_by_whatever_answers() {
    let flags = [
        "--yes",
        "--answer",
        "12345",
        "--siteverify-secret",
        SITE_SECRET,
    ];
    let maintenance = run(serve(Router::new().fallback(maintenance)).await, &flags).await;
    let careless = run(serve(Router::new().fallback(careless)).await, &flags).await;
    let unanswered = ["--yes", "--siteverify-secret", SITE_SECRET];
    let address = serve(Router::new().fallback(self::careless)).await;
    let careless_unanswered = run(address, &unanswered).await;
    assert!(maintenance.keys <= 2 && careless.keys <= 2);

    let (_backend, address) = backend(UpstreamChoice::Practice(practice_options())).await;
    let mut all = with(|_| true, &run(address, &flags).await);
    all.extend(with(|_| true, &run(address, &flags[3..]).await));
    let mut found = broken(&maintenance);
    found.extend(broken(&careless));
    found.extend(broken(&careless_unanswered));
    let unbroken: Vec<_> = all.difference(&found).collect();
    // A backend can issue a key correctly and do everything else wrong.
    assert_eq!(unbroken, [&("POST /keys", "issues a key with 201")]);
}

#[tokio::test]
async fn a_key_that_is_none_is_found() {
    async fn bad_key(request: Request) -> Response {
        if request.method() == Method::POST && request.uri().path() == "/captcha/keys" {
            let body = Json(json!({"key": "../secret"}));
            return (StatusCode::CREATED, [("cache-control", "no-store")], body).into_response();
        }
        StatusCode::NOT_FOUND.into_response()
    }
    let report = run(serve(Router::new().fallback(bad_key)).await, &["--yes"]).await;
    assert!(
        broken(&report).contains(&("POST /keys", "issues a key with 201")),
        "{report}"
    );
}

#[tokio::test]
async fn a_report_repeats_no_key_no_token_and_no_secret() {
    let flags = [
        "--yes",
        "--answer",
        "12345",
        "--siteverify-secret",
        SITE_SECRET,
    ];
    async fn chatty(_: Request) -> Response {
        (
            StatusCode::CREATED,
            Json(json!({"key": "leakedKey", "token": "leakedToken"})),
        )
            .into_response()
    }
    let report = run(serve(Router::new().fallback(chatty)).await, &flags)
        .await
        .to_string();
    for secret in ["leakedKey", "leakedToken", SITE_SECRET, "12345"] {
        assert!(!report.contains(secret), "{report}");
    }
}

#[tokio::test]
async fn a_backend_that_is_not_there_is_no_finding() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let url = format!("http://{address}/captcha");
    let matches =
        CheckArgs::augment_args(clap::Command::new("check")).get_matches_from(["check", &url]);
    let error = check(CheckArgs::from_arg_matches(&matches).unwrap())
        .await
        .unwrap_err();
    assert!(error.to_string().contains("does not answer"), "{error}");
}

#[tokio::test]
async fn the_program_ends_with_the_verdict() {
    let (_backend, ours) = backend(UpstreamChoice::Practice(practice_options())).await;
    let careless = serve(Router::new().fallback(careless)).await;
    for (address, flags, succeeds, said) in [
        (ours, [].as_slice(), true, "0 broken"),
        (careless, &["--yes"], false, "FAIL  POST /siteverify"),
        (careless, &[], false, "--yes"),
    ] {
        let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_sori-backend"));
        program
            .args(["check", &format!("http://{address}/captcha")])
            .args(flags);
        program
            .env_remove("SORI_SITEVERIFY_SECRET")
            .env_remove("SORI_PRACTICE_ANSWER");
        let ran = tokio::task::spawn_blocking(move || program.output())
            .await
            .unwrap()
            .unwrap();
        let out = String::from_utf8(ran.stdout).unwrap();
        assert_eq!(ran.status.success(), succeeds, "{out}");
        assert!(out.contains(said), "{out}");
    }
}
