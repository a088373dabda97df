//! Inline mode: when an answer is checked, and what follows.

use sori_captcha::{
    captcha::{
        event::{Event, Signal},
        part::Part,
        state::{Focus, StateName},
    },
    error::ErrorCode,
};

use crate::browser::{Browser, request_faults};

#[test]
fn a_wrong_answer_checked_inline_leads_back_to_the_box() {
    let mut browser = Browser::new(&[("verify", "inline")]);
    browser.hear_out();
    browser.type_answer("54321");
    assert!(!browser.is_valid(), "not before it is checked");
    browser.tell(Event::Enter);
    assert_eq!(browser.state(), StateName::Checking);
    let said = browser.said.len();
    browser.judged(false);
    assert_eq!(browser.state(), StateName::Rejected);
    assert_eq!(browser.was_told(Signal::Rejected), 1);
    assert!(browser.text(Part::Error).contains("did not match"));
    assert_eq!(browser.text(Part::Play), "Play new audio");
    browser.pass(5000);
    assert_eq!(browser.said.len(), said + 1, "told once");
    assert_eq!(browser.focused, 0, "the person is in the box already");
    assert_eq!(
        (browser.captcha.answer.as_str(), browser.field.as_str()),
        ("", ""),
        "what cannot be right is taken away at once, and that is said"
    );
    assert_eq!(browser.keys, 1, "no new key before the next press");
    browser.press_play();
    assert_eq!(browser.keys, 2);
}

#[test]
fn a_right_answer_checked_inline_is_said_and_submitted_as_a_token() {
    let mut browser = Browser::new(&[("verify", "inline")]);
    browser.hear_out();
    browser.type_answer("12345");
    browser.tell(Event::Check);
    assert_eq!(
        browser.shown(Part::Answer, "readonly").as_deref(),
        Some("true")
    );
    browser.judged(true);
    browser.pass(1000);
    assert_eq!(browser.last_said(), "Verified. You can submit now.");
    assert_eq!(browser.fields(), "captcha-response&token");
    assert!(browser.is_valid());
    assert_eq!(browser.was_told(Signal::Verified), 1);
    browser.press_play();
    browser.tell(Event::Renew);
    let said = browser.said.len();
    browser.tell(Event::Check);
    browser.pass(1000);
    assert_eq!(browser.said.len(), said + 1, "a press is answered");
    assert_eq!(browser.last_said(), "Verified. You can submit now.");
    assert_eq!((browser.keys, browser.verifications), (1, 1));
    browser.tell(Event::Enter);
    assert_eq!(
        browser.default_button, 1,
        "nothing is left to do but to submit"
    );
}

#[test]
fn an_empty_answer_is_never_checked() {
    let mut browser = Browser::new(&[("verify", "inline")]);
    browser.tell(Event::Check);
    assert_eq!(
        browser.text(Part::Error),
        "Listen first: press period or Play audio."
    );
    browser.hear_out();
    browser.type_answer(" , ");
    browser.tell(Event::Enter);
    assert_eq!(browser.verifications, 0);
    assert_eq!(
        browser.text(Part::Error),
        "The box is empty. Type the numbers in the audio."
    );
    browser.pass(1000);
    assert_eq!(browser.focused, 1, "who is in the box is left alone");
}

#[test]
fn leaving_the_box_checks_nothing() {
    let mut browser = Browser::new(&[("verify", "inline")]);
    browser.hear_out();
    browser.type_answer("12345");
    browser.tell(Event::Focus(Focus::Elsewhere));
    assert_eq!(browser.verifications, 0);
}

#[test]
fn a_check_that_fails_keeps_the_answer_and_can_be_made_again() {
    for code in request_faults()
        .filter(|code| !matches!(code, ErrorCode::InvalidKey | ErrorCode::AudioNotIssued))
    {
        let mut browser = Browser::whose_check_fails(code);
        assert!(browser.is_valid(), "{code}");
        assert_eq!(browser.fields(), format!("captcha-error&{code}"));
        assert!(!browser.last_said().is_empty(), "{code}");
        browser.tell(Event::Check);
        assert_eq!(browser.verifications, 2, "{code}");
        browser.judged(true);
        assert_eq!(browser.fields(), "captcha-response&token");
    }
}

/// Orca drops a text that equals the one it spoke last. An error that a press of Play silenced was not spoken.
#[test]
fn an_error_that_was_silenced_does_not_make_the_next_one_equal_to_the_last() {
    let mut browser = Browser::new(&[("verify", "inline")]);
    let errors = |browser: &Browser| {
        let empty = "The box is empty. Type the numbers in the audio.";
        browser.said.iter().filter(|said| **said == empty).count()
    };
    browser.press_play();
    browser.key_arrives(None);
    browser.audio_arrives();
    browser.press_play();
    browser.tell(Event::Focus(Focus::Answer));
    browser.tell(Event::Check);
    browser.pass(120);
    assert_eq!(errors(&browser), 1);
    browser.tell(Event::Check);
    browser.press_dot();
    browser.pass(120);
    assert_eq!(errors(&browser), 1, "nothing is said before the digits");
    browser.tell(Event::Check);
    browser.pass(120);
    assert_eq!(errors(&browser), 2);
}
