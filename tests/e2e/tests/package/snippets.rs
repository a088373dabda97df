//! The snippets of the documentation, taken from the served pages and pasted, as a reader would do it.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use serde_json::{Value, json};
use sori_e2e::{Page, Reply, Setup, built, integrity, root};

use crate::{FORM, document};

/// The package at the URL that the snippets expect.
fn served(mut setup: Setup) -> Setup {
    for (name, kind) in [
        ("define.js", "text/javascript"),
        ("sori.js", "text/javascript"),
        ("sori_bg.wasm", "application/wasm"),
        ("share.js", "text/javascript"),
        ("button.js", "text/javascript"),
        ("diagnose.js", "text/javascript"),
        ("button_bg.wasm", "application/wasm"),
    ] {
        let reply = Reply::new(kind, built(name));
        // As the documentation advises.
        let reply = reply.header("cache-control", "public, max-age=31536000, immutable");
        setup = setup.page(&format!("/sori/{name}"), reply);
    }
    setup
}

fn snippet(name: &str) -> String {
    let path = root().join("www/snippets").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The sample on a page that shows this file, as a reader sees it.
async fn sample(page: &Page, path: &str, name: &str) -> String {
    page.open(path).await;
    let samples = page
        .script("return [...document.querySelectorAll('pre')].map((sample) => sample.textContent)")
        .await;
    let file = snippet(name);
    // Where the file has a brace, the page shows a hash.
    let begin = file.trim().split('{').next().unwrap_or_default();
    let samples = samples.as_array().into_iter().flatten();
    let mut samples = samples.filter_map(Value::as_str);
    let found = samples.find(|sample| sample.starts_with(begin));
    let found = found.unwrap_or_else(|| panic!("{path} does not show {name}"));
    found.to_owned()
}

/// The samples that pages show, each given as the page's path and the file's name.
async fn samples(wanted: &[(&str, &str)]) -> Vec<String> {
    let mut found = Vec::new();
    Setup::new("snippets_read")
        .run(async |page| {
            for (path, name) in wanted {
                found.push(sample(page, path, name).await);
            }
        })
        .await;
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn the_snippets_for_the_head_load_each_file_once() {
    for (path, form) in [
        ("/docs/start", "form.ko.html"),
        ("/docs/start?lang=en", "form.en.html"),
    ] {
        let shown = samples(&[(path, "head.html"), (path, form)]).await;
        served(Setup::new("snippets_head"))
            .page("/page.html", document(&shown[0], &shown[1]))
            .run(async |page| {
                page.open("/page.html").await;
                crate::plays(page).await;
                assert_eq!(page.asked("/sori/sori_bg.wasm"), 1);
                assert_eq!(page.asked("/sori/define.js"), 1);
                page.assert_quiet().await;
            })
            .await;
    }
}

/// What a newcomer copies. The block before it loads what wasm-pack builds; the test of that build runs it.
#[tokio::test(flavor = "multi_thread")]
async fn the_readmes_example_works_as_it_stands() {
    for name in ["README.md", "README.ko.md"] {
        let text = std::fs::read_to_string(root().join(name)).expect("the readme is there");
        let mut examples = text.split("```html\n").skip(1);
        let example = examples
            .find(|rest| rest.contains("/sori/define.js"))
            .and_then(|rest| rest.split("```").next());
        let example = example.unwrap_or_else(|| panic!("{name} has no example"));
        served(Setup::new("snippets_readme"))
            .page("/page.html", document("", example))
            .run(async |page| {
                page.open("/page.html").await;
                crate::plays(page).await;
                page.share("").await;
                let link = page.element("sori-share a").await;
                assert!(link.is_displayed().await.expect("the link is there"));
            })
            .await;
    }
}

/// The hashes on the page are those of the built files.
#[tokio::test(flavor = "multi_thread")]
async fn the_snippets_with_integrity_have_the_built_hashes_and_load_each_file_once() {
    let hashes = integrity();
    for path in ["/docs/csp", "/docs/csp?lang=en"] {
        let shown = samples(&[(path, "integrity.html"), (path, "classic.html")]).await;
        for (sample, hashed, files) in [
            (
                &shown[0],
                ["define.js"].as_slice(),
                ["define.js", "sori_bg.wasm"].as_slice(),
            ),
            (&shown[1], &["sori.js"], &["sori.js"]),
        ] {
            for name in hashed {
                let hash = hashes[*name].as_str().unwrap_or("no hash");
                assert!(sample.contains(hash), "{sample}");
            }
            served(Setup::new("snippets_integrity"))
                .page("/page.html", document(sample, FORM))
                .run(async |page| {
                    page.open("/page.html").await;
                    crate::plays(page).await;
                    for name in files {
                        assert_eq!(
                            page.asked(&format!("/sori/{name}")),
                            1,
                            "{name}: one request"
                        );
                    }
                    page.assert_quiet().await;
                })
                .await;
        }
    }
}

/// Chromium knows the hashes of an import map; other browsers ignore them.
#[tokio::test(flavor = "multi_thread")]
async fn the_import_map_covers_what_is_loaded_later() {
    let hashes = integrity();
    let diagnose = "return document.querySelector('sori-captcha').diagnose().then(() => 'loaded', () => 'refused')";
    for path in ["/docs/csp", "/docs/csp?lang=en"] {
        let map = samples(&[(path, "integrity-map.html")]).await.remove(0);
        for name in ["button.js", "diagnose.js"] {
            let hash = hashes[name].as_str().unwrap_or("no hash");
            assert!(map.contains(hash), "{name}: {map}");
        }
        let right = hashes["diagnose.js"].as_str().unwrap_or_default();
        let wrong = hashes["button.js"].as_str().unwrap_or_default();
        let script = r#"<script type="module" src="/sori/define.js"></script>"#;
        for (map, end) in [
            (map.clone(), "loaded"),
            (map.replace(right, wrong), "refused"),
        ] {
            served(Setup::new("snippets_integrity_map").in_chromium())
                .page("/page.html", document(&format!("{map}{script}"), FORM))
                .run(async |page| {
                    page.open("/page.html").await;
                    crate::plays(page).await;
                    assert_eq!(page.promise(diagnose, vec![]).await, end);
                })
                .await;
        }
    }
}

/// The lines that the page about migrating adds, without those that it removes.
#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_was_migrated_submits_the_old_field() {
    for (path, name) in [
        ("/docs/migrating", "migrating.ko.diff"),
        ("/docs/migrating?lang=en", "migrating.en.diff"),
    ] {
        let diff = samples(&[(path, name)]).await.remove(0);
        let added: String = diff
            .lines()
            .filter_map(|line| line.strip_prefix("+ "))
            .collect();
        let form = format!("<form action='/' method='post'>{added}<button>OK</button></form>");
        served(Setup::new("snippets_migrating"))
            .page("/page.html", document("", &form))
            .run(async |page| {
                page.open("/page.html").await;
                crate::plays(page).await;
                page.captcha("")
                    .await
                    .part("answer")
                    .await
                    .type_text("12345")
                    .await;
                let field = page
                    .script("return new FormData(document.forms[0]).get('g-recaptcha-response')")
                    .await;
                let pair = field.as_str().and_then(|field| field.strip_prefix("ka_"));
                let pair = pair.and_then(|pair| BASE64_URL_SAFE_NO_PAD.decode(pair).ok());
                assert!(
                    pair.is_some_and(|pair| pair.ends_with(b":12345")),
                    "{field}"
                );
            })
            .await;
    }
}

/// A ticket made by the code in the documentation, for a backend that requires tickets.
#[tokio::test(flavor = "multi_thread")]
async fn a_rendered_ticket_lets_the_widget_issue() {
    const SECRET: &str = "a ticket secret of the tests, 32 bytes or more";
    let signed = std::process::Command::new("node")
        .args([
            "--input-type=module",
            "-e",
            r#"import { ticket } from "./ticket.mjs"; console.log(ticket("session-1"));"#,
        ])
        .current_dir(root().join("www/snippets"))
        .env("SORI_TICKET_SECRET", SECRET)
        .output()
        .expect("node is there");
    let ticket = String::from_utf8(signed.stdout).expect("a ticket is ASCII");
    let with = snippet("ticket.html").replace('…', ticket.trim());
    let module = r#"<script type="module" src="/pkg/define.js"></script>"#;
    Setup::new("snippets_ticket")
        .setting("SORI_TICKET_SECRET", SECRET)
        .page("/with.html", document(module, &with))
        .page("/without.html", document(module, FORM))
        .run(async |page| {
            page.open("/with.html").await;
            crate::plays(page).await;
            page.open("/without.html").await;
            let captcha = page.captcha("").await;
            captcha.part("play").await.click().await;
            captcha.until_state("failed").await;
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_share_buttons_snippet_works_alone() {
    for (path, name) in [
        ("/docs/share", "share.ko.html"),
        ("/docs/share?lang=en", "share.en.html"),
    ] {
        let shown = samples(&[(path, name)]).await;
        assert_eq!(shown[0], snippet(name).trim());
        served(Setup::new("snippets_share"))
            .page(
                "/page.html",
                document(
                    "<link rel=canonical href='https://example.com/page'>",
                    &shown[0],
                ),
            )
            .run(async |page| {
                page.open("/page.html").await;
                page.share("").await;
                let link = page.element("sori-share a").await;
                assert!(link.is_displayed().await.expect("the link is there"));
                assert_eq!(page.asked("/pkg/define.js"), 0);
                page.assert_quiet().await;
            })
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_style_sheet_on_the_page_about_styling_is_worn() {
    Setup::new("snippets_styling")
        .run(async |page| {
            let shown = sample(page, "/docs/styling", "styling.css").await;
            assert_eq!(shown, snippet("styling.css").trim());
            page.captcha(".branded").await;
            let colour = page
                .script("return getComputedStyle(document.querySelector('.branded').shadowRoot.querySelector('[part=play]')).backgroundColor")
                .await;
            // #0b6b5d in the light theme, #7fdcc9 in the dark one.
            assert!(colour == "rgb(11, 107, 93)" || colour == "rgb(127, 220, 201)", "{colour}");
        })
        .await;
}

/// A header as the page prints it, in one line.
fn header(sample: &str) -> String {
    let (_, value) = sample
        .split_once("Content-Security-Policy:")
        .expect("the header is named");
    let value = value.split("\n<").next().unwrap_or_default();
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// With the printed policies, using the widget violates nothing, Trusted Types included.
#[tokio::test(flavor = "multi_thread")]
async fn the_printed_policies_are_enough() {
    let printed = samples(&[("/docs/csp", "policy.txt"), ("/docs/csp", "nonce.txt")]).await;
    let watch = "self.violations = []; addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective + ' ' + event.blockedURI));";
    let (strict, dynamic) = (header(&printed[0]), header(&printed[1]));
    assert!(
        strict.contains("require-trusted-types-for 'script'"),
        "{strict}"
    );
    let tag = printed[1]
        .split_once("\n<")
        .map(|(_, tag)| format!("<{tag}"))
        .expect("a script tag follows");
    let watched = r#"<script src="/watch.js"></script>"#;
    let nonce = r#"<script nonce="R4nd0m" src="/watch.js"></script>"#;
    let module = r#"<script type="module" src="/sori/define.js"></script>"#;
    for (policy, head) in [
        (strict, format!("{watched}{module}")),
        (dynamic, format!("{nonce}{tag}")),
    ] {
        served(Setup::new("snippets_policies"))
            .page("/watch.js", Reply::new("text/javascript", watch))
            .page(
                "/page.html",
                document(&head, FORM).header("content-security-policy", &policy),
            )
            .run(async |page| {
                page.open("/page.html").await;
                let captcha = page.captcha("").await;
                captcha.part("play").await.click().await;
                captcha.until_state("playing").await;
                captcha.part("renew").await.click().await;
                captcha.until_state("playing").await;
                captcha.part("answer").await.type_text("12345").await;
                assert_eq!(
                    page.script("return violations").await,
                    json!([]),
                    "{policy}"
                );
                page.assert_quiet().await;
                page.click("form button").await;
                page.until(
                    "the server has its say",
                    "return document.querySelector('#result') !== null",
                )
                .await;
            })
            .await;
    }
}

/// Without `'wasm-unsafe-eval'` only the link inside the element shows, and the console names what is missing.
#[tokio::test(flavor = "multi_thread")]
async fn a_policy_without_wasm_unsafe_eval_is_named_on_the_console() {
    let policy = "default-src 'none'; script-src 'self'; connect-src 'self'";
    let form = FORM.replace(r#"slot="alternative""#, r#"id="fallback""#);
    let module = r#"<script type="module" src="/pkg/define.js"></script>"#;
    Setup::new("no_wasm_eval")
        .in_chromium()
        .page("/page.html", document(module, &form).header("content-security-policy", policy))
        .run(async |page| {
            page.open("/page.html").await;
            page.until("the load has failed", "return performance.getEntriesByType('resource').some(({ name }) => name.endsWith('.wasm'))")
                .await;
            page.promise("await import('/pkg/define.js').then(({ ready }) => ready).catch(() => {})", vec![])
                .await;
            let said = page.console().await.join("\n");
            assert!(said.contains("wasm-unsafe-eval"), "{said}");
            assert!(said.contains("sori-captcha: the module is not loaded"), "{said}");
            let fallback = page.element("#fallback").await;
            assert!(fallback.is_displayed().await.expect("the fallback is there"));
        })
        .await;
}
