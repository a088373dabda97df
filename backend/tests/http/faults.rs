//! Every way in which the upstream can fail must give a defined code. Nothing may hang or panic, and the quota must
//! not be exceeded.

use crate::{
    scripted::{Reply, Scripted},
    site::{CLIENT_SECRET, Site, settings},
};
use std::time::Duration;
use tokio::net::TcpSocket;

/// The faults that any call can have, and the code for each.
async fn common() -> (Vec<(Reply, &'static str)>, Scripted) {
    let elsewhere = Scripted::start().await;
    let faults = vec![
        (Reply::Reset, "upstream_unavailable"),
        (Reply::Silence, "upstream_unavailable"),
        (Reply::Trickle, "upstream_unavailable"),
        (
            Reply::Text(500, r#"{"errorCode":"CT500"}"#),
            "upstream_unavailable",
        ),
        (Reply::Text(503, ""), "upstream_unavailable"),
        (
            Reply::Text(200, "<!doctype html><title>Log in</title>"),
            "upstream_unavailable",
        ),
        (Reply::Text(200, ""), "upstream_unavailable"),
        (
            Reply::Text(401, r#"{"errorCode":"024"}"#),
            "upstream_rejected",
        ),
        (
            Reply::Text(403, "<html>not ticked</html>"),
            "upstream_rejected",
        ),
        (Reply::Huge, "upstream_unavailable"),
        (Reply::Redirect(elsewhere.addr), "upstream_unavailable"),
    ];
    (faults, elsewhere)
}

#[tokio::test]
async fn an_issue_that_fails_upstream_is_told_and_spends_one_call_unless_it_is_refused_at_the_door()
{
    let (faults, elsewhere) = common().await;
    for (fault, code) in faults {
        let upstream = Scripted::start().await;
        let site = Site::over(&upstream).await;
        upstream.set(|script| script.issue = fault.clone());
        let answer = site.issue().await;
        assert_eq!(answer.code(), code, "{fault:?}");
        let usage = site.usage().await;
        let spent = u32::from(code != "upstream_rejected");
        assert_eq!((usage.spent, usage.reserved), (spent, 0), "{fault:?}");
        upstream.set(|script| script.issue = Reply::Good);
        let again = site.issue().await;
        assert_eq!(
            again.status, 201,
            "it recovers with the upstream: {fault:?}"
        );
    }
    assert_eq!(
        elsewhere.requests(),
        [] as [String; 0],
        "no redirect is followed"
    );
}

#[tokio::test]
async fn audio_that_fails_upstream_is_told_and_can_be_fetched_again() {
    let (mut faults, elsewhere) = common().await;
    faults.push((Reply::CutWav, "upstream_unavailable"));
    faults.push((Reply::Text(403, r#"{"errorCode":"CT001"}"#), "invalid_key"));
    for (fault, code) in faults {
        let upstream = Scripted::start().await;
        let site = Site::over(&upstream).await;
        let key = site.key().await;
        upstream.set(|script| script.audio = fault.clone());
        assert_eq!(site.audio(&key).await.code(), code, "{fault:?}");
        assert_eq!(
            site.verify(&key, "1").await.code(),
            "audio_not_issued",
            "{fault:?}"
        );
        upstream.set(|script| script.audio = Reply::Good);
        assert_eq!(site.audio(&key).await.status, 200, "{fault:?}");
        let usage = site.usage().await;
        assert_eq!(
            (usage.spent, usage.reserved),
            (1, 1),
            "fetching is free: {fault:?}"
        );
    }
    assert_eq!(
        elsewhere.requests(),
        [] as [String; 0],
        "no redirect is followed"
    );
}

#[tokio::test]
async fn a_verification_that_fails_upstream_is_told_and_not_repeated() {
    let (mut faults, elsewhere) = common().await;
    faults.push((Reply::Text(403, r#"{"errorCode":"CT001"}"#), "invalid_key"));
    faults.push((
        Reply::Text(400, r#"{"errorCode":"CT002"}"#),
        "audio_not_issued",
    ));
    for (fault, code) in faults {
        let upstream = Scripted::start().await;
        let site = Site::over(&upstream).await;
        let key = site.heard_key().await;
        let other = site.heard_key().await;
        upstream.set(|script| script.verify = fault.clone());
        assert_eq!(site.verify(&key, "12345").await.code(), code, "{fault:?}");
        // It was refused at once and not checked, so the key can still be used.
        let kept = code == "upstream_rejected";
        let again = if kept { code } else { "invalid_key" };
        assert_eq!(site.verify(&key, "12345").await.code(), again, "{fault:?}");
        let usage = site.usage().await;
        let expected = if kept { (2, 2) } else { (3, 1) };
        assert_eq!((usage.spent, usage.reserved), expected, "{fault:?}");

        let verdict = site.siteverify_response(&format!("{other}:12345")).await;
        let expected = if code == "invalid_key" {
            "timeout-or-duplicate"
        } else {
            "internal-error"
        };
        assert_eq!(verdict.error_codes(), [expected], "{fault:?}");
    }
    assert_eq!(
        elsewhere.requests(),
        [] as [String; 0],
        "no redirect is followed"
    );
}

#[tokio::test]
async fn a_connection_that_was_never_made_costs_nothing() {
    // It has an address, and does not listen.
    let nobody = TcpSocket::new_v4().unwrap();
    nobody.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let address = nobody.local_addr().unwrap();
    let site = Site::start(settings(address)).await;
    assert_eq!(site.issue().await.code(), "upstream_unavailable");
    let usage = site.usage().await;
    assert_eq!((usage.spent, usage.reserved), (0, 0));
}

#[tokio::test]
async fn a_verification_that_could_not_be_sent_can_be_made_again() {
    let upstream = Scripted::start().await;
    let addr = upstream.addr;
    let site = Site::over(&upstream).await;
    let key = site.heard_key().await;
    upstream.stop().await;
    assert_eq!(
        site.verify(&key, "12345").await.code(),
        "upstream_unavailable"
    );
    let usage = site.usage().await;
    assert_eq!((usage.spent, usage.reserved), (1, 1));
    let _back = Scripted::start_at(addr).await;
    assert_eq!(site.verify(&key, "12345").await.json["verified"], true);
    let usage = site.usage().await;
    assert_eq!((usage.spent, usage.reserved), (2, 0));
}

#[tokio::test]
async fn a_verdict_counts_under_status_403() {
    let upstream = Scripted::start().await;
    upstream.set(|script| script.verify = Reply::Text(403, r#"{"result":true}"#));
    let site = Site::over(&upstream).await;
    let key = site.heard_key().await;
    assert_eq!(site.verify(&key, "12345").await.json["verified"], true);
}

/// A key that was issued is spent, and a verdict that was given is the only one.
#[tokio::test]
async fn a_member_of_another_type_does_not_spoil_the_reply() {
    let upstream = Scripted::start().await;
    let site = Site::over(&upstream).await;
    for (n, member) in [r#""error":"""#, r#""message":0"#, r#""result":"ok""#]
        .iter()
        .enumerate()
    {
        let body = format!(r#"{{"key":"odd-key-{n}",{member}}}"#).leak();
        upstream.once("code=0", Reply::Text(200, body));
        let key = site.heard_key().await;
        assert_eq!(key, format!("odd-key-{n}"));
        let odd = r#"{"result":true,"errorMessage":0,"message":null}"#;
        upstream.once("code=1", Reply::Text(200, odd));
        assert_eq!(site.verify(&key, "12345").await.json["verified"], true);
    }
}

#[tokio::test]
async fn an_upstream_that_is_down_is_left_alone_until_the_next_visitor_after_the_wait() {
    let upstream = Scripted::start().await;
    let site = Site::over(&upstream).await;
    let key = site.heard_key().await;
    upstream.set(|script| script.issue = Reply::Text(500, ""));
    for _ in 0..5 {
        assert_eq!(site.issue().await.code(), "upstream_unavailable");
    }
    let asked = upstream.requests().len();
    let spent = site.usage().await.spent;
    for _ in 0..20 {
        let answer = site.issue().await;
        assert_eq!(answer.code(), "upstream_unavailable");
        assert_eq!(answer.retry_after(), Some(5));
    }
    // A verification does not reach the upstream either, and its key can still be used.
    assert_eq!(
        site.verify(&key, "12345").await.code(),
        "upstream_unavailable"
    );
    assert_eq!(upstream.requests().len(), asked, "nobody probes");
    assert_eq!(site.usage().await.spent, spent, "and nothing is spent");

    upstream.set(|script| script.issue = Reply::Good);
    site.clock.advance(Duration::from_secs(5));
    assert_eq!(site.issue().await.status, 201);
    assert_eq!(site.verify(&key, "12345").await.json["verified"], true);
}

#[tokio::test]
async fn the_upstream_is_never_asked_more_at_once_than_is_set() {
    let upstream = Scripted::start().await;
    upstream.set(|script| script.issue = Reply::Silence);
    let mut settings = settings(upstream.addr);
    settings.upstream_concurrency = 3;
    let site = Site::start(settings).await;
    let mut visitors = tokio::task::JoinSet::new();
    for _ in 0..12 {
        let request = site.post("/captcha/keys");
        visitors.spawn(async { request.send().await.unwrap().status() });
    }
    let statuses = visitors.join_all().await;
    assert!(statuses.iter().all(|status| *status == 503), "{statuses:?}");
    assert_eq!(upstream.requests().len(), 3);
    // Calls that waited too long were never sent, so the quota gets them back.
    assert_eq!(site.usage().await.spent, 3);
}

/// Audio uses no quota, so without a limit a few visitors could block all calls with it.
#[tokio::test]
async fn audio_that_does_not_come_keeps_nobody_from_a_key() {
    let upstream = Scripted::start().await;
    upstream.set(|script| script.audio = Reply::Silence);
    let mut settings = settings(upstream.addr);
    settings.upstream_concurrency = 8;
    settings.upstream_timeout = Duration::from_secs(20);
    let site = Site::start(settings).await;
    let mut visitors = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let key = site.key().await;
        for _ in 0..20 {
            visitors.spawn(site.get(&format!("/captcha/audio/{key}")).send());
        }
    }
    while upstream.count("scaptcha") < 4 {
        tokio::task::yield_now().await;
    }
    assert_eq!(site.issue().await.status, 201);
    assert_eq!(upstream.count("scaptcha"), 4, "half of the turns");
}

#[tokio::test]
async fn who_asks_for_audio_that_is_being_fetched_waits_for_the_same_fetch() {
    let upstream = Scripted::start().await;
    upstream.set(|script| script.audio = Reply::Late(Duration::from_millis(500)));
    let mut settings = settings(upstream.addr);
    settings.upstream_timeout = Duration::from_secs(20);
    let site = Site::start(settings).await;
    let key = site.key().await;
    let mut visitors = tokio::task::JoinSet::new();
    for _ in 0..30 {
        let audio = site.get(&format!("/captcha/audio/{key}"));
        visitors.spawn(async { audio.send().await.unwrap().status() });
    }
    let statuses = visitors.join_all().await;
    assert!(statuses.iter().all(|status| *status == 200), "{statuses:?}");
    assert!(
        upstream.count("scaptcha") < 20,
        "{}",
        upstream.count("scaptcha")
    );
    // A fetch that has ended is not used for a later request.
    let fetched = upstream.count("scaptcha");
    upstream.set(|script| script.audio = Reply::Text(500, ""));
    assert_eq!(site.audio(&key).await.code(), "upstream_unavailable");
    assert_eq!(upstream.count("scaptcha"), fetched + 1);
}

#[tokio::test]
async fn no_failure_shows_the_secret_or_the_cause() {
    let (faults, _elsewhere) = common().await;
    for (fault, _) in faults {
        let upstream = Scripted::start().await;
        upstream.set(|script| script.issue = fault.clone());
        let site = Site::over(&upstream).await;
        let answer = site.issue().await;
        let text =
            String::from_utf8_lossy(&answer.bytes).into_owned() + &format!("{:?}", answer.headers);
        for hidden in [
            CLIENT_SECRET,
            &upstream.addr.to_string(),
            "reqwest",
            "hyper",
            "CT500",
            "<html",
        ] {
            assert!(!text.contains(hidden), "{fault:?}: {text}");
        }
    }
}

#[tokio::test]
async fn an_outage_does_not_use_up_a_key_that_was_paid_for() {
    let upstream = Scripted::start().await;
    let site = Site::over(&upstream).await;
    let key = site.key().await;
    upstream.set(|script| script.audio = Reply::Text(500, ""));
    for _ in 0..60 {
        assert_eq!(site.audio(&key).await.code(), "upstream_unavailable");
        site.clock.advance(Duration::from_secs(61));
    }
    upstream.set(|script| script.audio = Reply::Good);
    // Only audio that was delivered counts.
    for _ in 0..20 {
        assert_eq!(site.audio(&key).await.status, 200);
    }
    assert_eq!(site.audio(&key).await.code(), "invalid_key");
    assert_eq!(upstream.count("scaptcha"), 80);
}

/// Browsers play such a file, and HTTP shows whether a body is complete.
#[tokio::test]
async fn audio_whose_header_declares_another_length_is_served() {
    let upstream = Scripted::start().await;
    let site = Site::over(&upstream).await;
    upstream.set(|script| script.audio = Reply::ShortWav);
    let key = site.key().await;
    let audio = site.audio(&key).await;
    assert_eq!((audio.status.as_u16(), audio.bytes.len()), (200, 408));
    assert_eq!(site.verify(&key, "12345").await.json["verified"], true);
}
