//! A request or sound that a content security policy blocks is reported as that, and no other fault is.

use sori_e2e::Setup;

use crate::common::{page, page_with};
use crate::faults::fails_with;

#[tokio::test(flavor = "multi_thread")]
pub(crate) async fn a_policy_that_forbids_the_request_is_csp_blocked() {
    let policy =
        "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; connect-src 'self'; media-src blob:";
    Setup::new("csp_connect")
        .page(
            "/page.html",
            page(r#"endpoint="https://elsewhere.example/captcha" required"#)
                .header("content-security-policy", policy),
        )
        .run(async |page| {
            page.open("/page.html").await;
            fails_with(page, "csp_blocked").await;
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
pub(crate) async fn a_policy_that_forbids_blobs_as_media_is_csp_blocked() {
    let policy = "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; connect-src 'self'; media-src 'self'";
    Setup::new("csp_media")
        .page(
            "/page.html",
            page(r#"endpoint="/captcha" required"#).header("content-security-policy", policy),
        )
        .run(async |page| {
            page.open("/page.html").await;
            fails_with(page, "csp_blocked").await;
        })
        .await;
}

/// If something else on the page violates the policy, that is not the reason.
#[tokio::test(flavor = "multi_thread")]
pub(crate) async fn a_fault_beside_someone_elses_violation_keeps_its_own_name() {
    let policy = "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; connect-src 'self' http://127.0.0.1:1; media-src blob:; img-src 'self'";
    let violating = r#"<script>
        window.violations = 0;
        document.addEventListener("securitypolicyviolation", () => violations++);
        setInterval(() => {
            new Image().src = "https://elsewhere.example/" + Math.random();
            fetch("https://elsewhere.example/beacon").catch(() => {});
        }, 100);
    </script></form>"#;
    let reply = page_with(&format!(
        r#"<form><sori-captcha name="captcha" endpoint="http://127.0.0.1:1/captcha" required></sori-captcha>{violating}"#
    ));
    Setup::new("csp_unrelated")
        .page(
            "/page.html",
            reply.header("content-security-policy", policy),
        )
        .run(async |page| {
            page.open("/page.html").await;
            page.until("the page violates its policy", "return violations > 5")
                .await;
            fails_with(page, "network_error").await;
        })
        .await;
}
