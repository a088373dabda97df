//! Everything works with the keyboard, without leaving the answer box.

use serde_json::Value;
use sori_e2e::{Key, Page, Setup};

use crate::common::{
    form_data, heard, keys_requested, page, page_with, play, until_heard, verdict,
};

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_path_needs_no_mouse() {
    Setup::new("keyboard_only")
        .page("/page.html", page(r#"endpoint="/captcha" required"#))
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = page.captcha("").await;
            let answer = captcha.part("answer").await;
            page.element("input[name=name]").await;
            page.type_into("input[name=name]", &Key::Tab.to_string())
                .await;
            assert!(
                answer.has_focus().await,
                "the box comes first in the tab order"
            );
            page.press(".").await;
            captcha.until_state("playing").await;
            assert!(answer.has_focus().await, "focus stays in the box");
            page.press("12345").await;
            page.press(&Key::Enter.to_string()).await;
            assert_eq!(verdict(page).await, "true");
        })
        .await;
}

/// Consent, a wrong answer, new audio and the right answer, with keys alone. The tab order is the reading order.
#[tokio::test(flavor = "multi_thread")]
async fn inline_mode_needs_no_mouse_either() {
    Setup::new("keyboard_only_inline")
        .page("/page.html", page(r#"endpoint="/captcha" lang="en" lead-in="0" verify="inline" consent required"#))
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = page.captcha("").await;
            let tab = Key::Tab.to_string();
            page.type_into("input[name=name]", &tab).await;
            let mut order = Vec::new();
            for _ in 0..5 {
                let name = page
                    .script("const part = document.querySelector('sori-captcha').shadowRoot.activeElement; return part?.getAttribute('part') ?? part?.type ?? document.activeElement.localName")
                    .await;
                order.push(name.as_str().unwrap_or_default().to_owned());
                if order.last().is_some_and(|last| last == "checkbox") {
                    page.press(" ").await;
                }
                page.press(&tab).await;
            }
            assert_eq!(
                order,
                ["checkbox", "answer", "play", "check", "a"],
                "nothing that is of no use yet"
            );
            page.script("document.querySelector('sori-captcha').focus()").await;
            page.press(".").await;
            until_heard(page).await;
            page.press("99999").await;
            page.press(&Key::Enter.to_string()).await;
            captcha.until_state("rejected").await;
            assert_eq!(heard(page, "rejected").await, [Value::Null]);
            let answer = captcha.part("answer").await;
            assert!(answer.has_focus().await, "back in the box");
            page.press(".").await;
            until_heard(page).await;
            assert_eq!(answer.property("value").await, "", "what cannot be right is gone at once");
            page.press("12345").await;
            page.press(&Key::Enter.to_string()).await;
            captcha.until_state("verified").await;
            assert!(answer.has_focus().await, "focus stays");
            assert!(form_data(page).await["captcha-response"].is_string());
            assert_eq!(keys_requested(page).await, 2);
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_act_once_and_leave_nothing_in_the_box() {
    Setup::new("keys_in_the_box")
        .page("/page.html", page(r#"endpoint="/captcha" lead-in="0" rate="0.5""#))
        .run(async |page| {
            page.open("/page.html").await;
            page.script("window.hotkeys = []; addEventListener('keydown', (event) => hotkeys.push(event.key))").await;
            let captcha = page.captcha("").await;
            let answer = captcha.part("answer").await;
            answer.type_text(".").await;
            until_heard(page).await;
            answer.type_text("1").await;
            answer.type_text(".").await;
            captcha.until_state("paused").await;
            answer.type_text(",").await;
            until_heard(page).await;
            answer.type_text("/").await;
            answer.type_text("2").await;
            answer.type_text(".").await;
            captcha.until_state("paused").await;
            assert_eq!(answer.property("value").await, "12");
            assert_eq!(keys_requested(page).await, 1, "stepping requests nothing");
            assert_eq!(page.script("return hotkeys").await, serde_json::json!([]), "the site's hotkeys stay quiet");
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn shortcuts_can_be_taken_away() {
    Setup::new("shortcuts_off")
        .page("/page.html", page(r#"endpoint="/captcha" shortcuts="off""#))
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = page.captcha("").await;
            let answer = captcha.part("answer").await;
            answer.type_text(".,/").await;
            assert_eq!(answer.property("value").await, ".,/");
            assert_eq!(keys_requested(page).await, 0);
        })
        .await;
}

/// Opens the page, listens, types the answer and presses Enter. Waits until the form's handler has seen the button of
/// this id.
async fn enter_presses(page: &Page, button: &str) {
    page.open("/page.html").await;
    page.script(
        "document.querySelector('form').addEventListener('submit', (event) => {
            event.preventDefault();
            window.submitter = event.submitter?.id;
        })",
    )
    .await;
    let captcha = play(page).await;
    let answer = captcha.part("answer").await;
    answer.type_text("12345").await;
    answer.type_text(&Key::Enter.to_string()).await;
    page.until(
        "the handler saw the button",
        &format!("return window.submitter === '{button}'"),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn enter_presses_the_forms_button_with_its_own_value() {
    Setup::new("enter_submits")
        .page("/page.html", page(r#"endpoint="/captcha" required"#))
        .run(async |page| {
            enter_presses(page, "send").await;
            let data = form_data(page).await;
            assert_eq!(data["captcha-answer"], "12345");
        })
        .await;
}

/// An `<input type=image>` is a submit button that `form.elements` does not contain.
#[tokio::test(flavor = "multi_thread")]
async fn enter_presses_an_image_button() {
    let body = r#"<form action="/" method="post"><sori-captcha name="captcha" endpoint="/captcha" required>
        <a slot="alternative" href="/help">Another way</a></sori-captcha>
        <input type="image" id="picture" alt="Send" src="data:,"><button id="later">Later</button></form>"#;
    Setup::new("enter_image")
        .page("/page.html", page_with(body))
        .run(async |page| enter_presses(page, "picture").await)
        .await;
}
