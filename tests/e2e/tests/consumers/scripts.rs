//! Libraries of plain pages that send the form themselves.

use super::{answer, consumer, submit, walk_through};

/// The library reads the form's fields and puts the server's answer into the page, which stays.
async fn sends_the_form(name: &str) {
    consumer("scripts")
        .run(async |page| {
            page.open(&format!("/{name}.html")).await;
            page.captcha("").await;
            page.script("window.kept = true").await;
            walk_through(page).await;
            assert_eq!(page.script("return window.kept").await, true);
        })
        .await;
}

/// Nothing leaves the page, and the person reads what to do.
async fn holds_an_empty_form_back(name: &str) {
    consumer("scripts")
        .run(async |page| {
            page.open(&format!("/{name}.html")).await;
            let captcha = page.captcha("").await;
            page.click("form button").await;
            captcha.until_told("error").await;
            assert_eq!(
                page.script("return document.querySelector('#result')")
                    .await,
                serde_json::Value::Null
            );
            // The form that was held back is sent once it is answered.
            walk_through(page).await;
        })
        .await;
}

macro_rules! library {
    ($module:ident, $name:literal) => {
        mod $module {
            #[tokio::test(flavor = "multi_thread")]
            async fn the_fields_arrive() {
                super::sends_the_form($name).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn an_empty_answer_is_held_back() {
                super::holds_an_empty_form_back($name).await;
            }
        }
    };
}

library!(htmx_1, "htmx-1");
library!(htmx_2, "htmx-2");
library!(htmx_4, "htmx-4");
library!(jquery_1, "jquery-1");
library!(jquery_3, "jquery-3");
library!(jquery_4, "jquery-4");
library!(rails_ujs, "ujs");

mod alpine {
    use super::{answer, consumer, submit};

    #[tokio::test(flavor = "multi_thread")]
    async fn an_element_taken_away_and_shown_again_works() {
        consumer("scripts")
            .run(async |page| {
                page.open("/alpine.html").await;
                page.click("#toggle").await;
                answer(page).await;
                page.until(
                    "Alpine has heard the event once",
                    "return document.querySelector('#issued').textContent === '1'",
                )
                .await;
                page.click("#toggle").await;
                page.until(
                    "it is gone",
                    "return document.querySelector('sori-captcha') === null",
                )
                .await;
                page.click("#toggle").await;
                answer(page).await;
                submit(page).await;
            })
            .await;
    }
}
