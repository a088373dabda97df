//! Sound that stops without an event, is paused from outside, or is stepped through quickly.

use sori_captcha::captcha::{
    event::Event,
    part::Part,
    state::{Focus, Phase, Playback, StateName},
};

use crate::browser::{Browser, LENGTH, STARTS};

#[test]
fn forward_at_a_stop_goes_to_the_next_though_the_browser_rounds_down() {
    for before in 0..=2 {
        let mut browser = Browser::new(&[]);
        browser.listen();
        browser.at = STARTS[1] - before;
        browser.forward();
        assert_eq!(browser.next(), 2, "{before} ms before the stop");
    }
}

/// Each press counts, even if the element has not yet begun to play at the place where the press before sent it.
#[test]
fn two_presses_of_back_in_quick_succession_go_back_twice() {
    for pause in [0, 1, 100, 399, 400, 401] {
        let mut browser = Browser::new(&[]);
        browser.listen();
        browser.pass(STARTS[3] - 100);
        browser.forward();
        browser.pass(400);
        for _ in 0..2 {
            browser.back();
            browser.pass(pause);
        }
        browser.pass(400 - pause.min(400));
        let heard = *browser.starts.last().unwrap();
        assert_eq!(heard, STARTS[1], "{pause} ms between the presses");
    }
}

#[test]
fn a_step_that_the_element_has_not_begun_is_not_lost() {
    let mut browser = Browser::new(&[("lead-in", "0")]);
    browser.press_play();
    browser.key_arrives(None);
    browser.audio_arrives();
    browser.pass(1);
    browser.pass(STARTS[3]);
    browser.press_dot();
    browser.stuck = true;
    browser.forward();
    browser.back();
    browser.back();
    assert_eq!(browser.starts.last(), Some(&STARTS[2]));
}

#[test]
fn a_pause_within_the_lead_in_goes_on_from_where_speech_was() {
    let mut browser = Browser::new(&[]);
    browser.listen();
    browser.pass(STARTS[2] + 50);
    browser.press_dot();
    browser.press_dot();
    browser.pass(100);
    browser.press_dot();
    let at = browser.at;
    assert_eq!(browser.state(), StateName::Paused);
    browser.at = 0;
    browser.press_dot();
    browser.pass(400);
    assert_eq!(browser.starts.last(), Some(&at));
}

#[test]
fn each_sound_after_a_key_waits_for_the_keys_name() {
    let mut browser = Browser::new(&[]);
    browser.listen();
    browser.pass(STARTS[2] + 50);
    let lead_ins = browser.lead_ins.len();
    browser.back();
    assert!(!browser.starts.ends_with(&[STARTS[2]]));
    browser.pass(1000);
    browser.forward();
    browser.pass(1000);
    browser.press_dot();
    browser.press_dot();
    browser.pass(1000);
    assert_eq!(browser.lead_ins[lead_ins..], [400, 400, 400]);

    let mut browser = Browser::new(&[("lead-in", "0")]);
    browser.press_dot();
    browser.key_arrives(None);
    browser.audio_arrives();
    browser.pass(1000);
    browser.forward();
    assert_eq!(
        browser.at, STARTS[1],
        "a page that wants no silence has none"
    );
}

#[test]
fn speech_that_makes_no_progress_is_not_playing_for_ever() {
    let mut browser = Browser::new(&[]);
    browser.listen();
    browser.type_answer("12");
    browser.pass(STARTS[2] + 300);
    browser.moving = false;
    browser.pass(6000);
    assert_eq!(browser.state(), StateName::Paused);
    assert_eq!(browser.said, ["The sound stopped. Play again to continue."]);
    assert_eq!(browser.text(Part::Play), "Resume audio");
    assert_eq!(browser.captcha.answer, "12");
    assert_eq!(browser.replaced, 1, "the element that is stuck is given up");
    browser.press_play();
    browser.pass(1500);
    assert_eq!(
        browser.starts.last(),
        Some(&STARTS[2]),
        "from the digit that was cut"
    );
    browser.pass(LENGTH);
    assert_eq!(browser.state(), StateName::Ready);
    assert_eq!((browser.keys, browser.audios), (1, 1));
}

/// Silence that never ends and digits that never begin: neither the key nor the form is lost.
#[test]
fn a_browser_that_plays_nothing_blocks_neither_play_nor_the_form() {
    let mut browser = Browser::new(&[]);
    browser.stuck = true;
    browser.press_play();
    browser.key_arrives(None);
    browser.audio_arrives();
    browser.pass(8000);
    assert_eq!(browser.state(), StateName::Failed);
    assert!(browser.last_said().contains("blocked the sound"));
    assert!(browser.is_valid());
    assert_eq!(browser.fields(), "captcha-error&playback_blocked");
    assert_eq!(browser.shown(Part::Play, "aria-disabled"), None);
    browser.stuck = false;
    browser.press_play();
    browser.pass(2000);
    assert_eq!(browser.state(), StateName::Playing);
    assert_eq!((browser.keys, browser.audios), (1, 1));
}

#[test]
fn audio_that_comes_late_is_played_though_the_silence_never_ended() {
    let mut browser = Browser::new(&[]);
    browser.stuck = true;
    browser.press_play();
    browser.pass(3000);
    browser.stuck = false;
    browser.key_arrives(None);
    browser.audio_arrives();
    browser.pass(4000);
    assert_eq!(browser.state(), StateName::Playing);
}

#[test]
fn a_pause_from_outside_is_said_only_after_a_second_and_only_to_whoever_is_here() {
    for (focus, said) in [
        (Focus::Play, &["Paused. Play again to continue."][..]),
        (Focus::Elsewhere, &[]),
    ] {
        let mut browser = Browser::new(&[]);
        browser.listen();
        browser.tell(Event::Focus(focus));
        browser.pass(STARTS[2] + 300);
        browser.moving = false;
        let at = browser.at;
        browser.tell(Event::Paused { at });
        browser.pass(999);
        assert_eq!(browser.said, [""; 0]);
        browser.pass(1000);
        assert_eq!(browser.said, said);
        assert_eq!(browser.text(Part::Play), "Resume audio");
        browser.press_play();
        browser.pass(1500);
        assert_eq!(browser.starts.last(), Some(&STARTS[2]));
    }
}

#[test]
fn what_is_paused_and_resumed_from_outside_goes_on_at_the_digit_that_was_cut_without_a_word() {
    let mut browser = Browser::new(&[]);
    browser.listen();
    browser.pass(100);
    for _ in 0..5 {
        browser.pass(STARTS[0] + 100);
        let at = browser.at;
        browser.moving = false;
        browser.tell(Event::Paused { at });
        browser.pass(900);
        browser.moving = true;
        browser.tell(Event::Playing);
        let digit = STARTS.iter().rev().find(|start| **start <= at);
        assert_eq!(browser.at, *digit.unwrap_or(&0), "from {at}");
    }
    assert_eq!(browser.said, [""; 0]);
    browser.pass(LENGTH);
    assert_eq!(browser.said.len(), 1, "the end: {:?}", browser.said);
}

#[test]
fn an_own_pause_says_nothing_and_goes_on_in_place() {
    let mut browser = Browser::new(&[]);
    browser.listen();
    browser.pass(STARTS[2] + 300);
    browser.press_dot();
    let at = browser.at;
    assert_eq!(browser.captcha.phase, Phase::Ready(Playback::Paused { at }));
    browser.pass(60_000);
    assert_eq!(browser.said, [""; 0]);
}
