//! Which pages may use the backend: origins, the CORS preflight, tickets.

use crate::{
    scripted::Scripted,
    site::{Answer, NOON, Site, settings},
};
use reqwest::{Method, header};
use sori_backend::{Secret, Settings, ticket};
use std::time::Duration;

async fn issue_from(site: &Site, origin: Option<&str>) -> Answer {
    let mut request = site.http.post(site.url("/captcha/keys"));
    if let Some(origin) = origin {
        request = request.header(header::ORIGIN, origin);
    }
    Answer::of(request).await
}

#[tokio::test]
async fn only_a_page_of_the_same_host_may_issue_and_verify() {
    let upstream = Scripted::start().await;
    let site = Site::over(&upstream).await;
    assert_eq!(issue_from(&site, Some(&site.origin())).await.status, 201);
    let strangers = [
        None,
        Some("null"),
        Some(""),
        Some("http://127.0.0.1"),
        Some("https://example.com"),
        Some("http://127.0.0.1.example.com"),
    ];
    let asked = upstream.requests().len();
    for origin in strangers {
        assert_eq!(
            issue_from(&site, origin).await.code(),
            "origin_not_allowed",
            "{origin:?}"
        );
        let mut verify = site.http.post(site.url("/captcha/verifications"));
        if let Some(origin) = origin {
            verify = verify.header(header::ORIGIN, origin);
        }
        assert_eq!(
            Answer::of(verify).await.code(),
            "origin_not_allowed",
            "{origin:?}"
        );
    }
    assert_eq!(upstream.requests().len(), asked);
}

#[tokio::test]
async fn the_list_of_origins_replaces_the_own_host() {
    let upstream = Scripted::start().await;
    let settings = Settings {
        allowed_origins: vec!["https://www.example.com".parse().unwrap()],
        ..settings(upstream.addr)
    };
    let site = Site::start(settings).await;
    let allowed = issue_from(&site, Some("https://www.example.com")).await;
    assert_eq!(allowed.status, 201);
    assert_eq!(
        allowed.header("access-control-allow-origin"),
        Some("https://www.example.com")
    );
    let own = issue_from(&site, Some(&site.origin())).await;
    assert_eq!(own.code(), "origin_not_allowed");
    assert_eq!(own.header("access-control-allow-origin"), None);
    assert_eq!(issue_from(&site, None).await.code(), "origin_not_allowed");
}

#[tokio::test]
async fn native_apps_may_be_let_in_without_an_origin_but_no_stranger_with_one() {
    let upstream = Scripted::start().await;
    let settings = Settings {
        allow_no_origin: true,
        ..settings(upstream.addr)
    };
    let site = Site::start(settings).await;
    assert_eq!(issue_from(&site, None).await.status, 201);
    assert_eq!(
        issue_from(&site, Some("null")).await.code(),
        "origin_not_allowed"
    );
    // The host is written to siteverify's `hostname` and to the journal, so it must look like a host.
    for host in ["a b", "<script>", "", &"a".repeat(300)] {
        let request = site.http.post(site.url("/captcha/keys"));
        let answer = Answer::of(request.header(header::HOST, host)).await;
        assert_eq!(answer.code(), "bad_request", "{host:?}");
    }
}

async fn issue_with(site: &Site, headers: &[(&str, &str)]) -> Answer {
    let request = site.http.post(site.url("/captcha/keys"));
    let request = headers.iter().fold(request, |request, (name, value)| {
        request.header(*name, *value)
    });
    Answer::of(request).await
}

/// Some browsers send `Origin: null` for a page without referrers.
#[tokio::test]
async fn a_hidden_origin_counts_as_the_own_host_if_the_browser_says_same_origin() {
    let upstream = Scripted::start().await;
    let site = Site::over(&upstream).await;
    let null = ("origin", "null");
    let same = issue_with(&site, &[null, ("sec-fetch-site", "same-origin")]).await;
    assert_eq!(same.status, 201);
    for headers in [
        &[null][..],
        &[null, ("sec-fetch-site", "same-site")],
        &[null, ("sec-fetch-site", "cross-site")],
        &[null, ("sec-fetch-site", "none")],
        &[
            null,
            ("sec-fetch-site", "same-origin"),
            ("sec-fetch-site", "cross-site"),
        ],
        &[null, null, ("sec-fetch-site", "same-origin")],
        &[("sec-fetch-site", "same-origin")],
    ] {
        let answer = issue_with(&site, headers).await;
        assert_eq!(answer.code(), "origin_not_allowed", "{headers:?}");
    }
    // If origins are listed, the own host must be listed too.
    let settings = Settings {
        allowed_origins: vec!["https://www.example.com".parse().unwrap()],
        ..settings(upstream.addr)
    };
    let site = Site::start(settings).await;
    let same = ("sec-fetch-site", "same-origin");
    let listed = issue_with(&site, &[null, same, ("host", "www.example.com")]).await;
    assert_eq!(listed.status, 201);
    let other = issue_with(&site, &[null, same, ("host", "rebind.evil.example")]).await;
    assert_eq!(other.code(), "origin_not_allowed");
}

/// A proxy or a client may write a host in other ways than browsers write an origin.
#[tokio::test]
async fn one_host_written_in_two_ways_is_one_host() {
    let upstream = Scripted::start().await;
    let site = Site::over(&upstream).await;
    for (host, origin) in [
        ("example.com:", "https://example.com"),
        ("EXAMPLE.com:0443", "https://example.com"),
        ("[0:0:0:0:0:0:0:1]:8080", "http://[::1]:8080"),
    ] {
        let answer = issue_with(&site, &[("host", host), ("origin", origin)]).await;
        assert_eq!(answer.status, 201, "{host}");
    }
    let settings = Settings {
        allow_no_origin: true,
        ..settings(upstream.addr)
    };
    let site = Site::start(settings).await;
    let issued = issue_with(&site, &[("host", "App.Example.COM:8443")]).await;
    let key = issued.json["key"].as_str().unwrap();
    assert_eq!(site.audio(key).await.status, 200);
    let passed = site.siteverify_response(&format!("{key}:12345")).await;
    assert_eq!(passed.json["hostname"], "app.example.com");
}

#[tokio::test]
async fn a_host_that_is_none_is_refused() {
    let upstream = Scripted::start().await;
    let site = Site::over(&upstream).await;
    for host in ["[", "..", "a:b:c", "a:0", "[::1", "1.2.3", "a b"] {
        let origin = format!("http://{host}");
        let answer = issue_with(&site, &[("host", host), ("origin", &origin)]).await;
        assert_eq!(answer.code(), "bad_request", "{host}");
    }
    assert!(upstream.requests().is_empty());
}

#[tokio::test]
async fn the_old_ticket_secret_is_valid_beside_the_new_one_and_no_ticket_lives_for_years() {
    let upstream = Scripted::start().await;
    let (new, old) = (
        Secret::new("the new ticket secret, of which no page knows"),
        Secret::new("the old ticket secret, of which no page knows"),
    );
    let settings = Settings {
        ticket_secret: Some(new.clone()),
        ticket_secret_previous: Some(old.clone()),
        ..settings(upstream.addr)
    };
    let site = Site::start(settings).await;
    let issue = async |secret: &Secret, hours: u64| {
        let expires = NOON + Duration::from_secs(hours * 3600);
        let ticket = ticket::sign(secret, "session-1", expires).unwrap();
        let request = site.post("/captcha/keys").header("sori-ticket", ticket);
        Answer::of(request).await.status.as_u16()
    };
    assert_eq!(issue(&new, 1).await, 201);
    assert_eq!(issue(&old, 24).await, 201);
    assert_eq!(issue(&new, 25).await, 403);
    let stranger = Secret::new("a secret of another site, of the same length");
    assert_eq!(issue(&stranger, 1).await, 403);
}

#[tokio::test]
async fn the_preflight_is_answered_for_allowed_origins_alone() {
    let upstream = Scripted::start().await;
    let settings = Settings {
        allowed_origins: vec!["https://www.example.com".parse().unwrap()],
        ..settings(upstream.addr)
    };
    let site = Site::start(settings).await;
    for (path, method) in [
        ("/captcha/keys", "POST"),
        ("/captcha/audio/some-key", "GET"),
        ("/captcha/verifications", "POST"),
    ] {
        for (origin, allowed) in [
            ("https://www.example.com", true),
            ("https://example.com", false),
        ] {
            let request = site
                .http
                .request(Method::OPTIONS, site.url(path))
                .header(header::ORIGIN, origin)
                .header(header::ACCESS_CONTROL_REQUEST_METHOD, method)
                .header(
                    header::ACCESS_CONTROL_REQUEST_HEADERS,
                    "content-type,sori-ticket",
                );
            let answer = Answer::of(request).await;
            let origin = allowed.then_some(origin);
            assert_eq!(
                answer.header("access-control-allow-origin"),
                origin,
                "{path}"
            );
            let headers = answer
                .header("access-control-allow-headers")
                .unwrap_or_default();
            assert!(headers.contains("sori-ticket") && headers.contains("content-type"));
            assert_eq!(answer.header("access-control-allow-credentials"), None);
        }
    }
    let request = site
        .http
        .request(Method::OPTIONS, site.url("/captcha/siteverify"))
        .header(header::ORIGIN, "https://www.example.com")
        .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST");
    assert_eq!(
        Answer::of(request)
            .await
            .header("access-control-allow-origin"),
        None
    );
}

#[tokio::test]
async fn with_a_ticket_secret_issuing_needs_a_ticket_of_the_sites() {
    let upstream = Scripted::start().await;
    let secret = Secret::new("the ticket secret, of which no page knows");
    let mut settings = settings(upstream.addr);
    settings.ticket_secret = Some(secret.clone());
    settings.session_rate = "2/hour".parse().unwrap();
    let site = Site::start(settings).await;
    let issue = async |ticket: &str| {
        Answer::of(site.post("/captcha/keys").header("sori-ticket", ticket)).await
    };
    let expires = NOON + Duration::from_secs(3600);
    let ticket = ticket::sign(&secret, "session-1", expires).unwrap();
    assert_eq!(site.issue().await.code(), "origin_not_allowed");
    assert_eq!(
        issue(&ticket.replace("session-1", "session-2"))
            .await
            .code(),
        "origin_not_allowed"
    );
    assert_eq!(issue(&ticket).await.status, 201);
    assert_eq!(issue(&ticket).await.status, 201);

    // One session counts as one client, whatever addresses it comes from.
    let refused = issue(&ticket).await;
    assert_eq!(
        (refused.code(), refused.retry_after()),
        ("rate_limited", Some(3600))
    );
    let other = ticket::sign(&secret, "session-2", expires).unwrap();
    assert_eq!(issue(&other).await.status, 201);
    site.clock.advance(Duration::from_secs(3600));
    assert_eq!(issue(&other).await.code(), "origin_not_allowed");
}
