//! Limits per client and for the site: strict against a flood, generous for a school.

use crate::{
    scripted::Scripted,
    site::{Answer, NOON, Site, settings},
};
use sori_backend::{Settings, clock::Moment, settings::HourlyShare};
use std::time::Duration;

/// The limits that a backend has by default, behind a proxy on loopback.
fn default_limits(upstream: &Scripted) -> Settings {
    let Settings {
        client_rate,
        network_rate,
        hourly_share,
        ..
    } = Settings::practice();
    Settings {
        client_rate,
        network_rate,
        hourly_share,
        trusted_proxies: vec!["127.0.0.0/8".parse().unwrap()],
        ..settings(upstream.addr)
    }
}

async fn issue_as(site: &Site, address: &str) -> Answer {
    Answer::of(
        site.post("/captcha/keys")
            .header("x-forwarded-for", address),
    )
    .await
}

#[tokio::test]
async fn twenty_people_behind_one_address_are_not_refused_in_ten_minutes() {
    let upstream = Scripted::start().await;
    let site = Site::start(default_limits(&upstream)).await;
    // All at once, and four more each, because people who mishear ask again.
    for round in 0..5 {
        for person in 0..20 {
            let answer = issue_as(&site, "192.0.2.1").await;
            assert_eq!(
                answer.status, 201,
                "person {person} in round {round}: {answer:?}"
            );
        }
        site.clock.advance(Duration::from_secs(120));
    }
}

#[tokio::test]
async fn a_flood_from_one_address_is_refused_and_others_are_not() {
    let upstream = Scripted::start().await;
    let site = Site::start(default_limits(&upstream)).await;
    for _ in 0..25 {
        assert_eq!(issue_as(&site, "192.0.2.1").await.status, 201);
    }
    let refused = issue_as(&site, "192.0.2.1").await;
    assert_eq!(
        (refused.code(), refused.retry_after()),
        ("rate_limited", Some(10))
    );
    assert_eq!(issue_as(&site, "192.0.2.2").await.status, 201);
    site.clock.advance(Duration::from_secs(10));
    assert_eq!(issue_as(&site, "192.0.2.1").await.status, 201);
    assert_eq!(upstream.count("code=0"), 27);
}

#[tokio::test]
async fn a_subscriber_with_a_48_is_one_network() {
    let upstream = Scripted::start().await;
    let site = Site::start(default_limits(&upstream)).await;
    let mut through = 0;
    for subnet in 0..100 {
        let address = format!("2001:db8:7:{subnet:x}::1");
        through += usize::from(issue_as(&site, &address).await.status == 201);
    }
    assert_eq!(through, 40);
    assert_eq!(issue_as(&site, "2001:db8:8::1").await.status, 201);
}

#[tokio::test]
async fn four_addresses_cannot_take_an_hours_challenges_at_once() {
    let upstream = Scripted::start().await;
    let site = Site::start(default_limits(&upstream)).await;
    let mut through = 0;
    for address in ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"] {
        for _ in 0..60 {
            through += usize::from(issue_as(&site, address).await.status == 201);
        }
    }
    assert_eq!(through, 100);
    assert_eq!(issue_as(&site, "192.0.2.5").await.status, 201);
}

#[tokio::test]
async fn one_address_cannot_spend_the_day_in_two_hours_nor_in_the_day() {
    let upstream = Scripted::start().await;
    let site = Site::start(default_limits(&upstream)).await;
    let mut through = Vec::new();
    for minute in 0..8 * 60 {
        while issue_as(&site, "192.0.2.1").await.status == 201 {
            through.push(minute);
        }
        site.clock.advance(Duration::from_secs(60));
    }
    let within = |hours: i32| {
        through
            .iter()
            .filter(|&&minute| minute < hours * 60)
            .count()
    };
    assert_eq!((within(1), within(2)), (100, 200));
    // Of the day's 500 challenges.
    assert_eq!(within(8), 300);
}

/// A school whose visitors all have one IP address.
#[tokio::test]
async fn a_school_is_served_as_far_as_an_hours_challenges_go() {
    let upstream = Scripted::start().await;
    let site = Site::start(default_limits(&upstream)).await;
    let mut through = 0;
    for second in 0..600 {
        // Forty a minute.
        if second % 3 != 2 {
            let answer = issue_as(&site, "192.0.2.1").await;
            if answer.status == 201 {
                through += 1;
            } else {
                assert!(answer.retry_after().is_some_and(|seconds| seconds <= 3600));
            }
        }
        site.clock.advance(Duration::from_secs(1));
    }
    assert_eq!(through, 100);
}

#[tokio::test]
async fn the_hourly_share_is_what_an_hour_lets_through_however_many_addresses_ask() {
    let upstream = Scripted::start().await;
    let site = Site::start(default_limits(&upstream)).await;
    let (mut through, mut address) = (Vec::new(), 0_u32);
    for minute in 0..180 {
        for _ in 0..5 {
            address += 1;
            let client = std::net::Ipv4Addr::from_bits(0x0a00_0000 + address);
            let answer = issue_as(&site, &client.to_string()).await;
            if answer.status == 201 {
                through.push(minute);
            } else {
                assert_eq!(answer.code(), "rate_limited");
                assert!(answer.retry_after().is_some());
            }
        }
        site.clock.advance(Duration::from_secs(60));
    }
    // 1,000 calls are 500 challenges, and a quarter of them an hour is 125.
    let most = (0..120).map(|start| {
        through
            .iter()
            .filter(|&&minute| (start..start + 60).contains(&minute))
            .count()
    });
    assert_eq!(most.max(), Some(125));
    assert!(through.len() >= 3 * 120, "{}", through.len());
}

#[tokio::test]
async fn a_clock_that_is_set_back_keeps_nobody_waiting() {
    let upstream = Scripted::start().await;
    let mut settings = default_limits(&upstream);
    settings.client_rate = "2/minute".parse().unwrap();
    let site = Site::start(settings).await;
    for _ in 0..2 {
        assert_eq!(issue_as(&site, "192.0.2.1").await.status, 201);
    }
    site.clock
        .set(Moment::from_millis(NOON.as_millis() - 7_200_000));
    let refused = issue_as(&site, "192.0.2.1").await;
    assert_eq!(refused.code(), "rate_limited");
    assert!(
        refused.retry_after().is_some_and(|seconds| seconds <= 60),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_byte_that_is_no_text_in_the_header_makes_no_shared_bucket() {
    let upstream = Scripted::start().await;
    let mut settings = default_limits(&upstream);
    settings.client_rate = "1/minute".parse().unwrap();
    let site = Site::start(settings).await;
    let issue = async |value: &[u8]| {
        let value = reqwest::header::HeaderValue::from_bytes(value).unwrap();
        let request = site.post("/captcha/keys").header("x-forwarded-for", value);
        Answer::of(request).await.status.as_u16()
    };
    assert_eq!(issue(b"\xff, 192.0.2.1").await, 201);
    assert_eq!(issue(b"\xff, 192.0.2.2").await, 201);
    assert_eq!(issue(b"\xfe, 192.0.2.1").await, 429);
}

#[tokio::test]
async fn without_a_trusted_proxy_nobody_is_believed() {
    let upstream = Scripted::start().await;
    let mut settings = default_limits(&upstream);
    settings.trusted_proxies.clear();
    settings.hourly_share = HourlyShare(None);
    settings.client_rate = "3/minute".parse().unwrap();
    let site = Site::start(settings).await;
    for address in ["192.0.2.1", "192.0.2.2", "192.0.2.3"] {
        assert_eq!(issue_as(&site, address).await.status, 201);
    }
    assert_eq!(issue_as(&site, "192.0.2.4").await.code(), "rate_limited");
}

#[tokio::test]
async fn a_key_is_not_fetched_without_end() {
    let upstream = Scripted::start().await;
    let site = Site::over(&upstream).await;
    let key = site.key().await;
    for _ in 0..20 {
        assert_eq!(site.audio(&key).await.status, 200);
    }
    assert_eq!(site.audio(&key).await.code(), "invalid_key");
    assert_eq!(upstream.count("scaptcha"), 20);
    assert_eq!(site.verify(&key, "12345").await.json["verified"], true);
}
