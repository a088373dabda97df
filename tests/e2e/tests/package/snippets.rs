//! What the documentation tells to paste, pasted: taken from the served pages, as a reader would.

use serde_json::{Value, json};
use sori_e2e::{Page, Reply, Setup, built, integrity};

use crate::{FORM, document};

/// The package where the snippets expect it.
fn served(mut setup: Setup) -> Setup {
    for (name, kind) in [
        ("define.js", "text/javascript"),
        ("sori.js", "text/javascript"),
        ("sori_bg.wasm", "application/wasm"),
    ] {
        setup = setup.page(&format!("/sori/{name}"), Reply::new(kind, built(name)));
    }
    setup
}

/// The code sample on a page that contains `mark`.
async fn sample(page: &Page, path: &str, mark: &str) -> String {
    page.open(path).await;
    let samples = page
        .script("return [...document.querySelectorAll('pre')].map((sample) => sample.textContent)")
        .await;
    let samples = samples.as_array().into_iter().flatten();
    let mut samples = samples.filter_map(Value::as_str);
    let found = samples.find(|sample| sample.contains(mark));
    found
        .unwrap_or_else(|| panic!("{path} has no sample with {mark}"))
        .to_owned()
}

/// Opens an empty page, puts the sample into its head as a parser would meet it, and plays.
async fn pasted(page: &Page, sample: &str) {
    page.open("/empty.html").await;
    let html = format!("<!doctype html><html lang=ko><title>x</title>{sample}{FORM}");
    page.script_with(
        "document.open(); document.write(arguments[0]); document.close()",
        vec![json!(html)],
    )
    .await;
    crate::plays(page).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_snippets_for_the_head_load_each_file_once() {
    served(Setup::new("snippets_head"))
        .page("/empty.html", document("", ""))
        .run(async |page| {
            let mut asked = 0;
            for path in ["/docs/start", "/docs/start?lang=en"] {
                let sample = sample(page, path, "rel=\"preload\"").await;
                pasted(page, &sample).await;
                asked += 1;
                assert_eq!(
                    page.asked("/sori/sori_bg.wasm"),
                    asked,
                    "{path}: preload and loader share one request"
                );
                assert_eq!(page.asked("/sori/define.js"), asked, "{path}");
                page.assert_quiet().await;
            }
        })
        .await;
}

/// The hashes on the page are those of the built files, and a preload with one is still the loader's own request.
#[tokio::test(flavor = "multi_thread")]
async fn the_snippets_with_integrity_have_the_built_hashes_and_load_each_file_once() {
    served(Setup::new("snippets_integrity"))
        .page("/empty.html", document("", ""))
        .run(async |page| {
            let hashes = integrity();
            let hash = |name: &str| hashes[name].as_str().unwrap_or_default();
            let mut asked = 0;
            for path in ["/docs/csp", "/docs/csp?lang=en"] {
                let module = sample(page, path, "sori_bg.wasm\" as").await;
                assert!(module.contains(hash("sori_bg.wasm")), "{module}");
                assert!(module.contains(hash("define.js")), "{module}");
                pasted(page, &module).await;
                asked += 1;
                assert_eq!(
                    page.asked("/sori/sori_bg.wasm"),
                    asked,
                    "{path}: one request"
                );
                assert_eq!(page.asked("/sori/define.js"), asked, "{path}: one request");
                page.assert_quiet().await;

                let classic =
                    sample(page, path, "<script defer src=\"/sori/sori.js\" integrity").await;
                assert!(classic.contains(hash("sori.js")), "{classic}");
                pasted(page, &classic).await;
                assert_eq!(page.asked("/sori/sori.js"), asked, "{path}: one request");
                page.assert_quiet().await;
            }
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

/// Under the printed policies a full run violates nothing, Trusted Types included.
#[tokio::test(flavor = "multi_thread")]
async fn the_printed_policies_are_enough() {
    let mut printed = Vec::new();
    Setup::new("snippets_policies_read")
        .run(async |page| {
            printed.push(sample(page, "/docs/csp", "default-src 'none'").await);
            printed.push(sample(page, "/docs/csp", "strict-dynamic").await);
        })
        .await;
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
    served(Setup::new("snippets_policies"))
        .page("/watch.js", Reply::new("text/javascript", watch))
        .page(
            "/strict.html",
            document(&format!("{watched}{module}"), FORM)
                .header("content-security-policy", &strict),
        )
        .page(
            "/dynamic.html",
            document(&format!("{nonce}{tag}"), FORM).header("content-security-policy", &dynamic),
        )
        .run(async |page| {
            for path in ["/strict.html", "/dynamic.html"] {
                page.open(path).await;
                let captcha = page.captcha("").await;
                captcha.part("play").await.click().await;
                captcha.until_state("playing").await;
                captcha.part("answer").await.type_text("12345").await;
                captcha.part("renew").await.click().await;
                captcha.until_state("playing").await;
                assert_eq!(page.script("return violations").await, json!([]), "{path}");
                page.assert_quiet().await;
                page.click("form button").await;
                page.until(
                    "the server has its say",
                    "return document.querySelector('#result') !== null",
                )
                .await;
            }
        })
        .await;
}

/// Without `'wasm-unsafe-eval'` the link inside the element stays, and the console names what is missing.
#[tokio::test(flavor = "multi_thread")]
async fn a_policy_without_wasm_unsafe_eval_is_named_on_the_console() {
    let policy = "default-src 'none'; script-src 'self'; connect-src 'self'";
    let form = FORM.replace(
        "required>",
        r#"required><a id="fallback" href="/help">도움말</a>"#,
    );
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
            assert!(said.contains("sori-captcha: the module could not be loaded"), "{said}");
            let fallback = page.element("#fallback").await;
            assert!(fallback.is_displayed().await.expect("the fallback is there"));
        })
        .await;
}
