//! The report for developers whose captcha does not work.

use serde_json::{Value, json};
use sori_e2e::{Page, Reply, Setup};

use crate::common::{keys_requested, page, page_with};

/// The findings, as `level about: text`.
async fn findings(page: &Page, options: Value) -> Vec<String> {
    let found = page
        .promise(
            "return (await document.querySelector('sori-captcha').diagnose(arguments[0]))
               .map(({ level, about, text }) => `${level} ${about}: ${text}`)",
            vec![options],
        )
        .await;
    let found = found.as_array().expect("a list").iter();
    found.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn assert_found(findings: &[String], start: &str, part: &str) {
    let is_it = |it: &String| it.starts_with(start) && it.contains(part);
    assert!(findings.iter().any(is_it), "{start} {part}: {findings:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_works_has_no_errors_and_nothing_is_asked_for_unless_told() {
    Setup::new("diagnose_ok")
        .page(
            "/page.html",
            page(r#"endpoint="/captcha" lang="en" required"#),
        )
        .run(async |page| {
            page.open("/page.html").await;
            let found = findings(page, json!({})).await;
            assert!(
                !found.iter().any(|it| it.starts_with("error")),
                "{found:#?}"
            );
            assert_found(&found, "ok request", "Nothing was requested");
            assert_eq!(keys_requested(page).await, 0);
            let found = findings(page, json!({ "request": true })).await;
            assert!(
                !found.iter().any(|it| it.starts_with("error")),
                "{found:#?}"
            );
            assert_found(&found, "warning keys", "practice mode");
            assert_found(&found, "ok audio:", "The audio is a WAV");
            assert_eq!(keys_requested(page).await, 1);
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_or_wrong_in_the_page_is_named() {
    let elements = [
        r#"<sori-captcha></sori-captcha>"#,
        r#"<sori-captcha key-url="/k" audio-url="/a/{key}" verify="inline"></sori-captcha>"#,
        r#"<sori-captcha key-url="https://elsewhere.example/k?client_secret=x" audio-url="/a/{key}"></sori-captcha>"#,
    ];
    let mut setup = Setup::new("diagnose_page");
    for (at, element) in elements.iter().enumerate() {
        setup = setup.page(&format!("/{at}.html"), page_with(element));
    }
    setup
        .run(async |page| {
            page.open("/0.html").await;
            let found = findings(page, json!({})).await;
            assert_found(&found, "error endpoint", "No address");
            for about in ["name", "form", "alternative"] {
                assert_found(&found, &format!("warning {about}"), "");
            }
            page.open("/1.html").await;
            let found = findings(page, json!({})).await;
            assert_found(&found, "error verify-url", "No address");
            page.open("/2.html").await;
            let found = findings(page, json!({})).await;
            assert_found(&found, "error key-url", "client_secret");
            assert_found(&found, "warning key-url", "another origin");
        })
        .await;
}

/// The usual reason to ask is that the script did not load.
#[tokio::test(flavor = "multi_thread")]
async fn an_element_that_is_not_defined_is_named() {
    Setup::new("diagnose_undefined")
        .page(
            "/page.html",
            Reply::html("<!doctype html><html lang=en><title>Test</title><sori-captcha endpoint=/captcha></sori-captcha>"),
        )
        .run(async |page| {
            page.open("/page.html").await;
            let found = page
                .promise(
                    "const { diagnose } = await import('/pkg/diagnose.js');
                     return (await diagnose(document.querySelector('sori-captcha'))).map(({ text }) => text)",
                    vec![],
                )
                .await;
            let found = found.to_string();
            assert!(found.contains("the script did not load"), "{found}");
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_backend_answers_is_named() {
    let cases = [
        (
            "html",
            Reply::html("<h1>Login</h1>"),
            "error keys",
            "no JSON",
        ),
        (
            "refused",
            Reply::new(
                "application/problem+json",
                r#"{"code":"origin_not_allowed"}"#,
            )
            .status(403),
            "error keys",
            "origin_not_allowed",
        ),
        (
            "cached",
            Reply::new("application/json", r#"{"key":"key"}"#)
                .header("cache-control", "max-age=60"),
            "warning keys",
            "no-store",
        ),
        (
            "leaky",
            Reply::new("application/json", r#"{"key":"key"}"#).header("x-naver-client-id", "id"),
            "error keys",
            "x-naver-client-id",
        ),
        (
            "keyless",
            Reply::new("application/json", "{}"),
            "error keys",
            "has no key",
        ),
    ];
    let mut setup = Setup::new("diagnose_backend");
    for (name, reply, ..) in &cases {
        setup = setup
            .page(&format!("/{name}/keys"), reply.clone())
            .page(
                &format!("/{name}/audio/key"),
                Reply::new("audio/wav", "ID3 and no WAV"),
            )
            .page(
                &format!("/{name}.html"),
                page(&format!(r#"endpoint="/{name}""#)),
            );
    }
    setup
        .run(async |page| {
            for (name, _, start, part) in &cases {
                page.open(&format!("/{name}.html")).await;
                let found = findings(page, json!({ "request": true })).await;
                assert_found(&found, start, part);
                if *name == "cached" {
                    assert_found(&found, "error audio:", "no WAV");
                }
            }
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_content_security_policy_blocks_is_named() {
    let policy = "media-src 'none'";
    Setup::new("diagnose_csp")
        .page(
            "/page.html",
            page(r#"endpoint="/captcha""#).header("content-security-policy", policy),
        )
        .run(async |page| {
            page.open("/page.html").await;
            let found = findings(page, json!({})).await;
            assert_found(&found, "error media", "media-src blob:");
            assert_found(&found, "error Content-Security-Policy", "media-src");
        })
        .await;
}
