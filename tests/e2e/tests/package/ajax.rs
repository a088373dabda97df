//! The page “Submitting a form by script”: its snippets, pasted into forms that the host site verifies.

use serde_json::json;
use sori_e2e::{Page, Reply, Setup};

use crate::document;

fn snippet(name: &str) -> String {
    let path = format!("{}/../../www/snippets/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

const MODULE: &str = r#"<script type="module" src="/pkg/define.js"></script>"#;
/// The host site also checks the form's other field.
const FORM: &str = r#"<form id="join" action="/" method="post"><input name="name" value="Bora" aria-label="Name">
<sori-captcha endpoint="/captcha" name="captcha" required></sori-captcha><button>Join</button></form>
<p id="done" role="status"></p>"#;

async fn answer(page: &Page, numbers: &str) {
    let captcha = page.captcha("").await;
    captcha.part("play").await.click().await;
    captcha.until_state("playing").await;
    captcha.part("answer").await.type_text(numbers).await;
    page.click("#join button").await;
}

/// What a snippet shows after a form was accepted, and the beginning of its message about wrong numbers.
const ENGLISH: (&str, &str) = ("Welcome", "The numbers did not match.");
const KOREAN: (&str, &str) = ("환영합니다", "숫자가 맞지 않습니다.");

async fn welcomed(page: &Page, welcome: &str) {
    page.until(
        "the page welcomes the visitor",
        &format!("return document.querySelector('#done').textContent === '{welcome}'"),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_sent_by_fetch_is_told_what_the_server_said() {
    for (name, (welcome, wrong)) in [
        ("ajax/fetch.en.mjs", ENGLISH),
        ("ajax/fetch.ko.mjs", KOREAN),
    ] {
        let script = Reply::new("text/javascript", snippet(name));
        let code = r#"<script type="module" src="/ajax.mjs"></script>"#;
        Setup::new("ajax_fetch")
            .page("/ajax.mjs", script)
            .page("/page.html", document(MODULE, &format!("{FORM}{code}")))
            .run(async |page| {
                page.open("/page.html").await;
                answer(page, "54321").await;
                let captcha = page.captcha("").await;
                captcha.until_state("rejected").await;
                captcha.until_text("error", wrong).await;
                assert!(captcha.part("answer").await.has_focus().await);
                answer(page, "12345").await;
                welcomed(page, welcome).await;
                captcha.until_state("idle").await;
                assert_eq!(captcha.property("value").await, json!(""));
            })
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn jquerys_post_carries_the_fields_of_form_data() {
    let jquery = format!(
        "{}/../../node_modules/jquery/dist/jquery.min.js",
        env!("CARGO_MANIFEST_DIR")
    );
    let jquery = std::fs::read(&jquery).unwrap_or_else(|error| panic!("{jquery}: {error}"));
    let code = r#"<script src="/jquery.js"></script><script src="/ajax.js"></script>"#;
    for (name, (welcome, wrong)) in [
        ("ajax/jquery.en.js", ENGLISH),
        ("ajax/jquery.ko.js", KOREAN),
    ] {
        let script = snippet(name);
        Setup::new("ajax_jquery")
            .page("/jquery.js", Reply::new("text/javascript", jquery.clone()))
            .page("/ajax.js", Reply::new("text/javascript", script))
            .page("/page.html", document(MODULE, &format!("{FORM}{code}")))
            .run(async |page| {
                page.open("/page.html").await;
                answer(page, "54321").await;
                page.captcha("").await.until_text("error", wrong).await;
                answer(page, "12345").await;
                welcomed(page, welcome).await;
            })
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dialog_that_closes_stops_the_audio() {
    for name in ["ajax/modal.en.html", "ajax/modal.ko.html"] {
        let code = r#"<script type="module" src="/modal.mjs"></script>"#;
        Setup::new("ajax_modal")
            // Long enough that it does not end by itself meanwhile.
            .setting("SORI_PRACTICE_ANSWER", "123456789012")
            .page(
                "/modal.mjs",
                Reply::new("text/javascript", snippet("ajax/modal.mjs")),
            )
            .page(
                "/page.html",
                document(MODULE, &format!("{}{code}", snippet(name))),
            )
            .run(async |page| {
                page.open("/page.html").await;
                page.click("#open").await;
                let captcha = page.captcha("").await;
                captcha.part("play").await.click().await;
                // During the silence before the digits it would not be paused, because nothing was heard yet.
                captcha.until_heard().await;
                page.click("#cancel").await;
                captcha.until_state("paused").await;
            })
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_step_of_a_wizard_waits_for_the_answer() {
    for name in ["ajax/wizard.en.html", "ajax/wizard.ko.html"] {
        // The URL at which the host site accepts the form.
        let form = snippet(name).replace("action=\"/join\"", "action=\"/\"");
        let code = r#"<script type="module" src="/wizard.mjs"></script>"#;
        Setup::new("ajax_wizard")
            .page(
                "/wizard.mjs",
                Reply::new("text/javascript", snippet("ajax/wizard.mjs")),
            )
            .page("/page.html", document(MODULE, &format!("{form}{code}")))
            .run(async |page| {
                page.open("/page.html").await;
                page.type_into("[name=name]", "Bora").await;
                page.click("fieldset:first-of-type button").await;
                let captcha = page.captcha("").await;
                assert!(captcha.part("answer").await.has_focus().await);
                page.click("fieldset:last-of-type button").await;
                captcha.until_told("error").await;
                captcha.part("play").await.click().await;
                captcha.until_state("playing").await;
                // Enter presses the form's first button, which is hidden now.
                captcha
                    .part("answer")
                    .await
                    .type_text("12345\u{e007}")
                    .await;
                let result = page.element("#result").await;
                let verified = result.attr("data-verified").await;
                assert_eq!(verified.expect("a result").as_deref(), Some("true"));
            })
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_of_another_origin_plays_and_fills_its_form() {
    for name in ["ajax/iframe.en.html", "ajax/iframe.ko.html"] {
        let frame = snippet(name);
        let (before, after) = frame
            .split_once("https://forms.example.com/join")
            .expect("the frame has an address");
        // For a browser, localhost and 127.0.0.1 are two origins.
        let script = format!(
            "document.body.insertAdjacentHTML('beforeend', {} + `http://localhost:${{location.port}}/inner.html` + {});",
            json!(before),
            json!(after)
        );
        Setup::new("ajax_iframe")
            .page("/frame.js", Reply::new("text/javascript", script))
            .page("/inner.html", document(MODULE, FORM))
            .page(
                "/page.html",
                document("", r#"<script src="/frame.js"></script>"#),
            )
            .run(async |page| {
                page.open("/page.html").await;
                let frame = page.element("iframe").await;
                frame.enter_frame().await.expect("the frame can be entered");
                let captcha = page.captcha("").await;
                captcha.part("play").await.click().await;
                captcha.until_state("playing").await;
                captcha.part("answer").await.type_text("12345").await;
                page.until(
                    "the form has the response",
                    "return new FormData(document.querySelector('form')).get('captcha-response') !== ''",
                )
                .await;
            })
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mirrored_field_is_in_what_jquery_serialises() {
    let jquery = format!(
        "{}/../../node_modules/jquery/dist/jquery.min.js",
        env!("CARGO_MANIFEST_DIR")
    );
    let jquery = std::fs::read(&jquery).unwrap_or_else(|error| panic!("{jquery}: {error}"));
    let form = format!("<form>{}</form>", snippet("ajax/mirror.html"));
    Setup::new("ajax_mirror")
        .page("/jquery.js", Reply::new("text/javascript", jquery))
        .page(
            "/page.html",
            document(
                MODULE,
                &format!("{form}<script src=\"/jquery.js\"></script>"),
            ),
        )
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = page.captcha("").await;
            captcha.part("play").await.click().await;
            captcha.until_state("playing").await;
            captcha.part("answer").await.type_text("12345").await;
            page.until(
                "jQuery sees the field",
                "return /captcha-response=./.test(jQuery('form').serialize())",
            )
            .await;
        })
        .await;
}
