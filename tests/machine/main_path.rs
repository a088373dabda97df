//! From Play to an answer: requests, sound, and what the visitor is told.

use sori_captcha::captcha::{
    event::{By, Event},
    part::Part,
    state::{Focus, StateName},
};

use crate::browser::{Browser, Clip, LENGTH, Request, STARTS};

#[test]
fn nothing_is_requested_before_an_act() {
    let mut browser = Browser::new(&[]);
    browser.type_answer("12");
    browser.tell(Event::Focus(Focus::Elsewhere));
    browser.tell(Event::Enter);
    browser.tell(Event::Back { at: 0 });
    browser.tell(Event::Forward { at: 0, length: 0 });
    browser.tell(Event::Invalid { first: true });
    browser.pass(600_000);
    assert_eq!((browser.keys, browser.audios), (0, 0));
    assert_eq!(browser.clip, Clip::None);
}

#[test]
fn replay_makes_no_request() {
    let mut browser = Browser::new(&[]);
    browser.hear_out();
    for _ in 0..5 {
        browser.press_play();
        browser.pass(20_000);
        browser.tell(Event::Play);
        browser.pass(20_000);
    }
    assert_eq!((browser.keys, browser.audios), (1, 1));
    assert_eq!(browser.starts.len(), 11, "each press was heard");
}

#[test]
fn the_press_is_answered_before_anything_arrives() {
    let mut browser = Browser::new(&[]);
    assert_eq!(browser.text(Part::Play), "Play audio");
    browser.press_play();
    assert_eq!(browser.text(Part::Play), "Pause");
    assert_eq!(browser.shown(Part::Play, "aria-pressed"), None);
}

#[test]
fn a_screen_reader_gets_its_time_before_speech() {
    for (attributes, by, expected) in [
        (&[][..], By::Button, 1500),
        (&[], By::Key, 500),
        (&[("lead-in", "3000")], By::Button, 3000),
        (&[("lead-in", "3000")], By::Key, 3000),
        (&[("lead-in", "200")], By::Button, 200),
    ] {
        let mut browser = Browser::new(attributes);
        browser.tell(Event::Toggle(by));
        browser.key_arrives(None);
        browser.audio_arrives();
        assert_eq!(browser.lead_ins, [expected]);
        browser.pass(expected - 1);
        assert_eq!(browser.starts, [0; 0], "{expected} ms are not over");
        browser.pass(1);
        assert_eq!(browser.starts, [0]);
    }
}

#[test]
fn a_replay_has_its_lead_in_too() {
    let mut browser = Browser::new(&[]);
    browser.hear_out();
    browser.press_play();
    assert_eq!(browser.lead_ins, [1500, 1500]);
    assert_eq!(
        browser.state(),
        StateName::Playing,
        "the press shows at once"
    );
    browser.pass(1500);
    assert_eq!(browser.starts, [0, 0]);
}

#[test]
fn going_on_by_key_waits_for_the_keys_name() {
    let mut browser = Browser::new(&[]);
    browser.listen();
    browser.pass(1700);
    browser.press_dot();
    assert_eq!(browser.state(), StateName::Paused);
    let at = browser.at;
    let lead_ins = browser.lead_ins.len();
    browser.press_dot();
    assert_eq!(browser.lead_ins[lead_ins..], [400]);
    browser.pass(400);
    assert_eq!(browser.starts.last(), Some(&at), "in place");
}

#[test]
fn late_audio_is_not_talked_over_by_the_notice_to_wait() {
    let mut browser = Browser::new(&[]);
    browser.press_play();
    browser.key_arrives(None);
    browser.pass(2500);
    assert_eq!(browser.last_said(), "Loading audio.");
    browser.audio_arrives();
    browser.pass(2400);
    assert_eq!(browser.starts, [0; 0], "the notice is still being read");
    browser.pass(100);
    assert_eq!(browser.starts, [0]);
}

#[test]
fn a_long_lead_in_does_not_start_speech_over_the_notice_to_wait() {
    for lead_in in ["2200", "3000", "3600"] {
        let mut browser = Browser::new(&[("lead-in", lead_in)]);
        browser.press_play();
        browser.key_arrives(None);
        browser.pass(2190);
        assert_eq!(browser.said.len(), 1, "{:?}", browser.said);
        browser.audio_arrives();
        browser.pass(2499);
        assert_eq!(browser.starts, [0; 0], "{lead_in}: over the notice");
        browser.pass(2200);
        assert_eq!(browser.starts, [0], "{lead_in}");
    }
}

#[test]
fn a_notice_to_wait_that_came_too_late_is_never_said() {
    let mut browser = Browser::new(&[]);
    browser.press_play();
    browser.key_arrives(None);
    browser.pass(2050);
    browser.audio_arrives();
    browser.pass(3000);
    browser.press_dot();
    browser.pass(1000);
    assert_eq!(browser.state(), StateName::Paused);
    assert_eq!(browser.said, [""; 0], "the audio has long arrived");
}

#[test]
fn play_pressed_twice_plays_nothing() {
    let mut browser = Browser::new(&[]);
    browser.press_play();
    browser.press_play();
    assert_eq!(browser.text(Part::Play), "Play audio");
    browser.key_arrives(None);
    browser.audio_arrives();
    browser.pass(20_000);
    assert_eq!(browser.starts, [0; 0]);
    assert_eq!(browser.state(), StateName::Ready);
    browser.press_play();
    browser.pass(1500);
    assert_eq!(browser.starts, [0]);
    assert_eq!(browser.keys, 1);
}

#[test]
fn play_pressed_three_times_plays_once() {
    let mut browser = Browser::new(&[]);
    for _ in 0..3 {
        browser.press_play();
    }
    browser.key_arrives(None);
    browser.audio_arrives();
    browser.pass(LENGTH * 2);
    assert_eq!(browser.starts, [0]);
    assert_eq!(browser.keys, 1);
}

#[test]
fn the_end_is_one_announcement_with_the_buttons_name() {
    let mut browser = Browser::new(&[]);
    browser.listen();
    browser.pass(LENGTH);
    assert_eq!(browser.text(Part::Play), "Play audio");
    browser.pass(1000);
    assert_eq!(
        browser.said,
        ["End of audio. Type the numbers in the box just before this button."]
    );
}

#[test]
fn the_end_does_not_tell_a_person_who_types_to_type() {
    let mut browser = Browser::new(&[]);
    browser.listen();
    browser.type_answer("123");
    browser.pass(LENGTH + 1000);
    assert_eq!(browser.said, ["End of audio."]);
}

#[test]
fn the_same_words_are_announced_again() {
    let mut browser = Browser::new(&[]);
    browser.hear_out();
    for _ in 0..2 {
        browser.press_play();
        browser.pass(LENGTH + 5000);
    }
    assert_eq!(browser.said[1..], ["End of audio."; 2]);
}

#[test]
fn a_pause_is_not_announced_for_the_button_says_it() {
    let mut browser = Browser::new(&[]);
    browser.listen();
    browser.pass(1000);
    browser.press_play();
    browser.pass(1000);
    assert_eq!(browser.said, [""; 0]);
    assert_eq!(browser.text(Part::Play), "Resume audio");
}

#[test]
fn back_and_forward_step_from_digit_to_digit() {
    let mut browser = Browser::new(&[]);
    browser.listen();
    browser.pass(STARTS[2] + 600);
    browser.back();
    assert_eq!(browser.next(), 2, "to the start of the digit that is heard");
    browser.back();
    assert_eq!(browser.next(), 1, "at a digit's start: to the one before");
    browser.forward();
    assert_eq!(browser.next(), 2);
    browser.forward();
    assert_eq!(browser.next(), 3);
    assert_eq!((browser.keys, browser.audios), (1, 1));
}

#[test]
fn forward_never_skips_a_digit() {
    for from in (0..LENGTH).step_by(50) {
        let mut browser = Browser::new(&[]);
        browser.listen();
        browser.at = from;
        browser.forward();
        browser.pass(400);
        let next = STARTS.iter().find(|start| **start > from);
        assert!(
            next.is_none_or(|next| browser.at <= *next),
            "from {from} to {}",
            browser.at
        );
        assert!(browser.at >= from, "forward went back");
    }
}

#[test]
fn back_reaches_the_start_from_anywhere() {
    let mut browser = Browser::new(&[]);
    browser.listen();
    browser.at = LENGTH - 1;
    let mut last = browser.at;
    while browser.at > 0 {
        browser.back();
        browser.pass(400);
        assert!(browser.at < last, "stuck at {last}");
        last = browser.at;
    }
}

#[test]
fn back_while_paused_is_heard_at_once() {
    let mut browser = Browser::new(&[]);
    browser.listen();
    browser.pass(STARTS[1] + 600);
    browser.press_dot();
    browser.back();
    browser.pass(400);
    assert_eq!(browser.starts.last(), Some(&STARTS[1]));
    assert_eq!(browser.state(), StateName::Playing);
}

#[test]
fn steps_before_there_is_audio_do_nothing() {
    let mut browser = Browser::new(&[]);
    browser.back();
    browser.forward();
    assert_eq!(browser.state(), StateName::Idle);
    assert_eq!(
        browser.shown(Part::Back, "aria-disabled").as_deref(),
        Some("true")
    );
    assert_eq!(
        browser.shown(Part::Back, "disabled"),
        None,
        "it keeps the focus"
    );
}

#[test]
fn typing_pauses_only_where_the_page_wants_it() {
    for (attributes, state) in [
        (&[][..], StateName::Playing),
        (&[("pause-on-typing", "true")], StateName::Paused),
    ] {
        let mut browser = Browser::new(attributes);
        browser.listen();
        browser.pass(1000);
        browser.type_answer("1");
        assert_eq!(browser.state(), state);
    }
}

#[test]
fn nothing_is_played_without_consent() {
    let mut browser = Browser::new(&[("consent", "true")]);
    browser.press_play();
    browser.pass(1000);
    assert_eq!(browser.keys, 0);
    assert_eq!(
        browser.last_said(),
        "First tick the agreement, just before the box."
    );
    assert!(!browser.is_valid());
    browser.tell(Event::Consent(true));
    assert_eq!(browser.fields(), "captcha-consent&on");
    browser.hear_out();
    browser.type_answer("12345");
    assert!(browser.fields().ends_with("&captcha-consent&on"));
    assert!(browser.is_valid());
    browser.tell(Event::Consent(false));
    assert!(!browser.is_valid());
    assert!(!browser.fields().contains("consent"));
}

#[test]
fn speed_stays_within_its_limits_and_is_said_in_silence() {
    let mut browser = Browser::new(&[]);
    for _ in 0..9 {
        browser.tell(Event::Slower);
        browser.pass(500);
    }
    assert_eq!(browser.captcha.rate, 50);
    assert_eq!(browser.last_said(), "Speed 50 percent, slowest.");
    for _ in 0..15 {
        browser.tell(Event::Faster);
    }
    assert_eq!(browser.captcha.rate, 150);
    browser.pass(500);
    let said = browser.said.len();
    browser.listen();
    browser.tell(Event::Slower);
    browser.pass(100);
    assert_eq!(browser.said.len(), said, "over the digits it is not said");
}

#[test]
fn a_disabled_captcha_does_nothing() {
    let mut browser = Browser::new(&[]);
    browser.tell(Event::Disabled(true));
    browser.press_play();
    browser.tell(Event::Play);
    browser.tell(Event::Renew);
    browser.tell(Event::Check);
    assert_eq!(browser.request, None);
    for part in [Part::Answer, Part::Play, Part::Back, Part::Check] {
        assert!(browser.shown(part, "disabled").is_some(), "{part:?}");
    }
    browser.tell(Event::Disabled(false));
    browser.press_play();
    assert_eq!(browser.request, Some(Request::Key(1)));
}

#[test]
fn disabling_ends_the_sound() {
    let mut browser = Browser::new(&[]);
    browser.listen();
    browser.tell(Event::Disabled(true));
    assert!(!browser.moving);
    assert_eq!(browser.state(), StateName::Paused);
}
