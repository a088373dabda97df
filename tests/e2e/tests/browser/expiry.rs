//! A key expires, by the clock or because the backend says so. The visitor is told in time, nothing that was typed is
//! lost, and one press is enough to continue.

use serde_json::Value;
use sori_backend::practice::{Call, Fault, Faults};
use sori_e2e::{Host, Page, Reply, Setup};

use crate::common::{beeps, form_data, heard, keys_requested, page, play, until_heard};

/// What was typed and the focus are unchanged; one press continues with a new key.
async fn assert_one_act_goes_on(page: &Page, captcha: &Host<'_>) {
    captcha
        .until_text(
            "status",
            "The captcha audio has expired. Playing new audio clears the box.",
        )
        .await;
    assert_eq!(captcha.property("value").await, "12345", "digits are kept");
    assert!(
        captcha.part("answer").await.has_focus().await,
        "focus is kept"
    );
    assert_eq!(captcha.part("error").await.text().await, "", "said once");
    assert!(form_data(page).await.get("captcha-key").is_none());
    assert_eq!(heard(page, "expired").await, [Value::Null]);
    assert_eq!(captcha.part("play").await.text().await, "Play new audio");
    assert_eq!(keys_requested(page).await, 1, "no key by itself");
    page.assert_accessible("sori-captcha", "expired").await;
    page.press(".").await;
    until_heard(page).await;
    assert_eq!(keys_requested(page).await, 2);
}

/// A required captcha without silence before the digits; its keys live this long, and its audio plays at this speed.
fn short_lived(name: &str, life: &str, rate: &str) -> Setup {
    Setup::new(name)
        .setting("SORI_KEY_TTL", life)
        .setting("SORI_KEY_RESERVE", life)
        .page(
            "/page.html",
            page(&format!(
                r#"endpoint="/captcha" lang="en" lead-in="0" rate="{rate}" required"#
            )),
        )
}

/// 40 s is the shortest life of a key that leaves the 20 s that WCAG 2.2.1 requires.
#[tokio::test(flavor = "multi_thread")]
async fn a_warning_comes_20_seconds_before_the_end() {
    short_lived("expiry_by_the_clock", "40s", "1.5")
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = play(page).await;
            page.script("window.warned = window.over = 0;
                const captcha = document.querySelector('sori-captcha'), status = captcha.shadowRoot.querySelector('[part=status]');
                new MutationObserver(() => { if (/expires soon/.test(status.textContent)) warned ||= performance.now(); })
                    .observe(status, { childList: true, characterData: true, subtree: true });
                captcha.addEventListener('sori-expired', () => over ||= performance.now());").await;
            assert_eq!(heard(page, "issued").await[0]["expiresIn"], 40);
            captcha.until_state("ready").await;
            captcha.part("answer").await.type_text("12345").await;
            page.until_for(60, "the warning comes", "return warned > 0").await;
            assert!(form_data(page).await["captcha-key"].is_string(), "the key is still good");
            page.until_for(60, "the key expires", "return over > 0").await;
            let notice = page.script("return over - warned").await;
            // The status is written a moment after the timer. A browser's timers may be late, but never early.
            assert!(notice.as_f64() > Some(19_500.0), "{notice} ms before");
            assert_one_act_goes_on(page, &captcha).await;
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_life_ends_without_a_warning_and_pauses_the_audio_first() {
    short_lived("expiry_while_playing", "5s", "0.5")
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = play(page).await;
            until_heard(page).await;
            captcha.part("answer").await.type_text("12345").await;
            captcha.until_state("expired").await;
            let audio = page
                .script("return document.querySelector('sori-captcha').shadowRoot.querySelector('audio')")
                .await;
            assert!(audio.is_null(), "nothing is said over the digits");
            assert_one_act_goes_on(page, &captcha).await;
        })
        .await;
}

/// NAVER's CT001, through the real backend: the key had already expired at NAVER.
#[tokio::test(flavor = "multi_thread")]
pub(crate) async fn a_key_that_the_upstream_has_forgotten_is_an_expiry() {
    let faults = Faults::default();
    faults.set(Call::Verify, Fault::InvalidKey);
    Setup::new("expiry_ct001")
        .upstream(|options| options.faults = faults)
        .page(
            "/page.html",
            page(r#"endpoint="/captcha" lang="en" lead-in="0" verify="inline" required"#),
        )
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = play(page).await;
            until_heard(page).await;
            captcha
                .part("answer")
                .await
                .type_text("12345\u{e007}")
                .await;
            captcha.until_state("expired").await;
            assert_one_act_goes_on(page, &captcha).await;
        })
        .await;
}

/// The same error in NAVER's own format, from a plain proxy in front of NAVER: JSON as `text/plain`.
#[tokio::test(flavor = "multi_thread")]
async fn navers_own_words_for_a_dead_key_are_an_expiry_too() {
    let dead = Reply::new(
        "text/plain",
        r#"{"errorCode":"CT001","errorMessage":"invalid key."}"#,
    )
    .status(403);
    Setup::new("expiry_ct001_plain")
        .page("/plain", dead)
        .page("/page.html", page(r#"endpoint="/captcha" verify-url="/plain" lang="en" lead-in="0" verify="inline" required"#))
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = play(page).await;
            until_heard(page).await;
            captcha.part("answer").await.type_text("12345\u{e007}").await;
            captcha.until_state("expired").await;
            assert_one_act_goes_on(page, &captcha).await;
        })
        .await;
}

/// The page fetched the audio from elsewhere, so the backend's own audio was never fetched.
#[tokio::test(flavor = "multi_thread")]
pub(crate) async fn a_key_whose_audio_was_never_fetched_is_an_expiry() {
    Setup::new("expiry_unheard")
        .page("/elsewhere.wav", Reply::new("audio/wav", beeps()))
        .page("/page.html", page(r#"endpoint="/captcha" audio-url="/elsewhere.wav?{key}" lang="en" lead-in="0" verify="inline" required"#))
        .run(async |page| {
            page.open("/page.html").await;
            page.script(
                "const honest = Response.prototype.text;
                 window.codes = [];
                 Response.prototype.text = async function () {
                    const text = await honest.call(this);
                    codes.push(JSON.parse(text).code);
                    return text;
                 };",
            )
            .await;
            let captcha = play(page).await;
            captcha.part("answer").await.type_text("12345\u{e007}").await;
            captcha.until_state("expired").await;
            assert_eq!(
                page.script("return codes").await,
                serde_json::json!([null, "audio_not_issued"])
            );
            assert_eq!(heard(page, "expired").await.len(), 1);
            assert_eq!(heard(page, "error").await.len(), 0, "no fault: one press goes on");
        })
        .await;
}

/// A framework that keeps the value writes the old answer back unless it hears of the change.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_keeps_the_value_hears_that_the_box_was_emptied() {
    Setup::new("value_kept_by_the_page")
        .page(
            "/page.html",
            page(r#"endpoint="/captcha" lang="en" lead-in="0" verify="inline" required"#),
        )
        .run(async |page| {
            page.open("/page.html").await;
            page.script(
                "window.model = '';
                 document.querySelector('form').addEventListener('input', ({ target }) => { window.model = target.value });",
            )
            .await;
            let captcha = play(page).await;
            until_heard(page).await;
            captcha.part("answer").await.type_text("1").await;
            assert_eq!(page.script("return model").await, "1");
            captcha.part("answer").await.type_text("\u{e007}").await;
            captcha.until_state("rejected").await;
            assert_eq!(page.script("return model").await, "");
        })
        .await;
}

/// The browser's timers stand still while the computer sleeps.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_expired_while_the_computer_slept_is_not_sent() {
    Setup::new("expired_asleep")
        .page(
            "/page.html",
            page(r#"endpoint="/captcha" lang="en" lead-in="0" required"#),
        )
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = play(page).await;
            until_heard(page).await;
            captcha.part("answer").await.type_text("12345").await;
            page.script(
                "dispatchEvent(new Event('focus'));
                 window.before = document.querySelector('sori-captcha').matches(':state(expired)');
                 const { now } = Date;
                 Date.now = () => now() + 24 * 3600 * 1000;
                 dispatchEvent(new Event('focus'));",
            )
            .await;
            assert_eq!(page.script("return before").await, false);
            captcha.until_state("expired").await;
            assert_eq!(form_data(page).await.get("captcha-key"), None);
        })
        .await;
}
