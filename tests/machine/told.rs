//! How often something reaches the person: as an announcement, or as the description of the box.

use sori_captcha::captcha::{event::Event, template::Part};

use crate::browser::Browser;

/// Some screen readers read the focused box's description whenever it changes.
#[test]
fn an_instruction_that_was_read_is_not_read_again_at_the_press_or_after_the_audio() {
    let mut browser = Browser::new(&[]);
    let described = |browser: &Browser| browser.shown(Part::Answer, "aria-describedby");
    assert_eq!(described(&browser).as_deref(), Some("more hint keys"));
    browser.press_dot();
    assert_eq!(described(&browser), None, "from the press on");
    browser.key_arrives(None);
    browser.audio_arrives();
    browser.pass(20_000);
    assert_eq!(described(&browser).as_deref(), Some("more"));
    browser.type_answer("12345");
    browser.tell(Event::Reject(None));
    assert_eq!(
        described(&browser).as_deref(),
        Some("more"),
        "not while the person is in the box"
    );
    browser.tell(Event::Left);
    assert_eq!(described(&browser).as_deref(), Some("more error"));
    browser.press_dot();
    assert_eq!(described(&browser), None, "not the error over the digits");
}

/// Firefox with Orca is silent when the description of what is focused changes, and Chromium with Orca is not.
#[test]
fn an_error_is_announced_once_and_described_to_whoever_comes_back() {
    let mut browser = Browser::new(&[("verify", "inline")]);
    let described = |browser: &Browser| browser.shown(Part::Answer, "aria-describedby");
    browser.tell(Event::Enter);
    browser.pass(1000);
    let error = "Press Play audio and type the numbers you hear.";
    assert_eq!(browser.said, [error]);
    assert_eq!(described(&browser).as_deref(), Some("more"));
    browser.tell(Event::Enter);
    assert_eq!(browser.text(Part::Error), error, "nothing blinks or moves");
    browser.pass(1000);
    assert_eq!(browser.said, [error; 2], "a second press is answered too");
    browser.tell(Event::Left);
    browser.pass(1000);
    assert_eq!(browser.said, [error; 2]);
    assert_eq!(
        described(&browser).as_deref(),
        Some("more error"),
        "without the instruction"
    );
    assert_eq!(browser.text(Part::Error), error);
}

#[test]
fn an_error_at_a_later_field_of_the_form_is_not_announced() {
    let mut browser = Browser::new(&[]);
    browser.tell(Event::Invalid { first: false });
    browser.pass(1000);
    assert_eq!(browser.said, [""; 0]);
    assert!(browser.text(Part::Error).starts_with("Press Play audio"));
}

#[test]
fn an_error_that_the_site_rendered_stands_without_the_instruction() {
    let mut browser = Browser::new(&[("error", "Please listen again.")]);
    let described = |browser: &Browser| browser.shown(Part::Answer, "aria-describedby");
    assert_eq!(described(&browser).as_deref(), Some("more error"));
    browser.pass(1000);
    assert_eq!(browser.said, [""; 0], "a page that loads is read as it is");
    browser.type_answer("1");
    assert_eq!(
        described(&browser).as_deref(),
        Some("more"),
        "typing brings nothing back"
    );
}
