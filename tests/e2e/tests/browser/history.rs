//! Leaving the page and coming back: from the back/forward cache it returns as it was left, except for what was sent.

use sori_e2e::{Page, Reply, Setup};

use crate::common::{form_data, heard, keys_requested, page, play, until_heard};

/// Counts the returns from the cache, and records what the live region says.
const WATCH: &str = "window.returns = 0; window.said = [];
    addEventListener('pageshow', ({ persisted }) => { if (persisted) returns += 1; });
    addEventListener('pagehide', () => setTimeout(() => {}));
    const status = document.querySelector('sori-captcha').shadowRoot.querySelector('[part=status]');
    new MutationObserver(() => status.textContent && said.push(status.textContent))
        .observe(status, { childList: true, characterData: true, subtree: true });";

fn setup(name: &str) -> Setup {
    let form = r#"endpoint="/captcha" lang="en" lead-in="0" required"#;
    Setup::new(name).page("/page.html", page(form)).page(
        "/next.html",
        Reply::html("<!doctype html><html lang=en><title>Next</title><h1>Next</h1>"),
    )
}

async fn go_back(page: &Page) {
    page.until("the next page is there", "return document.title === 'Next'")
        .await;
    // Goes back as the browser's button does. WebDriver's own command would wait for a load that does not happen.
    page.script("setTimeout(() => history.back())").await;
    page.until(
        "the page comes back from the cache",
        "return window.returns === 1",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_submitted_key_does_not_come_back_with_the_page() {
    setup("history_submitted")
        .run(async |page| {
            page.open("/page.html").await;
            page.script("document.querySelector('form').action = '/next.html'")
                .await;
            let captcha = play(page).await;
            until_heard(page).await;
            captcha.part("answer").await.type_text("12345").await;
            page.script(WATCH).await;
            page.click("#send").await;
            go_back(page).await;

            let captcha = page.captcha("").await;
            captcha.until_state("expired").await;
            captcha.until_text("hint", "already submitted").await;
            assert_eq!(
                page.script("return said").await,
                serde_json::json!([]),
                "the page is being read: it stands at the box"
            );
            let data = form_data(page).await;
            assert!(
                data.get("captcha-key").is_none(),
                "a spent key came back: {data}"
            );
            assert!(data.get("captcha-response").is_none(), "{data}");
            assert_eq!(keys_requested(page).await, 1, "a new one takes a press");
            page.assert_accessible("sori-captcha", "back from the history")
                .await;

            captcha.part("play").await.click().await;
            captcha.until_state("playing").await;
            assert_eq!(heard(page, "issued").await.len(), 2);
            assert_eq!(
                captcha.property("value").await,
                "",
                "the digits were another audio's"
            );
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_pauses_and_an_unsent_key_survives() {
    setup("history_unsent")
        .run(async |page| {
            page.open("/page.html").await;
            page.script("document.querySelector('form').insertAdjacentHTML('afterend', '<a id=away href=/next.html>Away</a>')")
                .await;
            let captcha = play(page).await;
            until_heard(page).await;
            captcha.part("answer").await.type_text("12").await;
            page.script(WATCH).await;
            page.click("#away").await;
            go_back(page).await;

            let captcha = page.captcha("").await;
            captcha.until_state("paused").await;
            let sound = "const audio = document.querySelector('sori-captcha').shadowRoot.querySelector('audio'); return audio.paused && audio.currentTime > 0";
            assert_eq!(page.script(sound).await, true, "nothing sounds by itself");
            assert_eq!(captcha.property("value").await, "12");
            captcha.part("answer").await.type_text("345").await;
            assert_eq!(form_data(page).await["captcha-answer"], "12345");
            captcha.part("play").await.click().await;
            until_heard(page).await;
            assert_eq!(keys_requested(page).await, 1, "the key is still good");
            assert_eq!(page.script("return said").await, serde_json::json!([]), "and nothing is said of it");
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_cache_no_dead_key_is_restored() {
    setup("history_reload")
        .page(
            "/page.html",
            page(r#"endpoint="/captcha" lang="en" lead-in="0" required"#)
                .header("cache-control", "no-store"),
        )
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = play(page).await;
            until_heard(page).await;
            captcha.part("answer").await.type_text("12345").await;
            page.client().refresh().await.expect("the page loads again");
            page.captcha("").await.until_state("idle").await;
            assert_eq!(form_data(page).await, serde_json::json!({ "name": "소리" }));
        })
        .await;
}
