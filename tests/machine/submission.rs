//! What happens to a key that was sent with the form, and how the site's verdict is handled.

use sori_captcha::{
    captcha::{
        event::{Event, Signal},
        part::Part,
        state::{Focus, StateName},
    },
    error::ErrorCode,
};

use crate::browser::{Browser, Clip};

/// A browser whose visitor has typed an answer and is about to send the form.
fn answered(attributes: &[(&str, &str)]) -> Browser {
    let mut browser = Browser::new(attributes);
    browser.hear_out();
    browser.type_answer("12345");
    browser.tell(Event::Focus(Focus::Elsewhere));
    browser.pass(1000);
    browser
}

#[test]
fn a_key_that_went_out_with_the_form_is_not_sent_twice_and_says_so() {
    let mut browser = answered(&[]);
    let said = browser.said.len();
    browser.tell(Event::Submitted);
    browser.pass(5000);
    assert_eq!(browser.said.len(), said, "the site speaks, not we");
    assert_eq!(browser.fields(), "");
    assert_eq!(browser.text(Part::Play), "Play new audio");
    assert_eq!(
        browser.text(Part::Hint),
        "This audio was already submitted. Play new audio."
    );
    assert_eq!(
        browser.shown(Part::Answer, "aria-describedby").as_deref(),
        Some("more hint"),
        "whoever comes back to the box hears it"
    );
    assert_eq!(browser.shown(Part::Answer, "aria-invalid"), None);
    assert!(!browser.is_valid());
    browser.tell(Event::Invalid { first: true });
    browser.pass(1000);
    assert!(browser.text(Part::Error).contains("already submitted"));
    assert_eq!(browser.focused, 1);
    browser.press_dot();
    assert_eq!(browser.keys, 2, "one act goes on");
}

#[test]
fn a_submission_ends_the_sound() {
    let mut browser = answered(&[]);
    browser.press_play();
    browser.pass(3000);
    assert!(browser.moving);
    browser.tell(Event::Submitted);
    assert!(!browser.moving);
    assert_eq!(browser.clip, Clip::None);
    browser.pass(20_000);
    assert_eq!(browser.state(), StateName::Expired);
}

/// React resets the form after every action, even after one that failed before it looked at the captcha.
#[test]
fn a_form_that_is_reset_after_it_was_read_can_be_sent_again_without_listening() {
    let mut browser = answered(&[]);
    let before = browser.fields();
    browser.tell(Event::Submitted);
    browser.tell(Event::FormReset);
    assert_eq!(browser.fields(), before);
    assert!(browser.is_valid());
    assert_eq!(browser.field, "12345");
    assert_eq!(browser.text(Part::Play), "Play new audio");
    browser.press_play();
    browser.key_arrives(None);
    assert_eq!(browser.field, "");
    assert_eq!(browser.fields(), "");
}

#[test]
fn a_token_goes_out_once_more_after_the_forms_reset_too() {
    let mut browser = answered(&[("verify", "inline")]);
    browser.tell(Event::Check);
    browser.judged(true);
    browser.tell(Event::Submitted);
    assert_eq!(browser.fields(), "");
    browser.tell(Event::FormReset);
    assert_eq!(browser.fields(), "captcha-response&token");
    assert!(browser.is_valid());
    browser.press_play();
    assert_eq!(browser.keys, 2);
    assert_eq!(browser.fields(), "");
}

#[test]
fn a_key_that_expires_after_it_went_out_is_not_sent_again() {
    let mut browser = Browser::new(&[]);
    browser.press_play();
    browser.key_arrives(Some(60));
    browser.audio_arrives();
    browser.pass(10_000);
    browser.type_answer("12345");
    browser.tell(Event::Submitted);
    browser.tell(Event::FormReset);
    assert_ne!(browser.fields(), "");
    browser.pass(60_000);
    assert_eq!(browser.fields(), "");
    assert_eq!(browser.was_told(Signal::Expired), 0);
}

#[test]
fn a_form_without_an_answer_spends_nothing() {
    let mut browser = Browser::new(&[]);
    browser.hear_out();
    browser.tell(Event::Submitted);
    assert_eq!(browser.state(), StateName::Ready);
    browser.press_play();
    assert_eq!(browser.keys, 1);
}

#[test]
fn a_key_that_was_submitted_does_not_come_back_from_the_history() {
    let mut browser = answered(&[]);
    browser.tell(Event::Submitted);
    browser.tell(Event::FormReset);
    browser.tell(Event::PageHidden);
    let said = browser.said.len();
    browser.tell(Event::PageRestored);
    browser.pass(1000);
    assert_eq!(browser.state(), StateName::Expired);
    assert_eq!(browser.fields(), "");
    assert_eq!(browser.said.len(), said, "the page is being read");
    assert!(browser.text(Part::Hint).contains("already submitted"));
    assert_eq!(browser.captcha.answer, "12345");
    assert_eq!(browser.keys, 1);
}

#[test]
fn a_verdict_rendered_into_the_page_is_shown_until_the_answer_changes() {
    let mut browser = Browser::new(&[("error", "틀렸습니다")]);
    assert_eq!(browser.text(Part::Error), "틀렸습니다");
    assert_eq!(
        browser.shown(Part::Answer, "aria-invalid").as_deref(),
        Some("true")
    );
    browser.type_answer("1");
    assert_eq!(browser.text(Part::Error), "");

    let mut browser = Browser::new(&[("error", "틀렸습니다")]);
    browser.listen();
    assert_eq!(
        browser.text(Part::Error),
        "",
        "a new challenge clears it too"
    );
}

/// The order in which React sets the attribute and resets the form does not matter.
#[test]
fn a_verdict_that_comes_with_the_forms_reset_is_shown_and_announced_once() {
    for reset_first in [false, true] {
        let mut browser = answered(&[]);
        browser.tell(Event::Submitted);
        let said = browser.said.len();
        if reset_first {
            browser.tell(Event::FormReset);
        }
        browser.site_error("Wrong numbers.");
        if !reset_first {
            browser.tell(Event::FormReset);
        }
        browser.pass(1000);
        assert_eq!(browser.text(Part::Error), "Wrong numbers.");
        assert_eq!(browser.said[said..], ["Wrong numbers."]);
        assert_eq!(browser.fields(), "", "what was judged is not sent again");
        assert_eq!(
            browser.shown(Part::Answer, "aria-describedby").as_deref(),
            Some("more error")
        );
    }
}

#[test]
fn a_verdict_survives_the_forms_reset() {
    let mut browser = Browser::new(&[("error", "Wrong numbers.")]);
    browser.type_answer("1");
    assert_eq!(browser.text(Part::Error), "");
    browser.tell(Event::FormReset);
    assert_eq!(browser.text(Part::Error), "Wrong numbers.");
    browser.pass(1000);
    assert_eq!(browser.said, [""; 0]);
}

/// The visitor may ask for a new audio before the site's server has judged the answer to the last one.
#[test]
fn a_verdict_on_the_last_answer_does_not_cost_the_key_that_is_being_loaded() {
    for key_is_there in [false, true] {
        let mut browser = answered(&[]);
        browser.tell(Event::Submitted);
        browser.press_play();
        if key_is_there {
            browser.key_arrives(None);
        }
        browser.reject("");
        assert!(browser.text(Part::Error).contains("did not match"));
        browser.pass(1000);
        if !key_is_there {
            browser.key_arrives(None);
        }
        browser.audio_arrives();
        assert_eq!(browser.state(), StateName::Ready);
        browser.press_play();
        browser.pass(3000);
        assert_eq!(browser.state(), StateName::Playing);
        assert_eq!(browser.keys, 2);
    }
}

/// The page's script judged the answer without a submission, and the visitor had asked for a different audio meanwhile.
#[test]
fn a_key_that_was_judged_does_not_come_back_if_no_new_one_is_issued() {
    let mut browser = answered(&[]);
    browser.tell(Event::Renew);
    browser.reject("");
    browser.fails(ErrorCode::UpstreamUnavailable);
    browser.pass(1000);
    browser.type_answer("12345");
    assert!(!browser.fields().contains("key1"), "{}", browser.fields());
}

#[test]
fn ticking_the_consent_box_hides_no_verdict_on_the_answer() {
    let mut browser = Browser::new(&[("consent", ""), ("error", "Wrong numbers.")]);
    browser.tell(Event::Consent(true));
    assert_eq!(browser.text(Part::Error), "Wrong numbers.");
}

/// A framework may write the attribute on every render, and most renders have no error.
#[test]
fn an_error_attribute_that_is_still_empty_hides_no_error_of_ours() {
    let mut browser = Browser::new(&[]);
    browser.hear_out();
    browser.tell(Event::Invalid { first: true });
    let error = browser.text(Part::Error);
    assert_ne!(error, "");
    browser.site_error("");
    assert_eq!(browser.text(Part::Error), error);
    browser.site_error("Wrong numbers.");
    assert_eq!(browser.text(Part::Error), "Wrong numbers.");
    browser.site_error("");
    assert_eq!(browser.text(Part::Error), "");
}
