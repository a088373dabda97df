//! Values that nobody planned for, from the page and from the backend. Each is understood, or named.

use serde_json::json;
use sori_e2e::{Engine, Page, Reply, Setup};

use crate::common::{beeps, error, form_data, page, page_with, play, until_heard};

/// Whether a line of the console has this text. Only Chromium's driver gives the lines.
async fn assert_console(page: &Page, text: &str) {
    if page.engine() == Engine::Chromium {
        let lines = page.console().await;
        assert!(lines.iter().any(|line| line.contains(text)), "{lines:?}");
    }
}

/// A screen reader would say "invalid", and no reason.
#[tokio::test(flavor = "multi_thread")]
async fn an_error_that_says_nothing_is_none() {
    Setup::new("blank_error")
        .page(
            "/page.html",
            page(r#"endpoint="/captcha" lang="en" required error=" ""#),
        )
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = page.captcha("").await;
            let answer = captcha.part("answer").await;
            assert_eq!(answer.attribute("aria-invalid").await, None);
            assert!(captcha.part("hint").await.is_displayed().await);
            for blank in [
                "captcha.error = '  \\n '",
                "captcha.error = false",
                "captcha.error = null",
                "captcha.error = undefined",
            ] {
                page.script("document.querySelector('sori-captcha').error = 'Wrong numbers.'")
                    .await;
                captcha.until_text("error", "Wrong numbers.").await;
                page.script(&format!(
                    "const captcha = document.querySelector('sori-captcha'); {blank}"
                ))
                .await;
                assert_eq!(answer.attribute("aria-invalid").await, None, "{blank}");
                assert_eq!(captcha.part("error").await.text().await, "", "{blank}");
            }
        })
        .await;
}

/// Templates leave spaces around what they insert.
#[tokio::test(flavor = "multi_thread")]
async fn spaces_around_a_value_do_not_count() {
    let attributes = "endpoint=\" /captcha\n\" lang=en lead-in=\" 0 \" rate=\" 1.5\" required";
    Setup::new("spaces")
        .page("/page.html", page(attributes))
        .run(async |page| {
            page.open("/page.html").await;
            play(page).await;
            until_heard(page).await;
            page.assert_quiet().await;
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_not_on_the_web_is_named() {
    for endpoint in ["javascript:alert(1)", "blob:x", "/captcha#a"] {
        Setup::new("odd_endpoint")
            .page(
                "/page.html",
                page(&format!(r#"endpoint="{endpoint}" lang="en""#)),
            )
            .run(async |page| {
                page.open("/page.html").await;
                page.captcha("").await.part("play").await.click().await;
                assert_eq!(error(page).await["code"], "config_error", "{endpoint}");
                assert_console(page, endpoint).await;
            })
            .await;
    }
}

/// A number out of range and a date (RFC 9110, 10.2.3).
#[tokio::test(flavor = "multi_thread")]
async fn the_time_to_wait_is_never_nonsense() {
    let busy = |after: &str| {
        Reply::new("application/problem+json", r#"{"code":"rate_limited"}"#)
            .status(429)
            .header("retry-after", after)
    };
    let page_at = |path: &str| page(&format!(r#"endpoint="{path}" lang="en" lead-in="0""#));
    Setup::new("retry_after")
        .page("/negative/keys", busy("-5"))
        .page("/negative.html", page_at("/negative"))
        .page("/past/keys", busy("Thu, 01 Jan 2026 00:00:00 GMT"))
        .page("/past.html", page_at("/past"))
        .page("/future/keys", busy("Fri, 01 Jan 2100 00:00:00 GMT"))
        .page("/future.html", page_at("/future"))
        .page("/huge/keys", busy("99999999999"))
        .page("/huge.html", page_at("/huge"))
        .run(async |page| {
            for (name, seconds) in [
                ("negative", json!(null)),
                ("past", json!(null)),
                ("future", json!(86400)),
                ("huge", json!(86400)),
            ] {
                page.open(&format!("/{name}.html")).await;
                page.captcha("").await.part("play").await.click().await;
                assert_eq!(error(page).await["retryAfter"], seconds, "{name}");
            }
        })
        .await;
}

/// A backend of the site's own that does not know how long NAVER's keys are valid.
#[tokio::test(flavor = "multi_thread")]
async fn a_validity_that_is_no_number_is_unknown() {
    let issued = |expires_in: &str| {
        Reply::new(
            "application/json",
            format!(r#"{{"key":"key","expiresIn":{expires_in}}}"#),
        )
    };
    let mut setup = Setup::new("odd_validity");
    let values = ["\"\"", "0", "[]", "false", "null", "\"soon\"", "-1"];
    for (at, value) in values.iter().enumerate() {
        setup = setup
            .page(&format!("/{at}/keys"), issued(value))
            .page(
                &format!("/{at}/audio/key"),
                Reply::new("audio/wav", beeps()),
            )
            .page(
                &format!("/{at}.html"),
                page(&format!(r#"endpoint="/{at}" lang="en" lead-in="0""#)),
            );
    }
    setup
        .run(async |page| {
            for at in 0..values.len() {
                page.open(&format!("/{at}.html")).await;
                play(page).await;
                until_heard(page).await;
            }
        })
        .await;
}

/// The troubleshooting page promises a line for each error.
#[tokio::test(flavor = "multi_thread")]
async fn every_error_has_a_line_in_the_console() {
    let cases = [
        (
            "login",
            Reply::html("").status(302).header("location", "/login"),
            "network_error",
        ),
        (
            "number",
            Reply::new("application/json", r#"{"key":123}"#),
            "bad_response",
        ),
        (
            "gateway",
            Reply::html("Bad gateway").status(502),
            "is the backend running?",
        ),
    ];
    let mut setup = Setup::new("error_lines").in_chromium();
    for (name, reply, _) in &cases {
        setup = setup.page(&format!("/{name}/keys"), reply.clone()).page(
            &format!("/{name}.html"),
            page(&format!(r#"endpoint="/{name}" lang="en" lead-in="0""#)),
        );
    }
    setup
        .run(async |page| {
            for (name, _, line) in &cases {
                page.open(&format!("/{name}.html")).await;
                page.captcha("").await.part("play").await.click().await;
                error(page).await;
                let lines = page.console().await;
                let ours = lines
                    .iter()
                    .filter(|it| it.contains("sori-captcha:"))
                    .collect::<Vec<_>>();
                assert_eq!(ours.len(), 1, "{name}: {lines:?}");
                assert!(ours[0].contains(line), "{name}: {lines:?}");
            }
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_getter_of_the_page_that_throws_does_so_where_the_page_sets_it() {
    Setup::new("throwing_messages")
        .page("/page.html", page(r#"endpoint="/captcha" lang="en" lead-in="0""#))
        .run(async |page| {
            page.open("/page.html").await;
            let thrown = page
                .script(
                    "try { document.querySelector('sori-captcha').messages = { get pause() { throw Error('mine') } } }
                     catch (error) { return error.message }",
                )
                .await;
            assert_eq!(thrown, "mine");
            play(page).await;
            until_heard(page).await;
        })
        .await;
}

/// Wrappers around `fetch` expect a text.
#[tokio::test(flavor = "multi_thread")]
async fn a_wrapper_of_fetch_that_throws_is_told_at_once() {
    Setup::new("throwing_fetch")
        .page("/page.html", page(r#"endpoint="/captcha" lang="en" lead-in="0" required"#))
        .run(async |page| {
            page.open("/page.html").await;
            page.script(
                "window.honest = fetch;
                 window.fetch = (url, options) => url.startsWith('/api') ? null : honest(url, options);",
            )
            .await;
            let captcha = page.captcha("").await;
            captcha.part("play").await.click().await;
            captcha.until_text("status", "The captcha failed. Play again.").await;
            assert_eq!(form_data(page).await["captcha-error"], "internal_error");
            page.script("window.fetch = honest").await;
            captcha.part("play").await.click().await;
            captcha.until_heard().await;
        })
        .await;
}

/// React 18 writes the value of `disabled={false}` into the attribute.
#[tokio::test(flavor = "multi_thread")]
async fn a_flag_that_is_false_is_warned_of() {
    Setup::new("false_flag")
        .in_chromium()
        .page("/page.html", page_with(r#"<sori-captcha endpoint="/captcha" name="captcha" disabled="false"><a href="/help">Help</a></sori-captcha>"#))
        .run(async |page| {
            page.open("/page.html").await;
            page.captcha("").await;
            assert_console(page, "disabled=\\\"false\\\" is on").await;
        })
        .await;
}

/// The audio is requested a second time, which no event tells. The line about the first failure is not one about the next.
#[tokio::test(flavor = "multi_thread")]
async fn an_error_after_a_repeated_request_has_a_line_too() {
    Setup::new("line_after_repetition")
        .in_chromium()
        .page("/page.html", page(r#"endpoint="/captcha" lang="en" lead-in="0""#))
        .run(async |page| {
            page.open("/page.html").await;
            page.script(
                "const honest = fetch;
                 const replies = [new Response('', { status: 503 }), new Response('no audio')];
                 window.fetch = (request, ...rest) => request.url?.includes('/audio/') ? Promise.resolve(replies.shift()) : honest(request, ...rest);",
            )
            .await;
            page.captcha("").await.part("play").await.click().await;
            assert_eq!(error(page).await["code"], "not_audio");
            assert_console(page, "not_audio").await;
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_replaces_nothing_is_warned_of() {
    Setup::new("unknown_message")
        .in_chromium()
        .page("/page.html", page(r#"endpoint="/captcha" lang="en""#))
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = page.captcha("").await;
            page.script(
                "document.querySelector('sori-captcha').messages = { plaay: 'Hear', label: 5, play: 'Listen', check: undefined }",
            )
            .await;
            assert_eq!(captcha.part("play").await.text().await, "Listen");
            let lines = page.console().await.join("\n");
            assert!(lines.contains("messages.plaay"), "{lines}");
            assert!(lines.contains("messages.label"), "{lines}");
            assert!(!lines.contains("messages.play ") && !lines.contains("messages.check"), "{lines}");
        })
        .await;
}

/// React 19 sets a property wherever the element has one of the attribute's name, and gives `undefined` for none.
#[tokio::test(flavor = "multi_thread")]
async fn form_and_lang_can_be_set_and_taken_back_as_properties() {
    let body = r#"<form id="join"></form><form id="wrong">
        <sori-captcha endpoint="/captcha" name="captcha" lang="ko"><a slot="alternative" href="/help">Help</a></sori-captcha></form>"#;
    Setup::new("form_and_lang")
        .page("/page.html", page_with(body))
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = page.captcha("").await;
            let forms = page
                .script(
                    "const captcha = document.querySelector('sori-captcha');
                     const forms = [captcha.form.id];
                     for (const form of ['join', null]) forms.push(((captcha.form = form), captcha.form.id));
                     captcha.lang = undefined;
                     return forms",
                )
                .await;
            assert_eq!(forms, json!(["wrong", "join", "wrong"]));
            assert_eq!(captcha.part("play").await.text().await, "Play audio");
        })
        .await;
}
