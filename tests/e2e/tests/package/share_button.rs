//! `<sori-share>` is loaded by the captcha's entries wherever it is in the page, and costs other pages nothing.

use serde_json::json;
use sori_e2e::{Page, Reply, Setup};

use crate::{FORM, document, files, plays};

const MODULE: &str = r#"<script type="module" src="/pkg/define.js"></script>"#;

/// Whether the share button that the expression finds works: it has a link to NAVER's page.
async fn works(page: &Page, share: &str) {
    let works = format!(
        "return ({share})?.shadowRoot?.querySelector('[part=link]')?.href.startsWith('https://share.naver.com/web/shareView?url=https%3A%2F%2Fexample.com')"
    );
    page.until(&format!("{share} works"), &works).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_without_a_share_button_loads_nothing_of_it() {
    Setup::new("no_share")
        .page("/page.html", document(MODULE, FORM))
        .run(async |page| {
            page.open("/page.html").await;
            plays(page).await;
            assert_eq!(files(page).await, ["define.js", "sori_bg.wasm"]);
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_noticed_in_shadow_roots_open_closed_and_declared() {
    let declared = r#"<div id="declared"><template shadowrootmode="open"><sori-share url="https://example.com/"></sori-share></template></div>"#;
    Setup::new("share_in_shadow")
        .page("/declared.html", document(MODULE, declared))
        .page("/empty.html", document(MODULE, ""))
        .run(async |page| {
            page.open("/declared.html").await;
            works(
                page,
                "document.querySelector('#declared').shadowRoot.querySelector('sori-share')",
            )
            .await;
            for mode in ["open", "closed"] {
                page.open("/empty.html").await;
                page.promise("await (await import('/pkg/define.js')).ready", vec![])
                    .await;
                let make = format!(
                    "const host = document.createElement('div');
                     const root = host.attachShadow({{ mode: '{mode}' }});
                     window.share = document.createElement('sori-share');
                     share.url = 'https://example.com/';
                     root.append(share);
                     document.body.append(host);"
                );
                page.script(&make).await;
                works(page, "share").await;
                page.assert_quiet().await;
            }
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_was_made_before_its_module_is_no_worse() {
    Setup::new("share_early")
        .page("/page.html", document(MODULE, ""))
        .run(async |page| {
            page.open("/page.html").await;
            page.promise("await (await import('/pkg/define.js')).ready", vec![])
                .await;
            page.script(
                "window.early = document.createElement('sori-share');
                 early.url = 'https://example.com/early';
                 document.body.append(document.createElement('sori-share'));
                 document.querySelector('sori-share').url = 'https://example.com/first';",
            )
            .await;
            works(page, "document.querySelector('sori-share')").await;
            page.script("document.body.append(early)").await;
            works(page, "early").await;
            assert_eq!(
                page.script("early.copy = true; return [early.url, early.getAttribute('url'), early.hasAttribute('copy')]").await,
                json!(["https://example.com/early", "https://example.com/early", true])
            );
            // Another button, now that the module is loaded.
            page.script("document.body.insertAdjacentHTML('beforeend', '<sori-share id=late url=\"https://example.com/late\"></sori-share>')")
                .await;
            works(page, "document.querySelector('#late')").await;
            page.assert_quiet().await;
        })
        .await;
}

/// Both entries, in both orders and twice: one element serves all of them.
#[tokio::test(flavor = "multi_thread")]
async fn both_entries_on_a_page_share_one_element() {
    let share = r#"<sori-share url="https://example.com/" copy></sori-share>"#;
    Setup::new("share_both_entries")
        .page("/page.html", document("", &format!("{FORM}{share}")))
        .page("/copy/share.js", sori_e2e::Reply::new("text/javascript", sori_e2e::built("share.js")))
        .page("/copy/button_bg.wasm", sori_e2e::Reply::new("application/wasm", sori_e2e::built("button_bg.wasm")))
        .run(async |page| {
            for order in [
                ["/pkg/define.js", "/copy/share.js"],
                ["/copy/share.js", "/pkg/define.js"],
                ["/pkg/share.js", "/copy/share.js"],
            ] {
                page.open("/page.html").await;
                let load = format!("for (const entry of {}) await (await import(entry)).ready", json!(order));
                page.promise(&load, vec![]).await;
                works(page, "document.querySelector('sori-share')").await;
                page.script("document.body.insertAdjacentHTML('beforeend', '<sori-share id=late url=\"https://example.com/late\"></sori-share>')")
                    .await;
                works(page, "document.querySelector('#late')").await;
                page.assert_quiet().await;
            }
        })
        .await;
}

/// Blocking lists such as Fanboy's Social block files that have this word in their path.
#[tokio::test(flavor = "multi_thread")]
async fn a_blocker_of_files_named_share_stops_neither_element() {
    Setup::new("share_blocked")
        .in_chromium()
        .page(
            "/page.html",
            document(
                MODULE,
                &format!("{FORM}<sori-share url=\"https://example.com/\"></sori-share>"),
            ),
        )
        .run(async |page| {
            page.devtools("Network.enable", json!({})).await;
            page.devtools("Network.setBlockedURLs", json!({ "urls": ["*share*"] }))
                .await;
            page.open("/page.html").await;
            plays(page).await;
            works(page, "document.querySelector('sori-share')").await;
        })
        .await;
}

/// The stand-in must list the same attributes as the class that it stands for.
#[tokio::test(flavor = "multi_thread")]
async fn the_stand_in_observes_what_the_element_observes() {
    Setup::new("share_observed")
        .page("/page.html", document("", ""))
        .run(async |page| {
            let mut observed = Vec::new();
            for entry in ["share.js", "define.js"] {
                page.open("/page.html").await;
                let ask = format!("await (await import('/pkg/{entry}')).ready; return customElements.get('sori-share').observedAttributes");
                observed.push(page.promise(&ask, vec![]).await);
            }
            assert!(observed[0].as_array().is_some_and(|names| names.len() > 5));
            assert_eq!(observed[0], observed[1]);
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn until_its_module_comes_the_pages_own_link_stays() {
    let own = r#"<sori-share url="https://example.com/"><a id="own" href="https://share.naver.com/">나누기</a></sori-share>"#;
    Setup::new("share_unreachable")
        .in_chromium()
        .page("/page.html", document(MODULE, &format!("{FORM}{own}")))
        .run(async |page| {
            page.devtools("Network.enable", json!({})).await;
            page.devtools("Network.setBlockedURLs", json!({ "urls": ["*button_bg.wasm"] })).await;
            page.open("/page.html").await;
            plays(page).await;
            let link = page.element("#own").await;
            assert!(link.is_displayed().await.expect("the link is there"));
            // The next share button that appears tries again.
            page.devtools("Network.setBlockedURLs", json!({ "urls": [] })).await;
            page.script("document.body.insertAdjacentHTML('beforeend', '<sori-share id=next url=\"https://example.com/\"></sori-share>')")
                .await;
            works(page, "document.querySelector('#next')").await;
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_file_of_the_share_button_is_named_and_the_link_stays() {
    let own = r#"<sori-share url="https://example.com/"><a id="own" href="https://share.naver.com/">나누기</a></sori-share>"#;
    Setup::new("share_missing")
        .in_chromium()
        .page(
            "/pkg/button.js",
            Reply::new("text/plain", "none").status(404),
        )
        .page("/page.html", document(MODULE, &format!("{FORM}{own}")))
        .run(async |page| {
            page.open("/page.html").await;
            plays(page).await;
            let said = page.console().await;
            assert!(
                said.iter()
                    .any(|line| line.contains("sori-share:") && line.contains("button.js")),
                "{said:?}"
            );
            assert!(
                page.element("#own")
                    .await
                    .is_displayed()
                    .await
                    .expect("the link is there")
            );
        })
        .await;
}

/// A server of a single-page application answers every path with its page.
#[tokio::test(flavor = "multi_thread")]
async fn a_web_page_in_place_of_a_module_is_called_so() {
    Setup::new("module_is_a_page")
        .page("/pkg/button_bg.wasm", Reply::html("<!doctype html><title>App</title>"))
        .page("/page.html", document("", ""))
        .run(async |page| {
            page.open("/page.html").await;
            let outcome = page
                .promise("const { ready } = await import('/pkg/share.js'); return ready.then(() => 'ran', String)", vec![])
                .await;
            assert!(outcome.as_str().is_some_and(|text| text.contains("button_bg.wasm answered with a web page")), "{outcome}");
        })
        .await;
}

/// What the classic script promises: both elements with one request.
#[tokio::test(flavor = "multi_thread")]
async fn the_classic_script_brings_both_elements_in_one_request() {
    let script = r#"<script src="/pkg/sori.js"></script>"#;
    let share = r#"<sori-share url="https://example.com/"></sori-share>"#;
    Setup::new("classic_both")
        .page("/page.html", document(script, &format!("{FORM}{share}")))
        .run(async |page| {
            page.open("/page.html").await;
            plays(page).await;
            works(page, "document.querySelector('sori-share')").await;
            assert_eq!(files(page).await, ["sori.js"]);
            page.assert_quiet().await;
        })
        .await;
}
