//! Libraries of plain pages that send the form themselves.

use super::{answer, consumer, submit, walk_through};

/// Without an answer nothing is sent, and the visitor reads what to do. With an answer, the library reads the form's
/// fields and puts the server's reply into the page, which stays open.
async fn sends_the_form_once_it_is_answered(name: &str) {
    consumer("scripts")
        .run(async |page| {
            page.open(&format!("/{name}.html")).await;
            let captcha = page.captcha("").await;
            page.script("window.kept = true").await;
            page.click("form button").await;
            captcha.until_told("error").await;
            assert_eq!(page.asked("/"), 0, "nothing was sent");
            walk_through(page).await;
            assert_eq!(page.asked("/"), 1, "sent once");
            assert_eq!(page.script("return window.kept").await, true);
        })
        .await;
}

macro_rules! library {
    ($module:ident, $name:literal) => {
        mod $module {
            #[tokio::test(flavor = "multi_thread")]
            async fn an_empty_form_is_held_back_and_an_answered_one_arrives() {
                super::sends_the_form_once_it_is_answered($name).await;
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
