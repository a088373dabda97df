//! Clients that do not wait for the reply: the call continues, and its result is not lost.

use crate::{
    scripted::{Reply, Scripted},
    site::{Answer, SITE_SECRET, Site, settings},
};
use serde_json::{Value, json};
use sori_backend::metrics::Standing;
use std::time::Duration;

const LATE: Duration = Duration::from_millis(400);
const IMPATIENT: Duration = Duration::from_millis(100);

const NOTHING: Standing = Standing {
    store: None,
    held_back: false,
    audio_bytes: 0,
};

/// Sends a request, and leaves before the reply.
async fn leave(request: reqwest::RequestBuilder) {
    let left = request.timeout(IMPATIENT).send().await;
    assert!(left.unwrap_err().is_timeout());
}

async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let wait = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(20), wait).await;
    waited.unwrap_or_else(|_| panic!("{what}"));
}

/// A backend with a long timeout for its upstream.
async fn patient(upstream: &Scripted) -> Site {
    let mut settings = settings(upstream.addr);
    settings.upstream_timeout = Duration::from_secs(5);
    Site::start(settings).await
}

#[tokio::test]
async fn a_visitor_who_leaves_neither_loses_the_call_nor_leaks_its_reservation() {
    let upstream = Scripted::start().await;
    upstream.set(|script| script.issue = Reply::Silence);
    let site = Site::over(&upstream).await;
    leave(site.post("/captcha/keys")).await;
    until("the call ends", async || site.usage().await.reserved == 0).await;
    assert_eq!(site.usage().await.spent, 1);
}

/// A browser closes both sides at once, and a server cannot tell that from a client that only has no more to send.
#[tokio::test]
async fn a_browser_that_leaves_is_noticed_before_the_reply() {
    let upstream = Scripted::start().await;
    upstream.set(|script| script.issue = Reply::Silence);
    let site = patient(&upstream).await;
    leave(site.post("/captcha/keys")).await;
    until("the metrics say that the visitor left", async || {
        let text = site.backend.metrics().text(&NOTHING);
        text.contains(r#"sori_requests_cancelled_total{route="/captcha/keys"} 1"#)
    })
    .await;
    assert_eq!(
        site.usage().await.reserved,
        1,
        "the call is still under way"
    );
}

#[tokio::test]
async fn an_upstream_that_hangs_is_left_alone_though_nobody_waits_for_it() {
    let upstream = Scripted::start().await;
    upstream.set(|script| script.issue = Reply::Silence);
    let site = Site::over(&upstream).await;
    for _ in 0..5 {
        leave(site.post("/captcha/keys")).await;
    }
    until("all five are over", async || {
        site.usage().await.reserved == 0
    })
    .await;
    let asked = upstream.requests().len();
    for _ in 0..19 {
        assert_eq!(site.issue().await.code(), "upstream_unavailable");
    }
    assert_eq!(upstream.requests().len(), asked, "the breaker is open");
}

#[tokio::test]
async fn a_verdict_that_nobody_waited_for_is_counted() {
    let upstream = Scripted::start().await;
    let site = patient(&upstream).await;
    let key = site.heard_key().await;
    upstream.set(|script| script.verify = Reply::Late(LATE));
    let body = json!({"key": key, "answer": "12345"});
    leave(site.post("/captcha/verifications").json(&body)).await;
    let counted = async || {
        let text = site.backend.metrics().text(&NOTHING);
        text.lines().any(|line| {
            let parts = [
                "sori_upstream_calls_total",
                r#"call="verify""#,
                r#"outcome="ok""#,
            ];
            parts.iter().all(|part| line.contains(part))
        })
    };
    until("the call is counted", counted).await;
    // The visitor asks again, and gets the verdict and a token, once.
    let again = site.verify(&key, "12345").await;
    assert_eq!(again.json["verified"], true, "{again:?}");
    assert_eq!(site.verify(&key, "12345").await.code(), "invalid_key");
    assert_eq!(upstream.count("code=1"), 1);
}

fn siteverify(site: &Site, response: &str, name: Option<&str>) -> reqwest::RequestBuilder {
    let mut body = json!({"secret": SITE_SECRET, "response": response});
    if let Some(name) = name {
        body["idempotency_key"] = name.into();
    }
    site.http.post(site.url("/captcha/siteverify")).json(&body)
}

async fn ask(site: &Site, response: &str, name: Option<&str>) -> Value {
    Answer::of(siteverify(site, response, name)).await.json
}

#[tokio::test]
async fn a_site_that_gave_up_is_told_the_verdict_when_it_asks_again_by_the_same_name() {
    let upstream = Scripted::start().await;
    let site = patient(&upstream).await;
    let response = format!("{}:12345", site.heard_key().await);
    upstream.set(|script| script.verify = Reply::Late(LATE));
    leave(siteverify(&site, &response, Some("one"))).await;
    // While the call is under way, and after it.
    let again = ask(&site, &response, Some("one")).await;
    assert_eq!(again["success"], true, "{again}");
    assert_eq!(ask(&site, &response, Some("one")).await, again);
    for other in [Some("two"), None] {
        let refused = ask(&site, &response, other).await;
        assert_eq!(refused["error-codes"], json!(["timeout-or-duplicate"]));
    }
    assert_eq!(upstream.count("code=1"), 1);
}

#[tokio::test]
async fn two_at_once_by_the_same_name_are_told_the_same_and_cost_one_call() {
    let upstream = Scripted::start().await;
    let site = patient(&upstream).await;
    for verdict in [r#"{"result":true}"#, r#"{"result":false}"#] {
        let response = format!("{}:12345", site.heard_key().await);
        let asked = upstream.count("code=1");
        upstream.set(|script| script.verify = Reply::Text(200, verdict));
        let (one, other) = tokio::join!(
            ask(&site, &response, Some("name")),
            ask(&site, &response, Some("name")),
        );
        assert_eq!(one, other);
        assert_eq!(one["success"], verdict.contains("true"));
        assert_eq!(upstream.count("code=1"), asked + 1);
    }
}

#[tokio::test]
async fn a_failed_verification_is_not_repeated_by_the_same_name() {
    let upstream = Scripted::start().await;
    let site = patient(&upstream).await;
    let response = format!("{}:12345", site.heard_key().await);
    upstream.set(|script| script.verify = Reply::Text(500, r#"{"errorCode":"CT500"}"#));
    let first = ask(&site, &response, Some("name")).await;
    assert_eq!(first["error-codes"], json!(["internal-error"]));
    upstream.set(|script| script.verify = Reply::Good);
    assert_eq!(
        ask(&site, &response, Some("name")).await["error-codes"],
        json!(["internal-error"])
    );
    let other = ask(&site, &response, Some("other")).await;
    assert_eq!(other["error-codes"], json!(["timeout-or-duplicate"]));
    assert_eq!(upstream.count("code=1"), 1);
}

/// The idempotency key belongs to its request: the same one with another answer is another request.
#[tokio::test]
async fn a_name_does_not_lend_its_verdict_to_another_answer() {
    let upstream = Scripted::start().await;
    let site = patient(&upstream).await;
    let key = site.heard_key().await;
    let right = ask(&site, &format!("{key}:12345"), Some("name")).await;
    assert_eq!(right["success"], true);
    let other = ask(&site, &format!("{key}:54321"), Some("name")).await;
    assert_eq!(other["error-codes"], json!(["timeout-or-duplicate"]));
}

#[tokio::test]
async fn a_token_is_told_the_same_by_the_same_name() {
    let upstream = Scripted::start().await;
    let site = patient(&upstream).await;
    let verified = site.verify(&site.heard_key().await, "12345").await;
    let token = verified.json["token"].as_str().unwrap();
    let first = ask(&site, token, Some("name")).await;
    assert_eq!(first["success"], true);
    assert_eq!(ask(&site, token, Some("name")).await, first);
    let other = ask(&site, token, Some("other")).await;
    assert_eq!(other["error-codes"], json!(["timeout-or-duplicate"]));
}

#[tokio::test]
async fn an_answer_that_no_upstream_takes_is_wrong_without_a_call_and_opens_nothing() {
    let upstream = Scripted::start().await;
    upstream.set(|script| script.verify = Reply::Text(400, ""));
    let site = patient(&upstream).await;
    for answer in ["1\u{0}2", "12\n345", "1\u{85}2", "1\u{2028}2", "\u{7f}1"] {
        let key = site.heard_key().await;
        let wrong = site.verify(&key, answer).await;
        assert_eq!(wrong.json["verified"], false, "{answer:?}");
        assert_eq!(site.verify(&key, "12345").await.code(), "invalid_key");
    }
    assert_eq!(upstream.count("code=1"), 0);
    let usage = site.usage().await;
    assert_eq!((usage.spent, usage.reserved), (5, 0));
    assert_eq!(site.issue().await.status, 201);
}
