//! The fields of the form, and when the captcha is valid.

use sori_captcha::captcha::{
    event::{Event, Signal},
    part::Part,
    state::Focus,
};

use crate::browser::Browser;

#[test]
fn enter_presses_the_forms_button_as_in_a_native_field() {
    let mut browser = Browser::new(&[]);
    browser.hear_out();
    browser.type_answer("12345");
    browser.tell(Event::Enter);
    assert_eq!(browser.default_button, 1);
    assert_eq!(browser.verifications, 0);
}

#[test]
fn the_form_gets_key_answer_and_response() {
    let mut browser = Browser::new(&[]);
    assert!(!browser.is_valid());
    browser.hear_out();
    assert_eq!(browser.fields(), "");
    browser.type_answer(" 1 2-3,４5 ");
    assert_eq!(
        browser.fields(),
        "captcha-key&key1&captcha-answer&12345&captcha-response&ka_a2V5MToxMjM0NQ"
    );
    assert!(browser.is_valid());
    assert_eq!(browser.was_told(Signal::Issued), 1);
}

#[test]
fn only_separators_are_no_answer() {
    let mut browser = Browser::new(&[]);
    browser.hear_out();
    browser.type_answer(" - .");
    assert_eq!(browser.fields(), "");
    assert!(!browser.is_valid());
}

#[test]
fn a_hint_on_odd_characters_is_said_once_and_blocks_nothing() {
    let mut browser = Browser::new(&[]);
    browser.hear_out();
    browser.type_answer("12a45");
    let before = browser.said.len();
    for _ in 0..3 {
        browser.tell(Event::Focus(Focus::Elsewhere));
        browser.pass(1000);
    }
    assert_eq!(browser.said.len(), before + 1);
    assert!(browser.last_said().contains("other than digits"));
    assert!(browser.is_valid());
    assert!(browser.fields().contains("12a45"));
    assert_eq!(browser.shown(Part::Answer, "aria-invalid"), None);
}

#[test]
fn without_an_answer_the_form_says_what_to_do_next() {
    let mut browser = Browser::new(&[]);
    browser.tell(Event::Invalid { first: true });
    assert!(browser.text(Part::Error).starts_with("Listen first"));
    browser.pass(1000);
    assert_eq!(browser.focused, 1);
    assert_eq!(
        browser.shown(Part::Answer, "aria-invalid").as_deref(),
        Some("true")
    );
    browser.type_answer("1");
    assert_eq!(browser.text(Part::Error), "", "an edit clears the error");
    assert_eq!(browser.shown(Part::Answer, "aria-invalid"), None);
}

#[test]
fn a_second_invalid_field_does_not_take_the_focus() {
    let mut browser = Browser::new(&[]);
    browser.tell(Event::Invalid { first: false });
    browser.pass(1000);
    assert_eq!(browser.focused, 0);
    assert_ne!(browser.text(Part::Error), "");
}

#[test]
fn a_captcha_that_is_not_required_never_blocks() {
    let mut browser = Browser::with(crate::browser::config(&[
        ("endpoint", "/captcha"),
        ("name", "captcha"),
    ]));
    assert!(browser.is_valid());
    browser.listen();
    assert!(browser.is_valid());
}

#[test]
fn without_a_name_nothing_is_submitted() {
    let mut browser = Browser::with(crate::browser::config(&[("endpoint", "/captcha")]));
    browser.hear_out();
    browser.type_answer("12345");
    assert_eq!(browser.fields(), "");
}
