//! What the log tells an operator who has set something up wrongly.

use crate::process::{Program, client};
use reqwest::header::{HeaderName, HeaderValue};
use std::time::{Duration, Instant};

pub(crate) const REAL: [(&str, &str); 4] = [
    ("SORI_CLIENT_ID", "id-that-nobody-may-see"),
    ("SORI_CLIENT_SECRET", "s3cr3t-ten"),
    ("SORI_SITEVERIFY_SECRET", "0123456789abcdef0123456789abcdef"),
    ("SORI_UPSTREAM_URL", "http://127.0.0.1:9/v1/captcha"),
];

pub(crate) async fn issue(program: &Program, headers: &[(&str, &[u8])]) -> (u16, String) {
    let mut request = client().post(format!("{}captcha/keys", program.base));
    for (name, value) in headers {
        let name: HeaderName = name.parse().unwrap();
        request = request.header(name, HeaderValue::from_bytes(value).unwrap());
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// nginx's `$host` drops the port.
#[tokio::test]
async fn a_host_without_its_port_is_explained_once_with_both_values_and_the_cure() {
    let program = Program::start("serve", &[]).await;
    for _ in 0..3 {
        let headers: [(&str, &[u8]); 2] = [
            ("host", b"dev.example.com"),
            ("origin", b"https://dev.example.com:8443"),
        ];
        let (status, text) = issue(&program, &headers).await;
        assert_eq!(status, 403, "{text}");
        assert!(
            text.contains("origin_not_allowed") && !text.contains("8443"),
            "{text}"
        );
    }
    let log = program.stop().await;
    let lines: Vec<_> = log.lines().filter(|line| line.contains("8443")).collect();
    assert_eq!(lines.len(), 1, "{log}");
    for part in [
        "host=\"dev.example.com\"",
        "origin=https://dev.example.com:8443",
        "proxy_set_header Host $http_host;",
        "SORI_ALLOWED_ORIGINS=https://dev.example.com:8443",
    ] {
        assert!(lines[0].contains(part), "{part}: {log}");
    }
}

#[tokio::test]
async fn a_page_of_another_host_is_explained_and_a_flood_of_them_is_not() {
    let program = Program::start("serve", &[]).await;
    for n in 0..40 {
        let origin = format!("https://stranger-{n}.example");
        let (status, _) = issue(&program, &[("origin", origin.as_bytes())]).await;
        assert_eq!(status, 403);
    }
    let log = program.stop().await;
    assert!(
        log.contains("SORI_ALLOWED_ORIGINS=https://stranger-0.example"),
        "{log}"
    );
    assert_eq!(log.matches("SORI_ALLOWED_ORIGINS=").count(), 16, "{log}");
}

#[tokio::test]
async fn a_request_without_a_usable_origin_is_explained_once_for_each_kind() {
    let program = Program::start("serve", &[]).await;
    let long = format!("file://{}", "x".repeat(5000));
    let kinds: [&[(&str, &[u8])]; 4] = [
        &[],
        &[("origin", b"null")],
        &[("origin", long.as_bytes())],
        &[("origin", b"capacitor://localhost")],
    ];
    for headers in kinds.iter().chain(&kinds) {
        assert_eq!(issue(&program, headers).await.0, 403, "{headers:?}");
    }
    let log = program.stop().await;
    for parts in [
        &["without Origin", "CDN", "SORI_ALLOW_NO_ORIGIN"][..],
        &[
            "origin=\"null\"",
            "Referrer-Policy: no-referrer",
            "sandboxed",
        ],
        &["origin=\"file://xxx", "names no host"],
        &[
            "origin=capacitor://localhost",
            "an app's page",
            "SORI_ALLOWED_ORIGINS",
        ],
    ] {
        let found = log
            .lines()
            .filter(|line| parts.iter().all(|part| line.contains(part)));
        assert_eq!(found.count(), 1, "{parts:?}: {log}");
    }
    assert!(log.lines().all(|line| line.len() < 1000), "{log}");
}

/// Capacitor and Ionic apps on iOS.
#[tokio::test]
async fn an_app_with_a_scheme_of_its_own_can_be_allowed() {
    let origins = "https://www.example.com, capacitor://localhost";
    let program = Program::start("serve", &[("SORI_ALLOWED_ORIGINS", origins)]).await;
    for (origin, status) in [
        ("capacitor://localhost", 201),
        ("ionic://localhost", 403),
        ("http://localhost", 403),
        ("https://www.example.com", 201),
    ] {
        let headers: [(&str, &[u8]); 1] = [("origin", origin.as_bytes())];
        assert_eq!(issue(&program, &headers).await.0, status, "{origin}");
    }
    program.stop().await;
}

#[tokio::test]
async fn a_path_without_captcha_is_told_about_the_proxy() {
    let program = Program::start("serve", &[]).await;
    for _ in 0..2 {
        let answer = client()
            .post(format!("{}keys", program.base))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 404);
        let text = answer.text().await.unwrap();
        assert!(
            text.contains("/captcha") && text.contains("proxy"),
            "{text}"
        );
    }
    let log = program.stop().await;
    assert_eq!(
        log.matches("a call came without /captcha").count(),
        1,
        "{log}"
    );
}

#[tokio::test]
async fn the_ids_of_a_trusted_proxy_are_in_the_log_and_a_visitors_are_not() {
    for (trusted, seen) in [("127.0.0.0/8", true), ("10.0.0.0/8", false)] {
        let variables = [("SORI_TRUSTED_PROXIES", trusted)];
        let program = Program::start("serve", &variables).await;
        let headers: [(&str, &[u8]); 2] = [
            ("x-request-id", b"edge-7f3a"),
            (
                "traceparent",
                b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            ),
        ];
        issue(&program, &headers).await;
        issue(&program, &[("x-request-id", b"two lines\xff")]).await;
        let log = program.stop().await;
        assert_eq!(log.contains("proxy_id=\"edge-7f3a\""), seen, "{log}");
        assert!(log.contains("4bf92f3577b34da6a3ce929d0e0e4736"), "{log}");
        assert!(!log.contains("two lines"), "{log}");
    }
}

#[tokio::test]
async fn what_is_risky_in_production_is_said_at_the_start() {
    let program = Program::start("serve", &REAL).await;
    let log = program.stop().await;
    for part in [
        "SORI_STATE_DIR",
        "DNS rebinding",
        "SORI_TRUSTED_PROXIES names none",
    ] {
        assert_eq!(log.matches(part).count(), 1, "{part}: {log}");
    }
    assert!(!log.contains("NAVER Cloud"), "{log}");
    assert!(!log.contains("plain text"), "{log}");

    let mut settings = REAL.to_vec();
    settings.push(("SORI_ALLOWED_ORIGINS", "https://www.example.com"));
    settings.push(("SORI_TRUSTED_PROXIES", "10.0.0.0/8"));
    let program = Program::start_at("0.0.0.0:0", "serve", &settings).await;
    let log = program.stop().await;
    assert!(
        log.contains("plain text") && !log.contains("DNS rebinding"),
        "{log}"
    );
}

/// The operator gave credentials of NAVER Cloud for NAVER Developers.
#[tokio::test]
async fn a_key_of_naver_cloud_is_recognised() {
    let mut settings = REAL.to_vec();
    let key = "abcdefghijklmnopqrstuvwxyz0123456789ABCD";
    settings[1] = ("SORI_CLIENT_SECRET", key);
    let log = Program::start("serve", &settings).await.stop().await;
    assert!(
        log.contains("as a key of NAVER Cloud Platform has"),
        "{log}"
    );
    assert!(!log.contains(key), "{log}");
}

async fn get(url: &str) -> (u16, String) {
    let answer = client().get(url).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn siteverify_at_the_wrong_address_says_where_it_is() {
    let mut program = Program::start("serve", &[("SORI_ADMIN_LISTEN", "127.0.0.1:0")]).await;
    let (status, text) = get(&format!("{}captcha/siteverify", program.admin().await)).await;
    assert!(
        status == 404 && text.contains("served at SORI_LISTEN"),
        "{text}"
    );
    program.stop().await;

    let program = Program::start("serve", &[("SORI_VERIFY", "external")]).await;
    let (status, text) = get(&format!("{}captcha/siteverify", program.base)).await;
    assert!(status == 404 && text.contains("asks NAVER"), "{text}");
    let (status, text) = get(&format!("{}captcha/nowhere", program.base)).await;
    assert_eq!(status, 404);
    assert!(!text.contains("verif"), "{text}");
    program.stop().await;
}

#[tokio::test]
async fn siteverify_can_be_kept_from_visitors() {
    let admin = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = admin.local_addr().unwrap().to_string();
    drop(admin);
    let variables = [
        ("SORI_ADMIN_LISTEN", address.as_str()),
        ("SORI_SITEVERIFY_AT", "admin-listen"),
    ];
    let program = Program::start("serve", &variables).await;
    let ask = async |base: &str| {
        let question = serde_json::json!({"secret": "x", "response": "y"});
        let url = format!("{base}captcha/siteverify");
        let answer = client().post(url).json(&question).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let (status, text) = ask(&program.base).await;
    assert_eq!(status, 404, "{text}");
    let refused: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(refused["success"], false, "{text}");
    let words = refused["messages"][0].as_str().unwrap();
    assert!(words.contains("SORI_ADMIN_LISTEN"), "{text}");
    let (status, text) = get(&format!("{}captcha/nowhere", program.base)).await;
    assert!(status == 404 && !text.contains("siteverify"), "{text}");
    let (status, text) = ask(&format!("http://{address}/")).await;
    assert_eq!(status, 200, "{text}");
    assert!(text.contains("invalid-input-secret"), "{text}");
    program.stop().await;
}

#[tokio::test]
async fn the_answer_can_be_fixed_off_loopback_by_name() {
    let variables = [
        ("SORI_UPSTREAM", "practice"),
        ("SORI_PRACTICE_ANSWER", "12345"),
        ("SORI_PRACTICE_PRIVATE", "true"),
        ("SORI_SITEVERIFY_SECRET", REAL[2].1),
    ];
    let program = Program::start_at("0.0.0.0:0", "serve", &variables).await;
    let own = program.base.trim_end_matches('/').to_owned();
    let (status, text) = issue(&program, &[("origin", own.as_bytes())]).await;
    assert_eq!(status, 201, "{text}");
    let log = program.stop().await;
    assert!(
        log.contains("clients with a public address are turned away"),
        "{log}"
    );
}

#[tokio::test]
async fn keys_that_expire_unasked_are_warned_of_once() {
    let variables = [
        // Long enough to fetch the audio on a busy machine.
        ("SORI_KEY_TTL", "3s"),
        ("SORI_KEY_RESERVE", "2s"),
        ("SORI_CLIENT_RATE", "off"),
        ("SORI_HOURLY_SHARE", "off"),
        ("SORI_DAILY_QUOTA", "none"),
    ];
    let program = Program::start("serve", &variables).await;
    let origin = program.base.trim_end_matches('/').to_owned();
    let hear = async || {
        let request = client().post(format!("{origin}/captcha/keys"));
        let issued = request.header("origin", &origin).send().await.unwrap();
        let text = issued.text().await.unwrap();
        let key: serde_json::Value = serde_json::from_str(&text).unwrap();
        let audio = format!("{origin}/captcha/audio/{}", key["key"].as_str().unwrap());
        client().get(audio).send().await.unwrap().status()
    };
    let asks = "siteverify was never asked";
    // Every visitor's act looks at the keys before it.
    let started = Instant::now();
    let mut heard = 0;
    while !program.said(asks) {
        assert_eq!(hear().await, 200);
        heard += 1;
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "nothing is said"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(heard > 3, "one that gives up is no sign");
    hear().await;
    let log = program.stop().await;
    assert_eq!(log.matches(asks).count(), 1, "{log}");
}
