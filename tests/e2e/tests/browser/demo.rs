//! The demo's form when something goes wrong: what the visitor typed is kept, and the visitor can continue.

use serde_json::Value;
use sori_e2e::{Page, Setup};

async fn text(page: &Page, selector: &str) -> String {
    let script = format!("return document.querySelector('{selector}')?.textContent ?? ''");
    let text = page.script(&script).await;
    text.as_str().unwrap_or_default().to_owned()
}

async fn send(page: &Page) {
    page.click("form button.primary").await;
    page.until(
        "there is a verdict",
        "return document.querySelector('#result') !== null",
    )
    .await;
}

async fn hear_and_type(page: &Page, answer: &str) {
    let captcha = page.captcha("").await;
    captcha.part("play").await.click().await;
    captcha.until_state("playing").await;
    captcha.part("answer").await.type_text(answer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_leaves_a_form_that_can_be_sent_and_a_way_on() {
    Setup::new("an_outage_leaves_a_form_that_can_be_sent_and_a_way_on")
        .setting("SORI_DAILY_QUOTA", "2")
        .setting("SORI_HOURLY_SHARE", "off")
        .run(async |page| {
            // The day's one challenge.
            page.open("/?lang=en").await;
            hear_and_type(page, "12345").await;

            page.open("/?lang=en").await;
            page.type_into("#name", "Bora").await;
            let captcha = page.captcha("").await;
            captcha.part("play").await.click().await;
            captcha.until_state("failed").await;
            // Its line comes a moment later and moves the button that is pressed next.
            captcha
                .until_text("status", "No more audio today. Please use another way.")
                .await;
            send(page).await;
            let result = text(page, "#result").await;
            assert!(result.contains("quota_exceeded"), "{result}");
            assert!(result.contains("Verify another way"), "{result}");
            let name = page
                .script("return document.querySelector('#name').value")
                .await;
            assert_eq!(name, "Bora");
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_answer_is_explained_at_the_box_and_a_second_one_passes() {
    Setup::new("a_wrong_answer_is_explained_at_the_box_and_a_second_one_passes")
        .run(async |page| {
            page.open("/?lang=en").await;
            page.type_into("#name", "Bora").await;
            hear_and_type(page, "54321").await;
            send(page).await;
            page.captcha("").await;
            let said = page
                .script("return document.querySelector('sori-captcha').shadowRoot.querySelector('[part~=error]').textContent")
                .await;
            assert!(said.as_str().is_some_and(|said| said.contains("did not match")), "{said}");
            page.assert_accessible("html", "after a wrong answer").await;

            hear_and_type(page, "12345").await;
            page.script("document.querySelector('#result').remove()").await;
            send(page).await;
            let verified = page
                .script("return document.querySelector('#result').dataset.verified")
                .await;
            assert_eq!(verified, "true");
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_in_another_field_costs_no_second_captcha() {
    Setup::new("a_mistake_in_another_field_costs_no_second_captcha")
        .run(async |page| {
            page.open("/?lang=en").await;
            // The server must cope with a form that the browser's own validation would have stopped.
            page.script("document.querySelector('form').noValidate = true")
                .await;
            hear_and_type(page, "12345").await;
            send(page).await;
            assert!(
                text(page, "#result")
                    .await
                    .contains("The numbers are verified")
            );
            let captcha = page
                .script("return document.querySelector('sori-captcha')")
                .await;
            assert_eq!(captcha, Value::Null);
            page.assert_accessible("html", "after a mistake in the name")
                .await;

            page.type_into("#name", "Bora").await;
            page.script("document.querySelector('#result').remove()")
                .await;
            send(page).await;
            assert!(text(page, "#result").await.contains("Welcome, Bora"));
        })
        .await;
}
