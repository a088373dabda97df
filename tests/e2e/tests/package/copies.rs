//! Several copies of the package on a page, several attempts to load it, and pages that a script builds.

use serde_json::json;
use sori_e2e::{Reply, Setup, built};

use crate::{FORM, document, plays};

/// A copy of the package with another URL, so that it is a separate module.
fn with_copy(setup: Setup, script: Vec<u8>) -> Setup {
    setup
        .page("/copy/define.js", Reply::new("text/javascript", script))
        .page(
            "/copy/sori_bg.wasm",
            Reply::new("application/wasm", built("sori_bg.wasm")),
        )
}

#[tokio::test(flavor = "multi_thread")]
async fn two_copies_on_one_page_are_one_element() {
    let setup = Setup::new("two_copies").page("/page.html", document("", FORM));
    with_copy(setup, built("define.js"))
        .run(async |page| {
            for load in [
                // One after the other, and both at the same time.
                "for (const entry of ['/pkg/define.js', '/copy/define.js']) await (await import(entry)).ready",
                "await Promise.all(['/pkg/define.js', '/copy/define.js'].map(async (entry) => (await import(entry)).ready))",
            ] {
                page.open("/page.html").await;
                page.promise(load, vec![]).await;
                plays(page).await;
                page.assert_quiet().await;
            }
        })
        .await;
}

/// Whatever another version defined stays; this version neither replaces it nor complains.
#[tokio::test(flavor = "multi_thread")]
async fn two_versions_on_one_page_leave_the_first_at_work() {
    let other = r#"<script>customElements.define("sori-captcha", class extends HTMLElement { version = "other"; });</script>"#;
    Setup::new("two_versions")
        .page("/page.html", document(other, FORM))
        .run(async |page| {
            page.open("/page.html").await;
            let version = page
                .promise("await (await import('/pkg/define.js')).ready; return document.querySelector('sori-captcha').version", vec![])
                .await;
            assert_eq!(version, "other");
            assert_eq!(page.asked("/pkg/sori_bg.wasm"), 0, "nothing is loaded in vain");
            page.assert_quiet().await;
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn define_is_idempotent() {
    Setup::new("define_twice")
        .page("/page.html", document("", FORM))
        .run(async |page| {
            page.open("/page.html").await;
            let same = page
                .promise(
                    "const { define } = await import('/pkg/index.js');
                     await Promise.all([define(), define()]);
                     const before = customElements.get('sori-captcha');
                     await define();
                     return before === customElements.get('sori-captcha')",
                    vec![],
                )
                .await;
            assert_eq!(same, true);
            assert_eq!(page.asked("/pkg/sori_bg.wasm"), 1);
            plays(page).await;
            page.assert_quiet().await;
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_load_says_so_and_the_next_call_tries_again() {
    let form = FORM.replace(
        "required>",
        r#"required><a id="fallback" href="/help">도움말</a>"#,
    );
    Setup::new("load_again")
        .in_chromium()
        .page("/page.html", document("", &form))
        .run(async |page| {
            page.devtools("Network.enable", json!({})).await;
            page.devtools(
                "Network.setBlockedURLs",
                json!({ "urls": ["*sori_bg.wasm"] }),
            )
            .await;
            page.open("/page.html").await;
            let outcome = page
                .promise(
                    "const { define } = await import('/pkg/index.js'); return define().then(() => 'defined', String)",
                    vec![],
                )
                .await;
            assert!(
                outcome.as_str().is_some_and(|text| text.contains("TypeError")),
                "{outcome}"
            );
            let fallback = page.element("#fallback").await;
            assert!(fallback.is_displayed().await.expect("the fallback is there"));
            page.devtools("Network.setBlockedURLs", json!({ "urls": [] }))
                .await;
            page.promise("await (await import('/pkg/index.js')).define()", vec![])
                .await;
            plays(page).await;
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_built_by_script_renders_it_with_every_option() {
    Setup::new("render")
        .page("/page.html", document("", "<form action='/' method='post'><div id='place'></div><button>OK</button></form>"))
        .run(async |page| {
            page.open("/page.html").await;
            let element = page
                .promise(
                    "const { render } = await import('/pkg/index.js');
                     const made = render(document.querySelector('#place'), {
                       endpoint: '/captcha', name: 'captcha', required: true, disabled: false, leadIn: 0, pauseOnTyping: true,
                       lang: 'en', ticket: undefined, error: null, messages: { play: 'Listen now' },
                     });
                     const html = made.outerHTML;
                     made.textContent = 'Help';
                     await customElements.whenDefined('sori-captcha');
                     return [made.localName, made.parentNode.id, html, made.leadIn, made.required, made.messages.play]",
                    vec![],
                )
                .await;
            assert_eq!(
                element,
                json!([
                    "sori-captcha",
                    "place",
                    r#"<sori-captcha endpoint="/captcha" name="captcha" required="" lead-in="0" pause-on-typing="" lang="en"></sori-captcha>"#,
                    "0",
                    true,
                    "Listen now"
                ])
            );
            assert_eq!(page.captcha("").await.part("play").await.text().await, "Listen now");
            plays(page).await;
            page.assert_quiet().await;
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn render_names_what_it_cannot_use() {
    Setup::new("render_wrong")
        .page("/pkg/define.js", Reply::html("Not found").status(404))
        .page("/page.html", document("", "<form><div id='place'></div></form>"))
        .run(async |page| {
            page.open("/page.html").await;
            let refused = page
                .promise(
                    "window.told = [];
                     for (const level of ['warn', 'error']) console[level] = (...words) => told.push(words.join(' '));
                     const { render } = await import('/pkg/index.js');
                     const outcomes = ['#place', undefined].map((container) => {
                         try { render(container, {}) } catch (error) { return `${error}` }
                     });
                     const made = render(document.querySelector('#place'), { endpoint: '/captcha', name: 'captcha', callback: () => {} });
                     return [...outcomes, made.outerHTML]",
                    vec![],
                )
                .await;
            let error = "TypeError: sori-captcha: render() needs an element to put the captcha into";
            let made = r#"<sori-captcha endpoint="/captcha" name="captcha"></sori-captcha>"#;
            assert_eq!(refused, json!([error, error, made]));
            // An old page after a deployment: the files that it names are gone.
            for part in ["the option callback cannot be a function", "sori-captcha: TypeError"] {
                let script = format!("return told.some((line) => line.includes('{part}'))");
                page.until(part, &script).await;
            }
        })
        .await;
}

/// A build by wasm-pack alone, on a page that has the package too.
#[tokio::test(flavor = "multi_thread")]
async fn a_plain_build_beside_the_package_leaves_it_at_work() {
    Setup::new("plain_beside_package")
        .folder(&sori_e2e::root().join("src/web"))
        .page("/page.html", document("", FORM))
        .run(async |page| {
            page.open("/page.html").await;
            page.promise(
                "await (await import('/pkg/define.js')).ready;
                 await (await import('/define.js')).defineElements('', '{}', '{}', {}, '', () => {})",
                vec![],
            )
            .await;
            plays(page).await;
        })
        .await;
}
