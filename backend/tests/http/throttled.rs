//! A 429 that is about calls per second, one that is about the day, and one that does not say which.

use crate::{
    scripted::{Reply, Scripted},
    site::{Answer, Site, settings},
};
use serde_json::Value;
use std::time::Duration;

const BURST: Reply = Reply::Text(
    429,
    r#"{"errorMessage":"Rate limit exceeded. (속도 제한을 초과했습니다.)","errorCode":"012"}"#,
);
const UNEXPLAINED: Reply = Reply::Text(429, "");
const SPENT: Reply = Reply::Text(
    429,
    r#"{"errorMessage":"Query limit exceeded (하루 허용량을 초과하였습니다.)","errorCode":"010"}"#,
);
const ISSUE: &str = "code=0";
const VERIFY: &str = "code=1";

async fn start(upstream: &Scripted) -> Site {
    let mut settings = settings(upstream.addr);
    settings.daily_quota = Some(1000);
    settings.upstream_timeout = Duration::from_secs(5);
    Site::start(settings).await
}

#[tokio::test]
async fn a_burst_is_waited_out_and_asked_once_more() {
    for refusal in [BURST, UNEXPLAINED] {
        let upstream = Scripted::start().await;
        let site = start(&upstream).await;
        upstream.once(ISSUE, refusal.clone());
        let key = site.key().await;
        upstream.once("scaptcha", refusal.clone());
        assert_eq!(site.audio(&key).await.status, 200);
        upstream.once(VERIFY, refusal.clone());
        assert_eq!(site.verify(&key, "12345").await.json["verified"], true);
        let calls = [
            upstream.count(ISSUE),
            upstream.count("scaptcha"),
            upstream.count(VERIFY),
        ];
        assert_eq!(calls, [2, 2, 2], "{refusal:?}");
        let usage = site.usage().await;
        assert_eq!((usage.spent, usage.reserved, usage.closed), (2, 0, false));
    }
}

#[tokio::test]
async fn an_upstream_that_stays_busy_is_left_alone_for_seconds_and_the_day_stays_open() {
    let upstream = Scripted::start().await;
    let site = start(&upstream).await;
    let key = site.heard_key().await;
    upstream.set(|script| {
        script.issue = BURST;
        script.verify = BURST;
    });
    // One silent retry, then the visitor gets the error; each of these waits is longer than the one before.
    let mut waits = Vec::new();
    while waits.last().is_none_or(|wait| *wait < 8) {
        let refused = site.issue().await;
        assert_eq!(
            (refused.status.as_u16(), refused.code()),
            (429, "rate_limited")
        );
        waits.push(refused.retry_after().unwrap());
        site.clock
            .advance(Duration::from_secs(*waits.last().unwrap()));
    }
    assert!(waits.is_sorted() && waits[0] <= 2, "{waits:?}");
    assert_eq!(site.verify(&key, "12345").await.code(), "rate_limited");
    // During the pause no call is made.
    let asked = upstream.requests().len();
    for _ in 0..10 {
        assert_eq!(site.issue().await.code(), "rate_limited");
        assert_eq!(site.verify(&key, "12345").await.code(), "rate_limited");
    }
    assert_eq!(upstream.requests().len(), asked);
    let usage = site.usage().await;
    assert_eq!((usage.spent, usage.reserved, usage.closed), (1, 1, false));
    upstream.set(|script| {
        script.issue = Reply::Good;
        script.verify = Reply::Good;
    });
    site.clock.advance(Duration::from_secs(30));
    assert_eq!(site.verify(&key, "12345").await.json["verified"], true);
    assert_eq!(site.issue().await.status, 201);
}

#[tokio::test]
async fn a_wait_that_the_upstream_asks_for_is_kept_however_it_is_written() {
    // The test's clock says 03:00:00 GMT.
    for (status, lines, wait) in [
        (429, "retry-after: 30", 30),
        (429, "retry-after: Sat, 21 Nov 2026 03:00:40 GMT", 40),
        (429, "retry-after: 99999999999999999999999", 120),
        (503, "retry-after: 30", 30),
        (503, "retry-after: Sat, 21 Nov 2026 03:00:40 GMT", 40),
        (503, "retry-after: 3600", 60),
    ] {
        let upstream = Scripted::start().await;
        let site = start(&upstream).await;
        upstream.once(ISSUE, Reply::Head(status, lines));
        for refused in [site.issue().await, site.issue().await] {
            assert_eq!(refused.retry_after(), Some(wait), "{lines}: {refused:?}");
        }
        assert_eq!(upstream.count(ISSUE), 1, "{lines}");
        site.clock.advance(Duration::from_secs(wait));
        assert_eq!(site.issue().await.status, 201, "{lines}");
    }
    for lines in ["retry-after: 0", "retry-after: soon"] {
        let upstream = Scripted::start().await;
        let site = start(&upstream).await;
        upstream.once(ISSUE, Reply::Head(503, lines));
        assert_eq!(site.issue().await.code(), "upstream_unavailable");
        assert_eq!(site.issue().await.status, 201, "{lines}");
    }
}

#[tokio::test]
async fn a_spent_day_is_closed_until_midnight_in_korea() {
    let upstream = Scripted::start().await;
    let site = start(&upstream).await;
    let key = site.heard_key().await;
    upstream.once(ISSUE, SPENT);
    let refused = site.issue().await;
    // Twelve hours from noon.
    assert_eq!(
        (refused.code(), refused.retry_after()),
        ("quota_exceeded", Some(43_200))
    );
    let asked = upstream.requests().len();
    assert_eq!(site.issue().await.retry_after(), Some(43_200));
    assert_eq!(site.verify(&key, "12345").await.code(), "quota_exceeded");
    assert_eq!(upstream.requests().len(), asked);
    site.clock.advance(Duration::from_secs(43_200));
    assert_eq!(site.issue().await.status, 201);
}

#[tokio::test]
async fn refusals_without_a_reason_close_the_day_after_minutes_and_not_before() {
    let upstream = Scripted::start().await;
    let site = start(&upstream).await;
    upstream.set(|script| script.issue = UNEXPLAINED);
    let mut passed = Duration::ZERO;
    let closed = loop {
        let refused = site.issue().await;
        if refused.code() == "quota_exceeded" {
            break refused;
        }
        assert_eq!(refused.code(), "rate_limited");
        site.clock.advance(Duration::from_secs(31));
        passed += Duration::from_secs(31);
    };
    assert!((180..300).contains(&passed.as_secs()), "{passed:?}");
    let until_midnight = 43_200 - passed.as_secs();
    assert_eq!(closed.retry_after(), Some(until_midnight));
    assert!(site.usage().await.closed);
}

#[tokio::test]
async fn an_operator_opens_a_day_that_was_closed_by_mistake() {
    let upstream = Scripted::start().await;
    let site = start(&upstream).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let admin = format!("http://{}", listener.local_addr().unwrap());
    let router = site.backend.admin();
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    upstream.once(ISSUE, SPENT);
    assert_eq!(site.issue().await.code(), "quota_exceeded");

    let show = async || -> Value {
        let answer = site
            .http
            .get(format!("{admin}/quota"))
            .send()
            .await
            .unwrap();
        answer.json().await.unwrap()
    };
    let closed = show().await;
    assert_eq!(
        (&closed["closed"], &closed["left"]),
        (&true.into(), &0.into())
    );
    assert_eq!(closed["closedUntil"], "2026-11-21T15:00:00Z");
    // A page that the operator has open cannot do this.
    let page = site.http.post(format!("{admin}/quota/open"));
    let page = page
        .header("origin", "https://evil.example")
        .send()
        .await
        .unwrap();
    assert_eq!(page.status(), 403);
    assert_eq!(show().await["closed"], true);
    let opened = site
        .http
        .post(format!("{admin}/quota/open"))
        .send()
        .await
        .unwrap();
    let opened: Value = opened.json().await.unwrap();
    assert_eq!(
        (&opened["closed"], &opened["spent"]),
        (&false.into(), &0.into())
    );
    assert_eq!(Answer::of(site.post("/captcha/keys")).await.status, 201);
    server.abort();
}

#[tokio::test]
async fn an_api_that_was_withdrawn_is_lasting_and_costs_nothing() {
    let upstream = Scripted::start().await;
    let site = start(&upstream).await;
    upstream.set(|script| {
        script.issue = Reply::Text(
            404,
            r#"{"errorMessage":"Invalid search api","errorCode":"SE05"}"#,
        );
    });
    for _ in 0..10 {
        let refused = site.issue().await;
        assert_eq!(
            (refused.status.as_u16(), refused.code()),
            (502, "upstream_rejected")
        );
        assert_eq!(refused.retry_after(), None);
    }
    let usage = site.usage().await;
    assert_eq!((usage.spent, usage.reserved, usage.closed), (0, 0, false));
}
