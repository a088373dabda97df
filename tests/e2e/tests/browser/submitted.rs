//! The page's own script has sent the form. The key is used, and the visitor learns the result where it matters.

use serde_json::json;
use sori_e2e::{Page, Setup};

use crate::common::{form_data, page, page_with, play, until_announced, until_heard};

const CAPTCHA: &str = r#"endpoint="/captcha" lang="en" lead-in="0" required"#;

async fn answer(page: &Page) {
    let captcha = play(page).await;
    until_heard(page).await;
    captcha.part("answer").await.type_text("12345").await;
}

/// Sends the form as a page does that uses `fetch`.
const SENDS: &str = "window.sent = [];
    document.querySelector('form').addEventListener('submit', (event) => {
      event.preventDefault();
      sent.push(Object.fromEntries(new FormData(event.target)));
    });";

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_was_read_for_sending_is_not_sent_twice() {
    Setup::new("submitted_twice")
        .page("/page.html", page(CAPTCHA))
        .run(async |page| {
            page.open("/page.html").await;
            page.script(SENDS).await;
            answer(page).await;
            page.click("#send").await;
            page.until("it went out", "return sent.length === 1").await;
            let captcha = page.captcha("").await;
            assert_eq!(
                page.script("return sent[0]['captcha-answer']").await,
                "12345"
            );
            captcha.until_state("expired").await;
            assert_eq!(captcha.part("play").await.text().await, "Play new audio");
            let audio =
                "return document.querySelector('sori-captcha').shadowRoot.querySelector('audio')";
            assert!(page.script(audio).await.is_null(), "the sound has stopped");
            page.click("#send").await;
            captcha.until_text("error", "already submitted").await;
            assert!(captcha.part("answer").await.has_focus().await);
            assert_eq!(page.script("return sent.length").await, 1);
            page.press(".").await;
            until_heard(page).await;
        })
        .await;
}

/// A script of the page that comes before the widget's hears of the submit first.
#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_was_there_before_the_widget_sends_no_key_twice() {
    let body = format!(
        r#"<form id="form"><sori-captcha name="captcha" {CAPTCHA}></sori-captcha><button id="send">Send</button></form>
           <script>{SENDS}</script>"#
    );
    Setup::new("submitted_early_handler")
        .page("/page.html", page_with(&body))
        .run(async |page| {
            page.open("/page.html").await;
            answer(page).await;
            page.click("#send").await;
            page.until("it went out", "return sent.length === 1").await;
            page.captcha("").await.until_state("expired").await;
        })
        .await;
}

/// A draft is saved at every change. The submit was cancelled because of another field.
#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_read_after_a_cancelled_submit_spends_nothing() {
    Setup::new("cancelled_then_read")
        .page("/page.html", page(CAPTCHA))
        .run(async |page| {
            page.open("/page.html").await;
            page.script(
                "const form = document.querySelector('form');
                 window.drafts = 0;
                 form.addEventListener('submit', (event) => event.preventDefault());
                 form.addEventListener('input', () => { new FormData(form); drafts++; });",
            )
            .await;
            answer(page).await;
            page.click("#send").await;
            page.type_into("[name=name]", "x").await;
            page.until("a draft was saved", "return drafts > 0").await;
            assert_eq!(form_data(page).await["captcha-answer"], "12345");
            assert_ne!(page.captcha("").await.property("value").await, "");
        })
        .await;
}

/// React sets the attribute and resets the form in one go.
#[tokio::test(flavor = "multi_thread")]
async fn a_verdict_that_comes_with_a_reset_of_the_form_is_announced() {
    Setup::new("verdict_and_reset")
        .page("/page.html", page(CAPTCHA))
        .run(async |page| {
            page.open("/page.html").await;
            page.script(SENDS).await;
            answer(page).await;
            page.click("#send").await;
            let captcha = page.captcha("").await;
            captcha.until_state("expired").await;
            page.script(
                "document.querySelector('sori-captcha').setAttribute('error', 'Wrong numbers.');
                 document.querySelector('form').reset();",
            )
            .await;
            captcha.until_text("error", "Wrong numbers.").await;
            until_announced(page, "Wrong numbers.").await;
        })
        .await;
}

/// The page's own check failed, and nothing was sent.
#[tokio::test(flavor = "multi_thread")]
async fn a_submit_that_the_page_cancels_spends_nothing() {
    Setup::new("submit_cancelled")
        .page("/page.html", page(CAPTCHA))
        .run(async |page| {
            page.open("/page.html").await;
            page.script("document.querySelector('form').addEventListener('submit', (event) => event.preventDefault())")
                .await;
            answer(page).await;
            page.click("#send").await;
            let captcha = page.captcha("").await;
            assert_eq!(captcha.property("validity.valid").await, true);
            assert_ne!(captcha.part("play").await.text().await, "Play new audio");
        })
        .await;
}

/// React resets a form after every action, and may set `error` in the same commit.
#[tokio::test(flavor = "multi_thread")]
async fn a_reset_after_sending_costs_no_second_listening_and_no_error() {
    Setup::new("reset_after_sending")
        .page("/page.html", page(CAPTCHA))
        .run(async |page| {
            page.open("/page.html").await;
            page.script(SENDS).await;
            answer(page).await;
            page.click("#send").await;
            page.until("it went out", "return sent.length === 1").await;
            page.script("document.querySelector('form').reset()").await;
            page.click("#send").await;
            page.until("it goes out again", "return sent.length === 2")
                .await;
            assert_eq!(
                page.script("return sent[1]['captcha-key'] === sent[0]['captcha-key']")
                    .await,
                true
            );
            page.script(
                "document.querySelector('sori-captcha').error = 'Wrong numbers.';
                 document.querySelector('form').reset();",
            )
            .await;
            let captcha = page.captcha("").await;
            captcha.until_text("error", "Wrong numbers.").await;
            assert_eq!(form_data(page).await, json!({ "name": "소리" }));
            captcha.part("answer").await.type_text("1").await;
            assert_eq!(captcha.part("error").await.text().await, "");
            page.script(
                "document.querySelector('sori-captcha').setAttribute('error', 'Wrong numbers.')",
            )
            .await;
            captcha.until_text("error", "Wrong numbers.").await;
        })
        .await;
}
