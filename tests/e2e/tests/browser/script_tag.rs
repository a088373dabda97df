//! The package without a bundler: as a module or a classic script on ordinary pages.

use sori_e2e::{Page, Reply, Setup};

const CAPTCHA: &str = r#"<form action="/" method="post">
<sori-captcha lang="ko" endpoint="/captcha" name="captcha" required><a slot="alternative" href="/help">다른 방법</a></sori-captcha>
<button>OK</button></form>"#;

fn document(head: &str, body: &str) -> Reply {
    Reply::html(&format!(
        "<!doctype html><html lang=\"en\"><title>Script tag</title>{head}<h1>Join</h1>{body}"
    ))
}

async fn plays(page: &Page) {
    let captcha = page.captcha("").await;
    captcha.part("play").await.click().await;
    captcha.until_state("playing").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_wasm_is_not_run_and_the_fallback_stays() {
    let other: Vec<u8> = b"\0asm\x01\0\0\0".to_vec();
    let body = r#"<sori-captcha endpoint="/captcha" name="captcha"><a id="fallback" href="/help">Help</a></sori-captcha>"#;
    Setup::new("changed_wasm")
        .page("/pkg/sori_bg.wasm", Reply::new("application/wasm", other))
        .page("/page.html", document("", body))
        .run(async |page| {
            page.open("/page.html").await;
            let outcome = page
                .promise("const { ready } = await import('/pkg/define.js'); return ready.then(() => 'ran', String)", vec![])
                .await;
            assert!(outcome.as_str().is_some_and(|text| text.contains("mixed versions")), "{outcome}");
            let captcha = page.captcha("").await;
            captcha.until_text("status", "The captcha failed. Play again.").await;
            let fallback = page.element("#fallback").await;
            assert!(fallback.is_displayed().await.expect("the fallback is there"));
        })
        .await;
}

/// The server sends the wasm with a type for which browsers do not compile it while it loads.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_know_wasm_will_do() {
    let wasm = sori_e2e::built("sori_bg.wasm");
    Setup::new("unknown_type")
        .page(
            "/pkg/sori_bg.wasm",
            Reply::new("application/octet-stream", wasm),
        )
        .page(
            "/page.html",
            document(
                r#"<script type="module" src="/pkg/define.js"></script>"#,
                CAPTCHA,
            ),
        )
        .run(async |page| {
            page.open("/page.html").await;
            plays(page).await;
        })
        .await;
}

/// A classic script from another origin, on a page in EUC-KR that does not give a charset for the script.
#[tokio::test(flavor = "multi_thread")]
async fn the_classic_script_keeps_its_text_on_an_euc_kr_page() {
    let script = sori_e2e::built("sori.js");
    let mut text =
        b"<!doctype html><html lang=ko><meta charset=euc-kr><title>\xb0\xa1\xc0\xd4</title>"
            .to_vec();
    text.extend(b"<h1>\xb0\xa1\xc0\xd4</h1>");
    text.extend(CAPTCHA.as_bytes());
    // For a browser, localhost and 127.0.0.1 are two origins.
    text.extend(
        br#"<script>
            const script = document.createElement("script");
            script.src = `http://localhost:${location.port}/cdn/sori.js`;
            document.body.append(script);
        </script>"#,
    );
    Setup::new("euc_kr")
        .page("/cdn/sori.js", Reply::new("text/javascript", script))
        .page("/page.html", Reply::new("text/html", text))
        .run(async |page| {
            page.open("/page.html").await;
            plays(page).await;
            assert_eq!(page.script("return document.characterSet").await, "EUC-KR");
            assert_eq!(page.script("return document.title").await, "가입");
            let name = page
                .captcha("")
                .await
                .part("answer")
                .await
                .accessible_name()
                .await;
            assert!(name.contains("숫자"), "the label is Korean: {name}");
            let files: Vec<_> = page
                .requests()
                .await
                .into_iter()
                .filter(|url| !url.contains("/captcha/") && !url.ends_with("/favicon.ico"))
                .collect();
            assert_eq!(files.len(), 1, "one request for all: {files:?}");
            assert!(
                files[0].starts_with("http://localhost:"),
                "from another origin: {files:?}"
            );
            page.assert_quiet().await;
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_classic_script_works_wherever_and_however_it_is_loaded() {
    let late = r#"<script>
        addEventListener("load", () => setTimeout(() => {
            const script = document.createElement("script");
            script.src = "/pkg/sori.js";
            document.head.append(script);
        }));
    </script>"#;
    let ways = [
        (
            "/head.html",
            document(r#"<script src="/pkg/sori.js"></script>"#, CAPTCHA),
        ),
        (
            "/async.html",
            document(r#"<script async src="/pkg/sori.js"></script>"#, CAPTCHA),
        ),
        (
            "/end.html",
            document(
                "",
                &format!(r#"{CAPTCHA}<script src="/pkg/sori.js"></script>"#),
            ),
        ),
        ("/late.html", document(late, CAPTCHA)),
        (
            "/twice.html",
            document(
                r#"<script src="/pkg/sori.js"></script><script src="/pkg/sori.js"></script>"#,
                CAPTCHA,
            ),
        ),
        (
            "/both.html",
            document(
                r#"<script src="/pkg/sori.js"></script><script type="module" src="/pkg/define.js"></script>"#,
                CAPTCHA,
            ),
        ),
    ];
    let mut setup = Setup::new("classic");
    for (path, reply) in &ways {
        setup = setup.page(path, reply.clone());
    }
    setup
        .run(async |page| {
            for (path, _) in &ways {
                page.open(path).await;
                plays(page).await;
                page.assert_quiet().await;
            }
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_classic_script_runs_under_a_nonce_and_strict_dynamic() {
    let policy = "default-src 'none'; script-src 'nonce-c29yaQ' 'strict-dynamic' 'wasm-unsafe-eval'; media-src blob:; \
                  connect-src 'self'; base-uri 'none'; require-trusted-types-for 'script'";
    Setup::new("strict_dynamic")
        .page(
            "/page.html",
            document(
                r#"<script nonce="c29yaQ" defer src="/pkg/sori.js"></script>"#,
                CAPTCHA,
            )
            .header("content-security-policy", policy),
        )
        .run(async |page| {
            page.open("/page.html").await;
            plays(page).await;
            page.assert_quiet().await;
        })
        .await;
}

/// The demo has the strict policy of the documentation; using the widget violates nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_strict_page_sees_no_violation_in_a_full_run() {
    Setup::new("strict_page")
        .run(async |page| {
            page.open("/").await;
            page.script(
                "window.violations = [];
                 addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective));",
            )
            .await;
            let captcha = page.captcha("").await;
            captcha.part("play").await.click().await;
            captcha.until_state("playing").await;
            captcha.part("answer").await.type_text("1.2,3/").await;
            captcha.part("renew").await.click().await;
            captcha.until_state("playing").await;
            assert_eq!(page.script("return violations").await, serde_json::json!([]));
            let policy = page
                .promise("return (await fetch('/')).headers.get('content-security-policy')", vec![])
                .await;
            assert!(policy.as_str().is_some_and(|text| text.contains("require-trusted-types-for 'script'")), "{policy}");
            page.assert_quiet().await;
        })
        .await;
}
