//! The element is a form control like every other one.

use serde_json::json;
use sori_e2e::{Page, Setup};

use crate::common::{form_data, page, page_with, play, until_the_module_is_there, verdict};

async fn answer_is_focused(page: &Page) -> bool {
    page.captcha("")
        .await
        .part("answer")
        .await
        .has_focus()
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn key_answer_and_response_are_the_forms_data() {
    Setup::new("form_data")
        .page("/page.html", page(r#"endpoint="/captcha" required"#))
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = play(page).await;
            captcha.part("answer").await.type_text("1 2-3４5").await;
            let data = form_data(page).await;
            let key = data["captcha-key"]
                .as_str()
                .expect("there is a key")
                .to_owned();
            assert_eq!(
                data["captcha-answer"], "12345",
                "separators and full-width digits are taken in: {data}"
            );
            assert_eq!(
                data["captcha-response"],
                sori_captcha::protocol::join_response(&key, "12345")
            );
            assert!(data.get("captcha-error").is_none());
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_required_captcha_holds_the_form_and_takes_the_focus() {
    Setup::new("required")
        .page("/page.html", page(r#"endpoint="/captcha" required"#))
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = page.captcha("").await;
            assert_eq!(captcha.property("validity.valueMissing").await, true);
            page.click("#send").await;
            page.until(
                "the box has the focus",
                "const host = document.querySelector('sori-captcha');
                 return document.activeElement === host && host.shadowRoot.activeElement?.part.contains('answer')",
            )
            .await;
            assert_eq!(captcha.property("checkValidity()").await, false);
            let message = captcha.property("validationMessage").await;
            assert!(message.as_str().is_some_and(|text| !text.is_empty()), "{message}");
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_label_outside_names_the_box_and_its_click_focuses_it() {
    let body = r#"<form action="/" method="post"><label id="label" for="c">Numbers you hear</label>
        <sori-captcha id="c" endpoint="/captcha" name="captcha"></sori-captcha></form>"#;
    Setup::new("label")
        .page("/page.html", page_with(body))
        .run(async |page| {
            page.open("/page.html").await;
            let answer = page.captcha("").await.part("answer").await;
            let name = answer.accessible_name().await;
            assert!(name.starts_with("Numbers you hear"), "{name}");
            page.click("#label").await;
            assert!(answer_is_focused(page).await);
            page.assert_accessible("sori-captcha", "labelled from outside")
                .await;
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_fieldset_and_a_reset_reach_the_element() {
    let body = r#"<form action="/" method="post"><fieldset><legend>Join</legend>
        <sori-captcha endpoint="/captcha" name="captcha" required></sori-captcha></fieldset>
        <button type="reset">Reset</button></form>"#;
    Setup::new("fieldset")
        .page("/page.html", page_with(body))
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = play(page).await;
            captcha.part("answer").await.type_text("12345").await;
            page.script("document.querySelector('fieldset').disabled = true")
                .await;
            assert_eq!(
                captcha.part("answer").await.property("disabled").await,
                true
            );
            assert_eq!(
                form_data(page).await,
                json!({}),
                "a disabled control submits nothing"
            );
            page.script("document.querySelector('fieldset').disabled = false")
                .await;
            assert_eq!(form_data(page).await["captcha-answer"], "12345");
            page.click("button[type=reset]").await;
            captcha.until_state("idle").await;
            assert_eq!(captcha.property("value").await, "");
            assert_eq!(form_data(page).await, json!({}));
        })
        .await;
}

/// Only the person can agree: a reset clears the checkbox, and a page that is loaded again does not tick it.
#[tokio::test(flavor = "multi_thread")]
async fn a_reset_takes_consent_back() {
    Setup::new("consent_reset")
        .page("/page.html", page(r#"endpoint="/captcha" lang="en" lead-in="0" consent required"#))
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = page.captcha("").await;
            captcha.part("play").await.click().await;
            captcha.until_text("status", "First tick the agreement").await;
            assert_eq!(crate::common::keys_requested(page).await, 0);
            captcha.part("consent").await.click().await;
            play(page).await;
            // WebKitGTK 2.50 can hang if audio is dropped at the moment at which it starts.
            captcha.until_heard().await;
            assert_eq!(form_data(page).await["captcha-consent"], "on");
            page.script("document.querySelector('form').reset()").await;
            captcha.until_state("idle").await;
            let ticked = page
                .script("return document.querySelector('sori-captcha').shadowRoot.querySelector('[type=checkbox]').checked")
                .await;
            assert_eq!(ticked, false);
            assert_eq!(form_data(page).await, json!({ "name": "소리" }));
            captcha.part("play").await.click().await;
            captcha.until_text("status", "First tick the agreement").await;
            assert_eq!(crate::common::keys_requested(page).await, 1);
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_captchas_in_one_form_and_one_outside_keep_apart() {
    let body = r#"<form id="form" action="/" method="post">
        <sori-captcha id="a" endpoint="/captcha" name="a"></sori-captcha>
        <sori-captcha id="b" endpoint="/captcha" name="b"></sori-captcha></form>
        <sori-captcha id="c" form="form" endpoint="/captcha" name="c"></sori-captcha>"#;
    Setup::new("several")
        .page("/page.html", page_with(body))
        .run(async |page| {
            page.open("/page.html").await;
            for (id, digits) in [("a", "11111"), ("b", "22222"), ("c", "33333")] {
                let captcha = page.captcha(&format!("#{id}")).await;
                captcha.part("play").await.click().await;
                captcha.until_state("playing").await;
                captcha.part("answer").await.type_text(digits).await;
            }
            let data = form_data(page).await;
            assert_eq!(
                (&data["a-answer"], &data["b-answer"], &data["c-answer"]),
                (&json!("11111"), &json!("22222"), &json!("33333"))
            );
            assert_ne!(data["a-key"], data["b-key"]);
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn inline_the_right_answer_becomes_a_token_that_the_site_redeems() {
    Setup::new("inline_right")
        .run(async |page| {
            page.open("/?verify=inline").await;
            let captcha = play(page).await;
            captcha.part("answer").await.type_text("12345").await;
            captcha.part("check").await.click().await;
            captcha.until_state("verified").await;
            // This line moves the button that is pressed below.
            captcha.until_told("status").await;
            let data = form_data(page).await;
            assert!(
                data["captcha-response"]
                    .as_str()
                    .is_some_and(|token| !token.is_empty()),
                "{data}"
            );
            assert!(
                data.get("captcha-key").is_none() && data.get("captcha-answer").is_none(),
                "{data}"
            );
            page.type_into("form input[name=name]", "소리").await;
            page.click("form button:not([type=button])").await;
            assert_eq!(verdict(page).await, "true");
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn inline_a_wrong_answer_brings_the_focus_back_and_the_next_press_a_new_key() {
    Setup::new("inline_wrong")
        .page(
            "/page.html",
            page(r#"endpoint="/captcha" verify="inline" required lang="en""#),
        )
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = play(page).await;
            captcha.part("answer").await.type_text("99999").await;
            captcha.part("check").await.click().await;
            captcha.until_state("rejected").await;
            page.until("the focus is in the box", "const { activeElement } = document.querySelector('sori-captcha').shadowRoot; return activeElement?.getAttribute('part') === 'answer'")
                .await;
            assert_eq!(
                captcha
                    .part("answer")
                    .await
                    .attribute("aria-invalid")
                    .await
                    .as_deref(),
                Some("true")
            );
            assert_eq!(
                crate::common::keys_requested(page).await,
                1,
                "no key without a press"
            );
            captcha.part("play").await.click().await;
            captcha.until_state("playing").await;
            assert_eq!(crate::common::keys_requested(page).await, 2);
        })
        .await;
}

/// A button of type `button` whose script submits the form.
#[tokio::test(flavor = "multi_thread")]
async fn an_error_that_the_browser_reports_itself_stays_visible() {
    for ask in ["requestSubmit", "reportValidity"] {
        Setup::new("browser_reports")
            .page(
                "/page.html",
                page(r#"endpoint="/captcha" lang="en" required"#),
            )
            .run(async |page| {
                page.open("/page.html").await;
                until_the_module_is_there(page).await;
                let captcha = page.captcha("").await;
                page.script("document.querySelector('form').checkValidity()")
                    .await;
                page.script("return new Promise((done) => setTimeout(done))")
                    .await;
                assert_eq!(captcha.part("error").await.text().await, "");
                page.script(&format!("document.querySelector('form').{ask}()"))
                    .await;
                captcha.until_text("error", "Listen first").await;
                assert!(captcha.part("answer").await.has_focus().await, "{ask}");
            })
            .await;
    }
}
