//! The page's own script has sent the form. The key is used, and the visitor learns the result where it matters.

use serde_json::json;
use sori_e2e::{Page, Setup};

use crate::common::{form_data, page, play, until_heard};

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
