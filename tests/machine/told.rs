//! How often the visitor is told something: as an announcement, or as the description of the box.

use sori_captcha::captcha::{
    event::{Event, Signal},
    part::Part,
    state::{Focus, StateName},
};

use crate::browser::{Browser, LENGTH};

fn described(browser: &Browser) -> String {
    browser
        .shown(Part::Answer, "aria-describedby")
        .unwrap_or_default()
}

/// JAWS and NVDA read the description of the focused box whenever it changes.
#[test]
fn the_description_of_the_box_never_grows_under_the_focus() {
    let mut browser = Browser::new(&[]);
    assert_eq!(described(&browser), "more hint");
    browser.press_dot();
    assert_eq!(described(&browser), "", "from the press on");
    browser.key_arrives(None);
    browser.audio_arrives();
    browser.pass(20_000);
    assert_eq!(described(&browser), "", "the person is still in the box");
    browser.type_answer("12345");
    browser.reject("");
    browser.pass(1000);
    assert_eq!(described(&browser), "");
    browser.tell(Event::Focus(Focus::Elsewhere));
    assert_eq!(described(&browser), "more error", "for whoever comes back");
    browser.press_dot();
    assert_eq!(described(&browser), "", "not the error over the digits");
}

#[test]
fn an_error_is_announced_to_whoever_is_in_the_box_and_described_to_whoever_comes_back() {
    let mut browser = Browser::new(&[("verify", "inline")]);
    browser.tell(Event::Focus(Focus::Answer));
    browser.tell(Event::Enter);
    browser.pass(1000);
    let error = "Listen first: press period or Play audio.";
    assert_eq!(browser.said, [error]);
    assert_eq!(described(&browser), "more");
    browser.tell(Event::Enter);
    assert_eq!(browser.text(Part::Error), error, "nothing blinks or moves");
    browser.pass(1000);
    assert_eq!(browser.said, [error; 2], "a second press is answered too");
    assert_eq!(browser.focused, 0);
    browser.tell(Event::Focus(Focus::Elsewhere));
    browser.pass(1000);
    assert_eq!(browser.said, [error; 2]);
    assert_eq!(described(&browser), "more error", "without the instruction");
    assert_eq!(browser.text(Part::Error), error);
}

/// A screen reader may speak an announcement and the new focus in either order, or leave one of them out.
#[test]
fn an_error_that_moves_the_focus_is_described_and_not_announced() {
    let mut browser = Browser::new(&[("verify", "inline")]);
    browser.hear_out();
    browser.type_answer("54321");
    browser.tell(Event::Focus(Focus::Other));
    let said = browser.said.len();
    browser.tell(Event::Check);
    browser.judged(false);
    assert_eq!(
        described(&browser),
        "more error",
        "before the focus is moved"
    );
    assert_eq!(browser.focused, 0);
    browser.pass(5000);
    assert_eq!(browser.focused, 1);
    assert_eq!(browser.said.len(), said);
    assert_eq!(
        browser.text(Part::Error),
        "The numbers did not match, so the box was cleared. Play new audio."
    );
}

#[test]
fn an_error_at_a_later_field_of_the_form_is_not_announced() {
    let mut browser = Browser::new(&[]);
    browser.tell(Event::Invalid { first: false });
    browser.pass(1000);
    assert_eq!(browser.said, [""; 0]);
    assert!(browser.text(Part::Error).starts_with("Listen first"));
}

#[test]
fn an_error_that_the_site_rendered_stands_without_the_instruction() {
    let mut browser = Browser::new(&[("error", "Please listen again.")]);
    assert_eq!(described(&browser), "more error");
    browser.pass(1000);
    assert_eq!(browser.said, [""; 0], "a page that loads is read as it is");
    browser.type_answer("1");
    assert_eq!(described(&browser), "more", "typing brings nothing back");
}

#[test]
fn a_message_of_set_custom_validity_is_told_like_any_other() {
    let mut browser = Browser::new(&[]);
    browser.hear_out();
    browser.type_answer("12345");
    browser.tell(Event::Focus(Focus::Elsewhere));
    browser.custom_validity("Choose a name first.");
    assert!(!browser.is_valid());
    browser.tell(Event::Invalid { first: true });
    browser.pass(1000);
    assert_eq!(browser.text(Part::Error), "Choose a name first.");
    assert_eq!(browser.focused, 1);
    browser.tell(Event::Invalid { first: true });
    browser.pass(1000);
    assert_eq!(browser.last_said(), "Choose a name first.", "in the box");
    browser.custom_validity("");
    assert!(browser.is_valid());
}

/// VoiceOver does not speak an announcement with the same text as the last, so the page's same verdict twice would be
/// silent.
#[test]
fn the_same_verdict_of_the_site_is_announced_again() {
    let mut browser = Browser::new(&[]);
    for times in 1..=3 {
        browser.site_error("Wrong.");
        browser.pass(1000);
        assert_eq!(browser.said, vec!["Wrong."; times]);
        browser.type_answer("1");
        assert_eq!(browser.text(Part::Error), "");
    }
}

#[test]
fn an_end_with_something_to_say_first_says_that() {
    let mut browser = Browser::new(&[]);
    browser.press_play();
    browser.key_arrives(Some(60));
    browser.audio_arrives();
    browser.pass(29_000);
    browser.press_play();
    browser.pass(LENGTH + 2000);
    assert!(browser.last_said().contains("expires soon"));
    assert_eq!(browser.state(), StateName::Ready);
    assert_eq!(browser.was_told(Signal::Expired), 0);
}
