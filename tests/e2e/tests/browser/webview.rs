//! Browsers inside other apps, and systems that interrupt the sound without telling the page. The visitor must be
//! told.

use serde_json::json;
use sori_e2e::Setup;

use crate::common::{form_data, heard, page, play, until_heard};

const CAPTCHA: &str = r#"endpoint="/captcha" lang="en" lead-in="0" required"#;

/// WebViews whose app never told them that there is a network.
#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_says_offline_for_ever_is_tried() {
    Setup::new("offline_for_ever")
        .page("/page.html", page(CAPTCHA))
        .run(async |page| {
            page.open("/page.html").await;
            page.script(
                "Object.defineProperty(Navigator.prototype, 'onLine', { get: () => false })",
            )
            .await;
            play(page).await;
            until_heard(page).await;
            assert_eq!(heard(page, "error").await, [json!(null); 0]);
        })
        .await;
}

/// The promise of `play()` resolves or stays pending, and no sound follows.
#[tokio::test(flavor = "multi_thread")]
async fn sound_that_never_starts_is_told_and_play_is_usable() {
    for answer in ["Promise.resolve()", "new Promise(() => {})"] {
        Setup::new("never_starts")
            .page("/page.html", page(CAPTCHA))
            .run(async |page| {
                page.open("/page.html").await;
                page.script(&format!(
                    "HTMLMediaElement.prototype.honest = HTMLMediaElement.prototype.play;
                     HTMLMediaElement.prototype.play = () => {answer};"
                ))
                .await;
                let captcha = page.captcha("").await;
                captcha.part("play").await.click().await;
                captcha.until_state("failed").await;
                captcha
                    .until_text("status", "The browser blocked the sound")
                    .await;
                assert_eq!(form_data(page).await["captcha-error"], "playback_blocked");
                page.script("HTMLMediaElement.prototype.play = HTMLMediaElement.prototype.honest")
                    .await;
                captcha.part("play").await.click().await;
                until_heard(page).await;
                assert_eq!(
                    heard(page, "issued").await.len(),
                    1,
                    "the key is still good"
                );
            })
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sound_that_stops_without_a_word_goes_on_at_the_next_press() {
    Setup::new("stops")
        .page("/page.html", page(CAPTCHA))
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = play(page).await;
            until_heard(page).await;
            captcha.part("answer").await.type_text("12").await;
            // As Chromium does with an element that was moved to another document: the sound stops without an event.
            page.script(
                "const audio = document.querySelector('sori-captcha').shadowRoot.querySelector('audio');
                 for (const type of ['pause', 'ended', 'timeupdate', 'playing', 'error'])
                   audio.addEventListener(type, (event) => event.stopImmediatePropagation(), true);
                 audio.pause();",
            )
            .await;
            captcha.until_text("status", "The sound stopped. Play again to continue.").await;
            captcha.until_state("paused").await;
            assert_eq!(captcha.part("play").await.text().await, "Resume audio");
            assert_eq!(captcha.property("value").await, "12");
            captcha.part("play").await.click().await;
            until_heard(page).await;
            captcha.until_state("ready").await;
            assert_eq!(heard(page, "issued").await.len(), 1);
        })
        .await;
}

/// A phone's screen reader or a headset pauses and resumes the audio again and again.
#[tokio::test(flavor = "multi_thread")]
async fn a_pause_from_outside_costs_no_digit_and_is_not_announced() {
    Setup::new("paused_outside")
        .page("/page.html", page(CAPTCHA))
        .run(async |page| {
            page.open("/page.html").await;
            play(page).await;
            until_heard(page).await;
            let positions = page
                .promise(
                    "const root = document.querySelector('sori-captcha').shadowRoot;
                     const audio = root.querySelector('audio'), status = root.querySelector('[part=status]');
                     window.said = [];
                     new MutationObserver(() => status.textContent && said.push(status.textContent))
                       .observe(status, { childList: true, characterData: true, subtree: true });
                     const next = (type) => new Promise((done) => audio.addEventListener(type, done, { once: true }));
                     const positions = [];
                     for (let round = 0; round < 3; round++) {
                       const from = audio.currentTime;
                       while (audio.currentTime < from + 0.3) await next('timeupdate');
                       const paused = next('pause');
                       audio.pause();
                       await paused;
                       const cut = audio.currentTime;
                       // How long the phone's screen reader speaks.
                       await new Promise((done) => setTimeout(done, 500));
                       const playing = next('playing'), seeked = next('seeked');
                       audio.play();
                       await playing;
                       await seeked;
                       positions.push([cut, audio.currentTime]);
                     }
                     return positions;",
                    vec![],
                )
                .await;
            for pair in positions.as_array().expect("a list") {
                let (cut, from) = (pair[0].as_f64(), pair[1].as_f64());
                assert!(from <= cut, "it goes on at the digit that was cut: {positions}");
            }
            page.captcha("").await.until_state("ready").await;
            let said = page.script("return said").await;
            let said = said.as_array().expect("a list");
            assert!(said.len() <= 1, "nothing but the end: {said:?}");
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slower_speed_does_not_slow_the_lead_in() {
    let script = "<script>window.rates = [];
         const { play } = HTMLMediaElement.prototype;
         HTMLMediaElement.prototype.play = function () {
           rates.push(this.playbackRate);
           return play.call(this);
         };</script>";
    Setup::new("lead_in_speed")
        .page(
            "/page.html",
            crate::common::page_with(&format!(
                r#"{script}<form><sori-captcha endpoint="/captcha" name="captcha" lang="en" rate="0.5" lead-in="1000"></sori-captcha></form>"#
            )),
        )
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = play(page).await;
            captcha.until_state("ready").await;
            captcha.part("play").await.click().await;
            until_heard(page).await;
            let rates = page.script("return rates").await;
            assert_eq!(rates, json!([1, 0.5, 1, 0.5]), "silence, speech, and again");
        })
        .await;
}
