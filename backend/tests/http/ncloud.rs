//! The backend in front of NAVER Cloud Platform's API.

use crate::{
    scripted::{Reply, Scripted},
    site::{Answer, CLIENT_ID, CLIENT_SECRET, Site, settings},
};
use sori_backend::{
    Secret, Settings, practice,
    practice::Fault,
    settings::{Naver, UpstreamChoice},
    upstream::{Dialect, Service},
};
use std::net::SocketAddr;

fn ncloud(upstream: SocketAddr) -> Settings {
    Settings {
        upstream: UpstreamChoice::Naver(Naver {
            service: Service::Ncloud,
            url: format!("http://{upstream}").parse().unwrap(),
            client_id: Secret::new(CLIENT_ID),
            client_secret: Secret::new(CLIENT_SECRET),
        }),
        ..settings(upstream)
    }
}

#[tokio::test]
async fn a_visitor_passes_and_a_wrong_answer_does_not() {
    let options = practice::Options {
        dialect: Dialect::Ncloud,
        client_id: CLIENT_ID.into(),
        client_secret: CLIENT_SECRET.into(),
        answer: practice::Digits::parse("12345").ok(),
        ..practice::Options::default()
    };
    let upstream = practice::spawn(options, ([127, 0, 0, 1], 0).into())
        .await
        .unwrap();
    let site = Site::start(ncloud(upstream.addr)).await;
    for (answer, verified) in [("12345", true), ("54321", false)] {
        let key = site.heard_key().await;
        let judged = site.verify(&key, answer).await;
        assert_eq!(judged.json["verified"], verified);
        assert_eq!(site.verify(&key, "12345").await.code(), "invalid_key");
    }
}

#[tokio::test]
async fn id_and_secret_are_in_two_headers_and_nowhere_else() {
    let upstream = Scripted::start().await;
    let site = Site::start(ncloud(upstream.addr)).await;
    let key = site.heard_key().await;
    assert_eq!(site.verify(&key, "12345").await.json["verified"], true);
    let requests = upstream.requests();
    let targets: Vec<_> = requests
        .iter()
        .map(|head| head.lines().next().unwrap())
        .collect();
    let audio = format!("GET /scaptcha-bin/v1/scaptcha?key={key} HTTP/1.1");
    let verify = format!("GET /scaptcha/v1/skey?code=1&key={key}&value=12345 HTTP/1.1");
    let expected = ["GET /scaptcha/v1/skey?code=0 HTTP/1.1", &audio, &verify];
    assert_eq!(targets, expected);
    for head in requests {
        for (name, value) in [
            ("x-ncp-apigw-api-key-id", CLIENT_ID),
            ("x-ncp-apigw-api-key", CLIENT_SECRET),
        ] {
            assert!(head.contains(&format!("\r\n{name}: {value}\r\n")), "{head}");
            assert_eq!(head.matches(value).count(), 1, "{head}");
        }
        assert!(!head.to_lowercase().contains("x-naver"), "{head}");
    }
}

/// The gateway answers 429 for three things. Only one is a limit that lasts.
#[tokio::test]
async fn a_burst_leaves_the_captcha_open_and_a_spent_limit_closes_it() {
    for (code, expected) in [
        ("410", "issued"),
        ("420", "issued"),
        ("400", "quota_exceeded"),
    ] {
        let upstream = Scripted::start().await;
        let site = Site::start(ncloud(upstream.addr)).await;
        let text = format!(r#"{{"error":{{"errorCode":"{code}","message":"…"}}}}"#);
        let text: &'static str = text.leak();
        upstream.once("code=0", Reply::Text(429, text));
        let answer = site.issue().await;
        if expected == "issued" {
            assert_eq!(answer.status, 201, "{code}: {answer:?}");
        } else {
            assert_eq!(answer.code(), expected, "{code}");
            assert!(answer.retry_after().is_some(), "{code}");
            assert_eq!(site.issue().await.code(), expected);
        }
    }
}

#[tokio::test]
async fn refused_credentials_are_told_from_a_wrong_key() {
    let options = practice::Options {
        dialect: Dialect::Ncloud,
        ..practice::Options::default()
    };
    let faults = options.faults.clone();
    let upstream = practice::spawn(options, ([127, 0, 0, 1], 0).into())
        .await
        .unwrap();
    let site = Site::start(ncloud(upstream.addr)).await;
    assert_eq!(site.issue().await.code(), "upstream_rejected");
    faults.set(practice::Call::Issue, Fault::InvalidKey);
    let answer: Answer = site.issue().await;
    assert_eq!(answer.code(), "upstream_rejected", "credentials come first");
}

#[tokio::test]
async fn there_is_no_quota_unless_one_is_named() {
    let upstream = Scripted::start().await;
    let service = ncloud(upstream.addr).upstream;
    assert_eq!(service.daily_quota(), None);
    assert_eq!(Service::Openapi.daily_quota(), Some(1000));
}
