//! A person presses Play, hears digits, types them and submits the form, and the server says whether they were right.

use sori_e2e::{Page, Setup};

use crate::common::verdict;

/// Presses Play, waits until the audio really plays, and types the answer.
async fn hear_and_type(page: &Page, answer: &str) {
    let captcha = page.captcha("").await;
    captcha.part("play").await.click().await;
    captcha.until_state("playing").await;
    captcha.part("answer").await.type_text(answer).await;
}

async fn submit(page: &Page) {
    page.type_into("form input[name=name]", "소리").await;
    page.click("form button:not([type=button])").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_right_digits_are_verified() {
    Setup::new("the_right_digits_are_verified")
        .run(async |page| {
            page.open("/").await;
            hear_and_type(page, "12345").await;
            submit(page).await;
            assert_eq!(verdict(page).await, "true");
            page.assert_quiet().await;
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_digits_are_refused() {
    Setup::new("wrong_digits_are_refused")
        .run(async |page| {
            page.open("/").await;
            hear_and_type(page, "54321").await;
            submit(page).await;
            assert_eq!(verdict(page).await, "false");
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_requested_before_the_press() {
    Setup::new("nothing_is_requested_before_the_press")
        .run(async |page| {
            page.open("/").await;
            let captcha = page.captcha("").await;
            let before = page.requests().await;
            let calls: Vec<_> = before
                .iter()
                .filter(|url| url.contains("/captcha/"))
                .collect();
            assert!(calls.is_empty(), "requested before any act: {calls:?}");
            let foreign: Vec<_> = before
                .iter()
                .filter(|url| !url.starts_with(page.origin()))
                .collect();
            assert!(foreign.is_empty(), "requested from elsewhere: {foreign:?}");

            captcha.part("play").await.click().await;
            captcha.until_state("playing").await;
            let after = page.requests().await;
            let calls: Vec<_> = after
                .iter()
                .filter(|url| url.contains("/captcha/"))
                .collect();
            assert_eq!(calls.len(), 2, "one key and one audio: {calls:?}");
        })
        .await;
}
