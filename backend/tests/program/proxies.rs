//! Proxies in front of the backend, known and unknown.

use crate::{
    hints::{REAL, issue},
    process::Program,
};

/// Two proxies in a row, of which one is known.
#[tokio::test]
async fn the_first_refusal_names_what_ends_the_list_of_proxies() {
    for (hop, warning) in [
        ("10.1.2.3", "proxy=\"10.1.2.3\""),
        ("unknown\u{85}", "hop=\"unknown"),
    ] {
        let variables = [
            ("SORI_CLIENT_RATE", "3/minute"),
            ("SORI_TRUSTED_PROXIES", "127.0.0.1"),
        ];
        let program = Program::start("serve", &variables).await;
        let origin = program.base.trim_end_matches('/').to_owned();
        for visitor in 0..5 {
            let hops = format!("198.51.100.{visitor}, {hop}");
            let headers: [(&str, &[u8]); 2] = [
                ("origin", origin.as_bytes()),
                ("x-forwarded-for", hops.as_bytes()),
            ];
            issue(&program, &headers).await;
        }
        let log = program.stop().await;
        let first = log.lines().find(|line| line.contains(warning));
        assert!(
            first.is_some_and(|line| line.contains("#proxy-unknown")),
            "{log}"
        );
        let refused = log
            .lines()
            .find(|line| line.contains("a visitor is refused"));
        let refused = refused.unwrap_or_else(|| panic!("{log}"));
        let plain = hop.trim_end_matches('\u{85}');
        assert!(
            refused.contains(plain) && refused.contains("SORI_TRUSTED_PROXIES"),
            "{refused}"
        );
        assert!(
            !refused.contains("raise it") && !log.contains("198.51.100"),
            "{log}"
        );
        assert!(!log.contains('\u{85}'), "{log}");
    }
}

/// The proxy is not in `SORI_TRUSTED_PROXIES`, so all visitors behind it count as one client.
#[tokio::test]
async fn the_first_refusal_says_which_limit_it_was_and_that_the_proxy_is_unknown() {
    let program = Program::start("serve", &[("SORI_CLIENT_RATE", "3/minute")]).await;
    let origin = program.base.trim_end_matches('/').to_owned();
    for visitor in 0..5 {
        let address = format!("198.51.100.{visitor}");
        let headers: [(&str, &[u8]); 2] = [
            ("origin", origin.as_bytes()),
            ("x-forwarded-for", address.as_bytes()),
        ];
        let (status, text) = issue(&program, &headers).await;
        assert_eq!(status, if visitor < 3 { 201 } else { 429 }, "{text}");
    }
    let log = program.stop().await;
    let refused = "a visitor is refused by SORI_CLIENT_RATE, and the proxy is unknown";
    let lines: Vec<_> = log.lines().filter(|line| line.contains(refused)).collect();
    assert_eq!(lines.len(), 1, "{log}");
    assert!(lines[0].contains("limit=\"client 3/minute\""), "{log}");
    // Each refusal is logged with its limit. No line contains a visitor's IP address.
    let own = log
        .lines()
        .filter(|line| line.contains("answered") && line.contains("client 3/minute"));
    assert_eq!(own.count(), 2, "{log}");
    assert!(!log.contains("198.51.100"), "{log}");
}

/// The limit of one client is reached only if the proxy is believed.
#[tokio::test]
async fn a_trusted_proxy_may_be_written_in_any_way() {
    for proxies in [
        "10.0.0.1, 127.0.0.1",
        "::ffff:127.0.0.1",
        " ::ffff:127.0.0.0/104",
    ] {
        let variables = [
            ("SORI_CLIENT_RATE", "1/minute"),
            ("SORI_TRUSTED_PROXIES", proxies),
        ];
        let program = Program::start("serve", &variables).await;
        let origin = program.base.trim_end_matches('/').to_owned();
        for visitor in ["198.51.100.1", "198.51.100.2"] {
            let headers: [(&str, &[u8]); 2] = [
                ("origin", origin.as_bytes()),
                ("x-forwarded-for", visitor.as_bytes()),
            ];
            let (status, text) = issue(&program, &headers).await;
            assert_eq!(status, 201, "{proxies}: {text}");
        }
        program.stop().await;
    }
}

#[tokio::test]
async fn whoever_trusts_every_address_is_warned() {
    for proxies in ["0.0.0.0/0", "10.0.0.0/8,::/0"] {
        let mut settings = REAL.to_vec();
        settings.push(("SORI_TRUSTED_PROXIES", proxies));
        let log = Program::start("serve", &settings).await.stop().await;
        assert!(
            log.contains("SORI_TRUSTED_PROXIES trusts every address"),
            "{log}"
        );
    }
}
