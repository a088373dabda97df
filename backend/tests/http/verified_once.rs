//! A key or token is verified once, whoever asks, and no other request reaches the upstream.

use crate::{
    scripted::Scripted,
    site::{Answer, SITE_SECRET, Site, settings},
};
use reqwest::header;
use serde_json::json;
use sori_backend::{Secret, Settings};
use std::time::Duration;

#[tokio::test]
async fn a_head_of_the_audio_asks_nobody_and_leaves_the_key_unheard() {
    let upstream = Scripted::start().await;
    let site = Site::over(&upstream).await;
    let key = site.key().await;
    let url = site.url(&format!("/captcha/audio/{key}"));
    assert_eq!(site.http.head(url).send().await.unwrap().status(), 405);
    assert_eq!(upstream.count("scaptcha"), 0);
    assert_eq!(site.verify(&key, "12345").await.code(), "audio_not_issued");
    assert_eq!(site.audio(&key).await.status, 200);
}

#[tokio::test]
async fn two_secrets_are_valid_while_one_is_replaced() {
    let upstream = Scripted::start().await;
    let old = "the secret of last year, as long as the other";
    let settings = Settings {
        siteverify_secret_previous: Some(Secret::new(old)),
        ..settings(upstream.addr)
    };
    let site = Site::start(settings).await;
    for secret in [SITE_SECRET, old] {
        let response = format!("{}:1", site.heard_key().await);
        let answer = site
            .siteverify(&[("secret", secret), ("response", &response)])
            .await;
        assert_eq!(answer.json["success"], true);
    }
}

#[tokio::test]
async fn a_token_passes_once_and_not_after_its_time() {
    let upstream = Scripted::start().await;
    let site = Site::over(&upstream).await;
    let token = async || {
        let verified = site.verify(&site.heard_key().await, "12345").await;
        verified.json["token"].as_str().unwrap().to_owned()
    };
    let (first, second) = (token().await, token().await);
    assert_eq!(first.len(), 32);
    assert_ne!(first, second);
    assert_eq!(site.siteverify_response(&first).await.json["success"], true);
    assert_eq!(
        site.siteverify_response(&first).await.error_codes(),
        ["timeout-or-duplicate"]
    );
    site.clock.advance(Duration::from_secs(1800));
    assert_eq!(
        site.siteverify_response(&second).await.error_codes(),
        ["timeout-or-duplicate"]
    );
}

#[tokio::test]
async fn of_many_that_claim_a_key_or_token_at_once_one_succeeds() {
    let upstream = Scripted::start().await;
    let site = Site::over(&upstream).await;
    let key = site.heard_key().await;
    let verified = site.verify(&site.heard_key().await, "1").await;
    let token = verified.json["token"].as_str().unwrap();
    for response in [format!("{key}:12345"), token.to_owned()] {
        let asked = upstream.count("code=1");
        let mut claims = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let body = json!({"secret": SITE_SECRET, "response": response});
            let request = site.http.post(site.url("/captcha/siteverify")).json(&body);
            claims.spawn(Answer::of(request));
        }
        let answers = claims.join_all().await;
        let passed = answers
            .iter()
            .filter(|answer| answer.json["success"] == true);
        assert_eq!(passed.count(), 1);
        assert!(upstream.count("code=1") <= asked + 1);
    }
}

#[tokio::test]
async fn junk_never_reaches_the_upstream() {
    let upstream = Scripted::start().await;
    let site = Site::over(&upstream).await;
    let unheard = site.key().await;
    let used = site.heard_key().await;
    assert_eq!(site.verify(&used, "12345").await.status, 200);
    let expired = site.heard_key().await;
    site.clock.advance(Duration::from_secs(7200));
    let fresh = site.heard_key().await;
    let long = "k".repeat(129);
    let before = upstream.requests().len();

    let table = [
        ("unknown-key", "invalid_key", "invalid-input-response"),
        (&long, "invalid_key", "invalid-input-response"),
        ("../../etc/passwd", "invalid_key", "invalid-input-response"),
        ("a b\r\nc", "invalid_key", "invalid-input-response"),
        ("", "invalid_key", "invalid-input-response"),
        (&used, "invalid_key", "timeout-or-duplicate"),
        (&expired, "invalid_key", "timeout-or-duplicate"),
        (&unheard, "invalid_key", "timeout-or-duplicate"),
    ];
    for (key, code, error_code) in table {
        assert_eq!(site.verify(key, "12345").await.code(), code, "{key:?}");
        let answer = site.siteverify_response(&format!("{key}:12345")).await;
        assert_eq!(answer.error_codes(), [error_code], "{key:?}");
    }
    let unheard = site.key().await;
    let before = before + 1;
    assert_eq!(
        site.verify(&unheard, "12345").await.code(),
        "audio_not_issued"
    );
    let answer = site.siteverify_response(&format!("{unheard}:12345")).await;
    assert_eq!(answer.error_codes(), ["invalid-input-response"]);

    // An answer that cannot be right does not use up the key's one verification.
    let (empty, endless) = ("", "1".repeat(65));
    for nothing in [empty, " ", &endless] {
        assert_eq!(site.verify(&fresh, nothing).await.code(), "bad_request");
        let answer = site
            .siteverify_response(&format!("{fresh}:{nothing}"))
            .await;
        assert_eq!(answer.error_codes(), ["invalid-input-response"]);
    }
    for key in ["unknown-key", &long, &used, &expired, "%2e%2e%2f"] {
        assert_eq!(site.audio(key).await.code(), "invalid_key", "{key:?}");
    }
    let listed = format!(r#"["{fresh}","12345"]"#);
    for body in [
        "",
        "[]",
        &listed,
        "{}",
        r#"{"key":1,"answer":"1"}"#,
        r#"{"key":"a"}"#,
    ] {
        let request = site.post("/captcha/verifications");
        let request = request
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.to_owned());
        assert_eq!(Answer::of(request).await.code(), "bad_request", "{body}");
    }
    let form = site
        .post("/captcha/verifications")
        .body(format!(r#"{{"key":"{fresh}","answer":"1"}}"#));
    assert_eq!(Answer::of(form).await.code(), "bad_request");
    assert_eq!(upstream.requests().len(), before);
    assert_eq!(site.verify(&fresh, "12345").await.json["verified"], true);
}
