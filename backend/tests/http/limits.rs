//! Limits per client and for all: tight for a flood, wide for a school.

use crate::{
    scripted::Scripted,
    site::{Answer, Site, settings},
};
use sori_backend::{Settings, settings::HourlyShare};
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
    // All at once, and four more each: who mishears asks again.
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
    for _ in 0..40 {
        assert_eq!(issue_as(&site, "192.0.2.1").await.status, 201);
    }
    let refused = issue_as(&site, "192.0.2.1").await;
    assert_eq!(
        (refused.code(), refused.retry_after()),
        ("rate_limited", Some(2))
    );
    assert_eq!(issue_as(&site, "192.0.2.2").await.status, 201);
    site.clock.advance(Duration::from_secs(2));
    assert_eq!(issue_as(&site, "192.0.2.1").await.status, 201);
    assert_eq!(upstream.count("code=0"), 42);
}

#[tokio::test]
async fn a_subscriber_with_a_48_is_one_network() {
    let upstream = Scripted::start().await;
    let site = Site::start(default_limits(&upstream)).await;
    let mut through = 0;
    for subnet in 0..200 {
        let address = format!("2001:db8:7:{subnet:x}::1");
        through += usize::from(issue_as(&site, &address).await.status == 201);
    }
    assert_eq!(through, 80);
    assert_eq!(issue_as(&site, "2001:db8:8::1").await.status, 201);
}

#[tokio::test]
async fn one_hour_cannot_burn_the_day_however_many_addresses_ask() {
    let upstream = Scripted::start().await;
    let site = Site::start(default_limits(&upstream)).await;
    let (mut through, mut address) = (0, 0_u32);
    for _minute in 0..60 {
        for _ in 0..20 {
            address += 1;
            let client = std::net::Ipv4Addr::from_bits(0x0a00_0000 + address);
            let answer = issue_as(&site, &client.to_string()).await;
            if answer.status == 201 {
                through += 1;
            } else {
                assert_eq!(answer.code(), "rate_limited");
                assert!(answer.retry_after().is_some());
            }
        }
        site.clock.advance(Duration::from_secs(60));
    }
    // 1,000 calls are 500 challenges; a quarter at once and a quarter an hour.
    assert!((125..=250).contains(&through), "{through}");
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
