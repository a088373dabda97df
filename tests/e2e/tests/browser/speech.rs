//! What a screen reader would speak is never spoken over the digits.

use serde_json::{Value, json};
use sori_e2e::Setup;

use crate::common::{page, play};

#[tokio::test(flavor = "multi_thread")]
async fn the_status_is_silent_while_audio_plays_and_speaks_once_after_it() {
    Setup::new("silent_status")
        .page(
            "/page.html",
            page(r#"endpoint="/captcha" lead-in="300" rate="1.5" lang="en""#),
        )
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = page.captcha("").await;
            page.script(
                "const host = document.querySelector('sori-captcha');
                 const status = host.shadowRoot.querySelector('[part~=status]');
                 window.spoken = [];
                 new MutationObserver(() => {
                     const text = status.textContent.trim();
                     if (text) spoken.push([host.matches(':state(playing)'), text]);
                 }).observe(status, { childList: true, characterData: true, subtree: true });",
            )
            .await;
            play(page).await;
            assert_eq!(
                captcha
                    .part("answer")
                    .await
                    .attribute("aria-describedby")
                    .await,
                None,
                "nothing to read while it plays"
            );
            captcha.until_state("ready").await;
            page.until(
                "it speaks after the end",
                "return spoken.some(([playing]) => !playing)",
            )
            .await;
            let spoken = page.script("return spoken").await;
            let spoken = spoken.as_array().cloned().unwrap_or_default();
            let over: Vec<_> = spoken
                .iter()
                .filter(|entry| entry[0] == Value::Bool(true))
                .collect();
            assert!(over.is_empty(), "spoken over the digits: {over:?}");
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_names_and_order_are_what_a_listener_needs() {
    Setup::new("roles")
        .page("/page.html", page(r#"endpoint="/captcha" lang="ko" required"#))
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = page.captcha("").await;
            assert_eq!(captcha.part("answer").await.accessible_role().await, "textbox");
            assert_eq!(captcha.part("play").await.accessible_role().await, "button");
            assert_eq!(captcha.part("status").await.accessible_role().await, "status");
            let before = captcha.part("play").await.accessible_name().await;
            assert!(before.contains("재생"), "{before}");
            captcha.part("play").await.click().await;
            captcha.until_state("playing").await;
            let during = captcha.part("play").await.accessible_name().await;
            assert_ne!(before, during, "the name says what a press will do");
            let order = page
                .script(
                    "return [...document.querySelector('sori-captcha').shadowRoot.querySelectorAll('[part]')]
                        .flatMap((part) => [...part.part])
                        .filter((name) => ['label', 'answer', 'play', 'back', 'status'].includes(name))",
                )
                .await;
            assert_eq!(order, json!(["label", "answer", "play", "back", "status"]));
        })
        .await;
}

/// Firefox makes the accessible object of an element anew when its role is set, and that of a text when the text is set,
/// even to the same value. A screen reader then reads out the group and the focused control, over the digits.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_name_of_play_touches_nothing_else_that_a_screen_reader_reads() {
    Setup::new("touches_nothing_else")
        .page("/page.html", page(r#"endpoint="/captcha" lang="en""#))
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = page.captcha("").await;
            captcha.part("play").await.click().await;
            captcha.until_heard().await;
            page.script(
                "const { set } = Object.getOwnPropertyDescriptor(ElementInternals.prototype, 'role');
                 window.touched = [];
                 Object.defineProperty(ElementInternals.prototype, 'role', {
                     set(role) { touched.push('the role'); set.call(this, role); },
                 });
                 new MutationObserver((records) => {
                     for (const { target } of records) {
                         if (!target.closest('[aria-hidden]')) touched.push(target.closest('[part]')?.part.value ?? target.outerHTML);
                     }
                 }).observe(document.querySelector('sori-captcha').shadowRoot, { childList: true, subtree: true });",
            )
            .await;
            captcha.part("play").await.click().await;
            captcha.until_state("paused").await;
            let name = captcha.part("play").await.accessible_name().await;
            assert_eq!(name, "Resume audio");
            let touched = page.script("return [...new Set(touched)].sort()").await;
            assert_eq!(touched, json!(["play"]));
        })
        .await;
}
