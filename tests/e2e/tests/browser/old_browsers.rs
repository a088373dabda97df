//! Browsers that are older than those in the README show the page's own link, and the console has a line. The test
//! removes the missing feature before the package loads.

use sori_e2e::{Page, Reply, Setup};

use crate::common::{form_data, page_with};

/// A form with the links that the README asks a page to put into the element.
fn body(missing: &str) -> String {
    format!(
        r#"<script>{missing}</script><form action="/" method="post"><input name="name" value="Bora">
        <sori-captcha endpoint="/captcha" name="captcha" required><a id="way" href="/help">Cannot use the audio captcha?</a></sori-captcha>
        <sori-share url="https://example.com/"><a id="link" href="https://share.naver.com/web/shareView">Share</a></sori-share>
        <button id="send">Send</button></form>"#
    )
}

async fn gets_the_page_s_own_way(name: &str, missing: &str, feature: &str) {
    Setup::new(name)
        .in_chromium()
        .page("/page.html", page_with(&body(missing)))
        .run(async |page| {
            page.open("/page.html").await;
            let said = until_told(page, feature).await;
            assert_eq!(
                said.iter().filter(|line| line.contains("sori-captcha: this browser lacks")).count(),
                1,
                "said once: {said:?}"
            );
            assert!(
                !said.iter().any(|line| line.contains("Uncaught")),
                "nothing breaks: {said:?}"
            );
            let seen = page
                .script("return [...document.querySelectorAll('#way, #link')].map((link) => link.checkVisibility())")
                .await;
            assert_eq!(seen, serde_json::json!([true, true]));
            let data = form_data(page).await;
            assert_eq!(data, serde_json::json!({ "name": "Bora" }), "no field of the captcha");
            page.click("#send").await;
            assert_eq!(crate::common::verdict(page).await, "false", "the server refuses a form without the fields");
        })
        .await;
}

/// The console's lines, once one of them names the feature.
async fn until_told(page: &Page, feature: &str) -> Vec<String> {
    let script = format!(
        "return told.some((line) => line.includes('this browser lacks') && line.includes({}))",
        serde_json::json!(feature)
    );
    page.until(&format!("the console names {feature}"), &script)
        .await;
    page.console().await
}

/// Keeps the console's lines, so that a test can wait for them.
const LISTEN: &str = "window.told = [];
    const { warn } = console;
    console.warn = (...words) => { told.push(words.join(' ')); warn.apply(console, words); };";

#[tokio::test(flavor = "multi_thread")]
async fn without_form_association_the_fallback_stays() {
    let missing = format!("{LISTEN} delete HTMLElement.prototype.attachInternals;");
    gets_the_page_s_own_way("no_internals", &missing, "attachInternals").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_constructable_style_sheets_the_fallback_stays() {
    let missing = format!(
        "{LISTEN} delete Document.prototype.adoptedStyleSheets; delete ShadowRoot.prototype.adoptedStyleSheets;"
    );
    gets_the_page_s_own_way("no_sheets", &missing, "adoptedStyleSheets").await;
}

/// In such a browser the constructor throws.
#[tokio::test(flavor = "multi_thread")]
async fn without_constructable_style_sheets_the_share_button_s_own_link_stays() {
    let missing = format!(
        "{LISTEN} delete Document.prototype.adoptedStyleSheets; delete ShadowRoot.prototype.adoptedStyleSheets;
         window.CSSStyleSheet = function () {{ throw new TypeError('Illegal constructor'); }};"
    );
    let share = Reply::html(&format!(
        r#"<!doctype html><html lang="en"><title>Share</title><script>{missing}</script>
        <script type="module" src="/pkg/share.js"></script>
        <sori-share url="https://example.com/"><a href="https://share.naver.com/web/shareView">Share</a></sori-share>"#
    ));
    Setup::new("no_sheets_share")
        .in_chromium()
        .page("/page.html", share)
        .run(async |page| {
            page.open("/page.html").await;
            let said = until_told(page, "adoptedStyleSheets").await;
            assert_eq!(said.len(), 1, "{said:?}");
            let seen = page
                .script("return [document.querySelector('a').checkVisibility(), !!document.querySelector('sori-share').shadowRoot]")
                .await;
            assert_eq!(seen, serde_json::json!([true, false]));
        })
        .await;
}

/// Custom states are the newest feature that is used. Without them the element works, but cannot be styled by its
/// state.
#[tokio::test(flavor = "multi_thread")]
async fn without_custom_states_it_works() {
    let missing =
        "Object.defineProperty(ElementInternals.prototype, 'states', { value: undefined });";
    let body = format!(
        r#"<script>{missing}</script><form action="/" method="post">
        <sori-captcha endpoint="/captcha" name="captcha" lang="en" lead-in="0" required></sori-captcha><button id="send">Send</button></form>"#
    );
    Setup::new("no_states")
        .in_chromium()
        .page("/page.html", page_with(&body))
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = page.captcha("").await;
            captcha.part("play").await.click().await;
            crate::common::until_heard(page).await;
            captcha.part("answer").await.type_text("12345").await;
            page.click("#send").await;
            assert_eq!(crate::common::verdict(page).await, "true");
        })
        .await;
}

/// Safari in Lockdown Mode. The widget is painted and says so; both of the page's ways on show, and no retry is promised.
#[tokio::test(flavor = "multi_thread")]
async fn without_web_assembly_the_page_s_own_ways_show_and_the_console_says_why() {
    let body = r#"<script>delete window.WebAssembly; window.codes = [];
        addEventListener('sori-error', ({ detail }) => codes.push([detail.code, detail.retryable]));</script>
        <form action="/" method="post"><sori-captcha endpoint="/captcha" name="captcha" lang="en" required>
        <a id="fallback" href="/help">Cannot use the audio captcha?</a>
        <a id="way" slot="alternative" href="/phone">Another way</a></sori-captcha></form>"#;
    Setup::new("no_web_assembly")
        .in_chromium()
        .page("/page.html", page_with(body))
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = page.captcha("").await;
            captcha
                .until_text("status", "Please use another way.")
                .await;
            let seen = page
                .script("return [...document.querySelectorAll('#fallback, #way')].map((link) => link.checkVisibility())")
                .await;
            assert_eq!(seen, serde_json::json!([true, true]));
            assert_eq!(
                page.script("return codes").await,
                serde_json::json!([["internal_error", false]])
            );
            assert_eq!(
                form_data(page).await,
                serde_json::json!({ "captcha-error": "internal_error" })
            );
            let said = page.console().await;
            let why = said
                .iter()
                .filter(|line| line.contains("has no WebAssembly"));
            assert_eq!(why.count(), 1, "{said:?}");
            page.screenshot("no-web-assembly").await;
        })
        .await;
}

/// Firefox before 119 has no properties for ARIA.
#[tokio::test(flavor = "multi_thread")]
async fn without_aria_properties_the_box_has_its_name_and_is_required() {
    let body = r#"<script>for (const name of ["ariaLabel", "ariaRequired"]) delete Element.prototype[name];</script>
        <form><label for="captcha">Security check</label>
        <sori-captcha id="captcha" endpoint="/captcha" name="captcha" lang="en" required></sori-captcha></form>"#;
    Setup::new("no_aria_properties")
        .page("/page.html", page_with(body))
        .run(async |page| {
            page.open("/page.html").await;
            let answer = page.captcha("").await.part("answer").await;
            assert_eq!(
                answer.accessible_name().await,
                "Security check Numbers in the audio"
            );
            assert_eq!(
                answer.attribute("aria-required").await.as_deref(),
                Some("true")
            );
        })
        .await;
}
