//! Whatever fails, the person learns what to do, keeps what was typed, and can send the form.

use serde_json::{Value, json};
use sori_backend::practice::{Call, Fault, Faults};
use sori_captcha::error::ErrorCode;
use sori_e2e::{Engine, Page, Reply, Setup};

use crate::common::{
    error, form_data, heard, keys_requested, page, page_with, play, until_heard, verdict,
};
use crate::{expiry, policy, robust};

/// The browser test in which each code occurs. A code without a test does not compile.
fn met_in(code: ErrorCode) -> fn() {
    match code {
        ErrorCode::QuotaExceeded => the_days_quota_says_when_to_come_back,
        ErrorCode::RateLimited => too_many_presses_are_rate_limited_with_the_time_to_wait,
        ErrorCode::InvalidKey => expiry::a_key_that_the_upstream_has_forgotten_is_an_expiry,
        ErrorCode::AudioNotIssued => expiry::a_key_whose_audio_was_never_fetched_is_an_expiry,
        ErrorCode::UpstreamUnavailable => an_upstream_that_is_down_is_upstream_unavailable,
        ErrorCode::UpstreamRejected => wrong_credentials_are_upstream_rejected,
        ErrorCode::BadRequest => an_answer_that_is_none_is_bad_request,
        ErrorCode::OriginNotAllowed => a_missing_ticket_is_origin_not_allowed,
        ErrorCode::PayloadTooLarge => an_endless_answer_is_payload_too_large,
        ErrorCode::StoreUnavailable => a_full_disk_is_store_unavailable,
        ErrorCode::Offline => without_a_network_the_person_is_told_so,
        ErrorCode::Timeout => {
            robust::a_slow_backend_ends_in_a_timeout_and_the_next_press_asks_again
        }
        ErrorCode::NetworkError => an_endpoint_that_is_not_there_is_a_network_error,
        ErrorCode::BadResponse => html_instead_of_a_key_is_bad_response,
        ErrorCode::NotAudio => audio_that_is_no_wav_is_not_audio,
        ErrorCode::PlaybackBlocked => sound_without_a_gesture_is_playback_blocked,
        ErrorCode::CspBlocked => policy::a_policy_that_forbids_the_request_is_csp_blocked,
        ErrorCode::ConfigError => {
            a_missing_endpoint_is_config_error_and_the_console_names_the_attribute
        }
        ErrorCode::InternalError => robust::after_a_trap_the_form_passes_and_the_next_press_works,
    }
}

#[test]
fn every_code_is_met_by_a_test_of_its_own() {
    let mut tests: Vec<_> = ErrorCode::ALL
        .iter()
        .map(|code| met_in(*code) as usize)
        .collect();
    tests.sort_unstable();
    tests.dedup();
    assert_eq!(tests.len(), ErrorCode::ALL.len());
}

/// Presses Play; expects the code in the event, a text in the status, and a form that can be sent.
pub(crate) async fn fails_with(page: &Page, code: &str) -> Value {
    let captcha = page.captcha("").await;
    captcha.part("play").await.click().await;
    let detail = error(page).await;
    assert_eq!(detail["code"], code, "{detail}");
    captcha.until_state("failed").await;
    page.until("the status says something", "return !!document.querySelector('sori-captcha').shadowRoot.querySelector('[part~=status]').textContent.trim()").await;
    assert_passes(page, code).await;
    detail
}

/// The form can be sent, and its error field says why it has no answer.
async fn assert_passes(page: &Page, code: &str) {
    let captcha = page.captcha("").await;
    let data = form_data(page).await;
    assert_eq!(data["captcha-error"], code);
    assert!(data.get("captcha-response").is_none(), "{data}");
    assert_eq!(
        captcha.property("validity.valid").await,
        true,
        "a fault of ours never blocks the form"
    );
    let play = captcha.part("play").await;
    assert_ne!(
        play.attribute("aria-disabled").await.as_deref(),
        Some("true"),
        "Play is there for another try"
    );
    assert_eq!(play.property("disabled").await, false);
    page.assert_accessible("sori-captcha", code).await;
}

async fn upstream_fault(call: Call, fault: Fault, code: &'static str) {
    let faults = Faults::default();
    faults.set(call, fault);
    Setup::new(&format!("fault_{code}"))
        .upstream(|options| options.faults = faults)
        .setting("SORI_UPSTREAM_TIMEOUT", "1s")
        .page("/page.html", page(r#"endpoint="/captcha" required"#))
        .run(async |page| {
            page.open("/page.html").await;
            fails_with(page, code).await;
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upstream_that_is_down_is_upstream_unavailable() {
    upstream_fault(Call::Issue, Fault::SystemError, "upstream_unavailable").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upstream_that_stalls_is_upstream_unavailable() {
    upstream_fault(Call::Issue, Fault::Stall, "upstream_unavailable").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_credentials_are_upstream_rejected() {
    upstream_fault(Call::Issue, Fault::Unauthorised, "upstream_rejected").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_days_quota_says_when_to_come_back() {
    Setup::new("fault_quota")
        .upstream(|options| options.faults.set(Call::Issue, Fault::QuotaExceeded))
        .page("/page.html", page(r#"endpoint="/captcha" required"#))
        .run(async |page| {
            page.open("/page.html").await;
            let detail = fails_with(page, "quota_exceeded").await;
            assert!(detail["retryAfter"].as_f64() > Some(0.0), "{detail}");
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_presses_are_rate_limited_with_the_time_to_wait() {
    Setup::new("fault_rate")
        .setting("SORI_CLIENT_RATE", "1/minute")
        .page("/page.html", page(r#"endpoint="/captcha" lead-in="0""#))
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = play(page).await;
            captcha.part("renew").await.click().await;
            let detail = error(page).await;
            assert_eq!(detail["code"], "rate_limited");
            assert!(detail["retryAfter"].as_f64() > Some(0.0), "{detail}");
        })
        .await;
}

/// A site's own backend that replies in unusual ways.
async fn own_backend(name: &str, keys: Reply, audio: Reply, code: &str) {
    Setup::new(name)
        .page("/own/keys", keys)
        .page("/own/audio/some-key", audio)
        .page("/page.html", page(r#"endpoint="/own" required"#))
        .run(async |page| {
            page.open("/page.html").await;
            fails_with(page, code).await;
        })
        .await;
}

fn key() -> Reply {
    Reply::new("application/json", r#"{"key":"some-key"}"#).status(201)
}

#[tokio::test(flavor = "multi_thread")]
async fn html_instead_of_a_key_is_bad_response() {
    let page = Reply::html("<!doctype html><title>Login</title>");
    own_backend("html_for_key", page, Reply::html(""), "bad_response").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_no_key_is_bad_response() {
    let keys = Reply::new("application/json", r#"{"key":{"a":1}}"#).status(201);
    own_backend("no_key", keys, Reply::html(""), "bad_response").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn audio_that_is_no_wav_is_not_audio() {
    own_backend(
        "no_wav",
        key(),
        Reply::html("<!doctype html><title>Oops</title>"),
        "not_audio",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_is_not_there_is_a_network_error() {
    Setup::new("unreachable")
        .page(
            "/page.html",
            page(r#"endpoint="http://127.0.0.1:1/captcha" required"#),
        )
        .run(async |page| {
            page.open("/page.html").await;
            fails_with(page, "network_error").await;
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_endpoint_is_config_error_and_the_console_names_the_attribute() {
    Setup::new("no_endpoint")
        .page("/page.html", page("required"))
        .run(async |page| {
            page.open("/page.html").await;
            fails_with(page, "config_error").await;
            if page.engine() == Engine::Chromium {
                let said = page.console().await.join("\n");
                assert!(said.contains("endpoint"), "{said}");
            }
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_ticket_is_origin_not_allowed() {
    Setup::new("no_ticket")
        .setting(
            "SORI_TICKET_SECRET",
            "a secret of the tests, longer than 32 bytes",
        )
        .page("/page.html", page(r#"endpoint="/captcha" required"#))
        .run(async |page| {
            page.open("/page.html").await;
            let detail = fails_with(page, "origin_not_allowed").await;
            assert_eq!(detail["retryable"], false, "no press of the person helps");
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_store_unavailable() {
    Setup::new("full_disk")
        .full_disk()
        .page("/page.html", page(r#"endpoint="/captcha" lead-in="0" required"#))
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = page.captcha("").await;
            captcha.part("play").await.click().await;
            // The last bytes of the disk are enough for a few keys.
            for _ in 0..20 {
                page.until(
                    "the press is answered",
                    "return ['playing', 'ready', 'failed'].some((state) => document.querySelector('sori-captcha').matches(`:state(${state})`))",
                )
                .await;
                if !heard(page, "error").await.is_empty() {
                    break;
                }
                captcha.part("renew").await.click().await;
            }
            let detail = error(page).await;
            assert_eq!(detail["code"], "store_unavailable", "{detail}");
            assert_eq!(detail["retryable"], true);
        })
        .await;
}

/// Listens, sets by script a value that the box would not accept, and presses Check.
async fn check_fails_with(name: &str, answer: String, code: &str) {
    Setup::new(name)
        .page(
            "/page.html",
            page(r#"endpoint="/captcha" lead-in="0" verify="inline" required"#),
        )
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = play(page).await;
            until_heard(page).await;
            page.script_with(
                "document.querySelector('sori-captcha').value = arguments[0]",
                vec![answer.as_str().into()],
            )
            .await;
            captcha.part("check").await.click().await;
            let detail = error(page).await;
            assert_eq!(detail["code"], code, "{detail}");
            captcha.until_state("failed").await;
            assert_eq!(
                captcha.property("value").await,
                answer,
                "what was typed is kept"
            );
            assert_passes(page, code).await;
            assert_eq!(keys_requested(page).await, 1);
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_none_is_bad_request() {
    check_fails_with("bad_request", "7".repeat(100), "bad_request").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endless_answer_is_payload_too_large() {
    check_fails_with("too_large", "7".repeat(100_000), "payload_too_large").await;
}

/// The browser's own rule: no sound before the person has used the page.
#[tokio::test(flavor = "multi_thread")]
async fn sound_without_a_gesture_is_playback_blocked() {
    let body = r#"<form action="/" method="post">
        <sori-captcha endpoint="/captcha" name="captcha" lang="en" lead-in="0" required></sori-captcha></form>
        <script>customElements.whenDefined("sori-captcha").then(() => setTimeout(() => {
            const captcha = document.querySelector("sori-captcha");
            captcha.play();
        }));</script>"#;
    Setup::new("no_gesture")
        .page("/page.html", page_with(body))
        .run(async |page| {
            page.open("/page.html").await;
            let detail = error(page).await;
            assert_eq!(detail["code"], "playback_blocked", "{detail}");
            let captcha = page.captcha("").await;
            captcha
                .until_text("status", "The browser blocked the sound")
                .await;
            assert_passes(page, "playback_blocked").await;
            captcha.part("answer").await.type_text("77").await;
            captcha.part("play").await.click().await;
            until_heard(page).await;
            assert_eq!(
                keys_requested(page).await,
                1,
                "the press plays what is at hand"
            );
            assert_eq!(form_data(page).await["captcha-answer"], json!("77"));
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_form_is_sent_and_judged_unverified() {
    let faults = Faults::default();
    faults.set(Call::Issue, Fault::SystemError);
    Setup::new("fault_submit")
        .upstream(|options| options.faults = faults)
        .page("/page.html", page(r#"endpoint="/captcha" required"#))
        .run(async |page| {
            page.open("/page.html").await;
            fails_with(page, "upstream_unavailable").await;
            page.click("#send").await;
            assert_eq!(verdict(page).await, "false");
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_fault_the_next_press_works() {
    let faults = Faults::default();
    faults.set(Call::Issue, Fault::SystemError);
    let heal = faults.clone();
    Setup::new("fault_recovery")
        .upstream(|options| options.faults = faults)
        .page("/page.html", page(r#"endpoint="/captcha" required"#))
        .run(async |page| {
            page.open("/page.html").await;
            fails_with(page, "upstream_unavailable").await;
            heal.set(Call::Issue, None);
            let captcha = play(page).await;
            let answer = captcha.part("answer").await;
            answer.type_text(&format!("{0}{0}12345", '\u{e003}')).await;
            page.click("#send").await;
            assert_eq!(verdict(page).await, "true");
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_network_the_person_is_told_so() {
    // Only the DevTools protocol can disconnect the network.
    Setup::new("offline")
        .in_chromium()
        .page("/page.html", page(r#"endpoint="/captcha" required"#))
        .run(async |page| {
            page.open("/page.html").await;
            page.captcha("").await;
            page.devtools("Network.enable", serde_json::json!({})).await;
            let offline = serde_json::json!({ "offline": true, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0 });
            page.devtools("Network.emulateNetworkConditions", offline).await;
            fails_with(page, "offline").await;
            assert!(heard(page, "issued").await.is_empty());
        })
        .await;
}
