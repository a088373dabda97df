//! The quota over real HTTP, across midnight in Korea too.

use crate::{
    scripted::{Reply, Scripted},
    site::{Answer, CLIENT_ID, CLIENT_SECRET, Site, emulator, settings},
};
use sori_backend::{
    Settings,
    book::VerifiedBy,
    clock::Moment,
    practice,
    settings::{HourlyShare, UpstreamChoice},
};
use std::{collections::HashSet, time::Duration};
use tokio::task::JoinSet;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_thousand_at_once_spend_exactly_what_they_may() {
    // Each visitor is two sockets of this process.
    rlimit::increase_nofile_limit(10_000).unwrap();
    let upstream = emulator(Some(100)).await;
    let mut settings = settings(upstream.addr);
    settings.daily_quota = Some(100);
    settings.upstream_timeout = Duration::from_secs(20);
    let site = Site::start(settings).await;
    let mut visitors = JoinSet::new();
    for _ in 0..2000 {
        let request = site.post("/captcha/keys");
        visitors.spawn(async move { Answer::of(request).await });
    }
    let answers = visitors.join_all().await;
    let (issued, refused): (Vec<_>, Vec<_>) =
        answers.iter().partition(|answer| answer.status == 201);
    assert_eq!(issued.len(), 50);
    for answer in refused {
        assert_eq!(answer.code(), "quota_exceeded");
        assert!(answer.retry_after().is_some());
    }
    let usage = site.usage().await;
    assert_eq!((usage.spent, usage.reserved), (50, 50));

    // The emulator counts as NAVER does. If the backend had made one call too many, one of these would fail.
    for answer in issued {
        let key = answer.json["key"].as_str().unwrap();
        assert_eq!(site.audio(key).await.status, 200);
        assert_eq!(site.verify(key, "12345").await.json["verified"], true);
    }
    let usage = site.usage().await;
    assert_eq!(
        (usage.spent, usage.reserved, usage.left()),
        (100, 0, Some(0))
    );
}

/// 2026-11-21, 23:59:30 in Korea.
const NEAR_MIDNIGHT: Moment = Moment::from_secs(1_795_273_170);

fn two_challenges(upstream: &Scripted) -> Settings {
    Settings {
        daily_quota: Some(4),
        ..settings(upstream.addr)
    }
}

#[tokio::test]
async fn retry_after_ends_at_midnight_in_korea_and_not_before() {
    let upstream = Scripted::start().await;
    let site = Site::start_at(two_challenges(&upstream), NEAR_MIDNIGHT).await;
    for _ in 0..2 {
        let key = site.heard_key().await;
        assert_eq!(site.verify(&key, "12345").await.json["verified"], true);
    }
    let refused = site.issue().await;
    assert_eq!(
        (refused.code(), refused.retry_after()),
        ("quota_exceeded", Some(30))
    );
    site.clock.advance(Duration::from_secs(29));
    assert_eq!(site.issue().await.retry_after(), Some(1));
    site.clock.advance(Duration::from_secs(1));
    assert_eq!(site.issue().await.status, 201);
}

#[tokio::test]
async fn a_reservation_carries_over_midnight() {
    let upstream = Scripted::start().await;
    let site = Site::start_at(two_challenges(&upstream), NEAR_MIDNIGHT).await;
    let (one, two) = (site.heard_key().await, site.heard_key().await);
    site.clock.advance(Duration::from_secs(60));
    let usage = site.usage().await;
    assert_eq!((usage.spent, usage.reserved), (0, 2));
    // The quota has room for one more challenge beside the two that were issued, not for two.
    assert_eq!(site.issue().await.status, 201);
    assert_eq!(site.issue().await.code(), "quota_exceeded");
    for key in [one, two] {
        assert_eq!(site.verify(&key, "12345").await.json["verified"], true);
    }
}

#[tokio::test]
async fn a_reservation_lapses_and_a_late_answer_is_judged_while_quota_is_left() {
    let upstream = Scripted::start().await;
    let site = Site::start(two_challenges(&upstream)).await;
    let slow = site.heard_key().await;
    let slower = site.heard_key().await;
    assert_eq!(site.issue().await.retry_after(), Some(600));
    site.clock.advance(Duration::from_secs(600));
    assert_eq!(site.verify(&slow, "12345").await.json["verified"], true);
    let fresh = site.issue().await;
    // Two issues and one verification are spent. One call is left: too little for a new challenge, enough for the
    // other late answer.
    assert_eq!(fresh.code(), "quota_exceeded");
    assert_eq!(site.verify(&slower, "12345").await.json["verified"], true);
}

#[tokio::test]
async fn a_late_answer_without_quota_keeps_its_key() {
    let upstream = Scripted::start().await;
    let settings = Settings {
        daily_quota: Some(3),
        ..settings(upstream.addr)
    };
    let site = Site::start_at(settings, Moment::from_secs(1_795_273_200 - 1200)).await;
    let late = site.heard_key().await;
    site.clock.advance(Duration::from_secs(600));
    let other = site.heard_key().await;
    let refused = site.verify(&late, "12345").await;
    assert_eq!(
        (refused.code(), refused.retry_after()),
        ("quota_exceeded", Some(600))
    );
    assert_eq!(site.verify(&other, "12345").await.json["verified"], true);
    site.clock.advance(Duration::from_secs(600));
    assert_eq!(site.verify(&late, "12345").await.json["verified"], true);
}

#[tokio::test]
async fn where_the_site_verifies_each_key_counts_two_and_nothing_is_judged_here() {
    let upstream = Scripted::start().await;
    let settings = Settings {
        verified_by: VerifiedBy::Site,
        siteverify_secret: None,
        ..two_challenges(&upstream)
    };
    let site = Site::start(settings).await;
    let key = site.heard_key().await;
    site.heard_key().await;
    site.clock.advance(Duration::from_secs(3600));
    assert_eq!(site.usage().await.left(), Some(0));
    assert_eq!(site.issue().await.code(), "quota_exceeded");
    assert_eq!(site.verify(&key, "12345").await.status, 404);
    assert_eq!(
        site.siteverify_response(&format!("{key}:12345"))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn an_upstream_that_gives_a_key_out_twice_is_not_trusted_with_it() {
    let upstream = Scripted::start().await;
    upstream.set(|script| script.issue = Reply::Text(200, r#"{"key":"always-the-same"}"#));
    let site = Site::over(&upstream).await;
    assert_eq!(site.issue().await.status, 201);
    assert_eq!(site.issue().await.code(), "upstream_unavailable");
    let usage = site.usage().await;
    assert_eq!((usage.spent, usage.reserved), (2, 1));
}

#[tokio::test]
async fn a_thousand_challenges_at_once_are_a_thousand() {
    let options = practice::Options {
        client_id: CLIENT_ID.into(),
        client_secret: CLIENT_SECRET.into(),
        daily_quota: None,
        ..practice::Options::default()
    };
    let upstream = practice::spawn(options, ([127, 0, 0, 1], 0).into());
    let upstream = upstream.await.unwrap();
    let mut settings = settings(upstream.addr);
    settings.daily_quota = None;
    settings.upstream_timeout = Duration::from_secs(20);
    let site = Site::start(settings).await;
    let mut keys = HashSet::new();
    for _ in 0..20 {
        let mut visitors = JoinSet::new();
        for _ in 0..50 {
            visitors.spawn(Answer::of(site.post("/captcha/keys")));
        }
        for answer in visitors.join_all().await {
            let key = answer.json["key"].as_str().expect("a key").to_owned();
            assert!(keys.insert(key), "a key is given to one visitor");
        }
    }
    let mut heard = HashSet::new();
    for key in keys.iter().take(20) {
        assert!(
            heard.insert(site.audio(key).await.bytes),
            "no two sound alike"
        );
    }
}

#[tokio::test]
async fn two_tabs_of_one_visitor_pass_in_whatever_order_they_are_sent() {
    let upstream = emulator(None).await;
    let site = Site::start(settings(upstream.addr)).await;
    let (first, second) = (site.heard_key().await, site.heard_key().await);
    for key in [second, first] {
        let passed = site.siteverify_response(&format!("{key}:12345")).await;
        assert_eq!(passed.json["success"], true, "{passed:?}");
    }
}

/// Otherwise, in a test that moves the backend's clock past midnight, it would still be the day before at the
/// upstream.
#[tokio::test]
async fn the_practice_upstream_turns_the_day_with_the_backends_clock() {
    let mut settings = Settings::practice();
    settings.upstream = UpstreamChoice::Practice(practice::Options {
        daily_quota: Some(2),
        ..practice::Options::default()
    });
    // Otherwise the backend's own count would refuse first.
    settings.daily_quota = None;
    settings.hourly_share = HourlyShare(None);
    let site = Site::start(settings).await;
    site.key().await;
    site.key().await;
    // The emulator has counted two calls, which is its whole quota.
    let refused = site.issue().await;
    assert_eq!(refused.code(), "quota_exceeded");
    let wait = Duration::from_secs(refused.retry_after().unwrap());
    assert_eq!(wait, Duration::from_secs(12 * 3600));
    site.clock.advance(wait);
    site.key().await;
}
