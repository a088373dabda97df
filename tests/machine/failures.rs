//! Errors, what the visitor is told about them, and that the form is never blocked.

use std::num::NonZeroU32;

use sori_captcha::{
    captcha::{
        event::{Event, Signal, Timer},
        part::Part,
        state::{Fault, StateName},
    },
    error::ErrorCode,
};

use crate::browser::{Browser, LENGTH, Request, request_faults};

#[test]
fn no_fault_of_a_key_blocks_the_form() {
    for code in request_faults() {
        let mut browser = Browser::new(&[]);
        browser.type_answer("123");
        browser.press_play();
        browser.fails(code);
        assert_eq!(browser.state(), StateName::Failed, "{code}");
        assert!(browser.is_valid(), "{code}");
        assert_eq!(browser.fields(), format!("captcha-error&{code}"));
        assert_eq!(browser.captcha.answer, "123", "what was typed is kept");
        assert_eq!(browser.was_told(Signal::Error), 1, "{code}");
        browser.pass(1000);
        assert_eq!(browser.said.len(), 1, "{code}: {:?}", browser.said);
        assert!(!browser.moving, "{code}: the silence ends");
    }
}

#[test]
fn play_works_again_after_every_fault() {
    for code in request_faults() {
        let mut browser = Browser::new(&[]);
        browser.press_play();
        browser.fails(code);
        assert_eq!(browser.shown(Part::Play, "aria-disabled"), None, "{code}");
        browser.hear_out();
        assert_eq!(browser.keys, 2, "{code}: no more than was pressed");
    }
}

#[test]
fn the_time_to_wait_is_said() {
    for (seconds, words) in [(45, "45 seconds"), (600, "10 minutes")] {
        let mut browser = Browser::new(&[]);
        browser.press_play();
        browser.fails(Fault {
            code: ErrorCode::RateLimited,
            retry_after: NonZeroU32::new(seconds),
        });
        browser.pass(1000);
        assert!(browser.last_said().contains(words), "{:?}", browser.said);
    }
}

#[test]
fn only_the_audio_is_tried_again_by_itself() {
    for code in [
        ErrorCode::NetworkError,
        ErrorCode::Timeout,
        ErrorCode::UpstreamUnavailable,
        ErrorCode::StoreUnavailable,
    ] {
        let mut browser = Browser::new(&[]);
        browser.press_play();
        browser.key_arrives(None);
        for tries in 1..=3 {
            assert_eq!(browser.audios, tries, "{code}");
            browser.fails(code);
            browser.pass(5000);
        }
        assert_eq!(browser.audios, 3, "{code}: no endless retries");
        assert_eq!(browser.keys, 1, "{code}");
        assert_eq!(browser.state(), StateName::Failed, "{code}");

        let mut browser = Browser::new(&[]);
        browser.press_play();
        browser.fails(code);
        browser.pass(600_000);
        assert_eq!(
            browser.keys, 1,
            "{code}: a key is never tried again by itself"
        );
    }
}

#[test]
fn a_retry_waits_longer_each_time() {
    let mut browser = Browser::new(&[]);
    browser.press_play();
    browser.key_arrives(None);
    browser.fails(ErrorCode::NetworkError);
    browser.pass(499);
    assert_eq!(browser.audios, 1);
    browser.pass(1);
    assert_eq!(browser.audios, 2);
    browser.fails(ErrorCode::NetworkError);
    browser.pass(1499);
    assert_eq!(browser.audios, 2);
    browser.pass(1);
    assert_eq!(browser.audios, 3);
}

#[test]
fn a_retry_that_succeeds_is_played_without_a_word() {
    let mut browser = Browser::new(&[]);
    browser.press_play();
    browser.key_arrives(None);
    browser.fails(ErrorCode::NetworkError);
    browser.pass(600);
    browser.audio_arrives();
    browser.pass(2000);
    assert_eq!(browser.state(), StateName::Playing);
    assert_eq!(browser.said, [""; 0]);
    assert_eq!(browser.was_told(Signal::Error), 0);
}

#[test]
fn audio_that_could_not_be_had_costs_no_second_key() {
    for code in [
        ErrorCode::NotAudio,
        ErrorCode::BadResponse,
        ErrorCode::CspBlocked,
    ] {
        let mut browser = Browser::new(&[]);
        browser.press_play();
        browser.key_arrives(None);
        browser.fails(code);
        assert_eq!(browser.state(), StateName::Failed, "{code}");
        assert_eq!(browser.audios, 1, "{code} will not pass by itself");
        browser.press_play();
        assert_eq!((browser.keys, browser.audios), (1, 2), "{code}");
        browser.audio_arrives();
        browser.pass(2000);
        assert_eq!(browser.state(), StateName::Playing, "{code}");
    }
}

#[test]
fn a_renewal_that_fails_keeps_challenge_and_answer() {
    for code in request_faults() {
        let mut browser = Browser::new(&[]);
        browser.hear_out();
        browser.type_answer("12345");
        let before = browser.fields();
        browser.tell(Event::Renew);
        assert_eq!(browser.request, Some(Request::Key(2)));
        browser.fails(code);
        assert_eq!(browser.fields(), before, "{code}");
        assert!(browser.is_valid(), "{code}");
        let keys = browser.keys;
        browser.press_play();
        browser.pass(2000);
        assert_eq!(browser.keys, keys, "{code}: the old audio is still there");
        assert_eq!(browser.state(), StateName::Playing, "{code}");
    }
}

#[test]
fn a_renewal_empties_the_box_only_when_the_key_is_there() {
    let mut browser = Browser::new(&[]);
    browser.hear_out();
    browser.type_answer("12345");
    browser.tell(Event::Renew);
    assert_eq!(browser.field, "12345");
    browser.key_arrives(None);
    assert_eq!(browser.field, "");
    assert_eq!(browser.captcha.answer, "");
}

/// A password manager fills the first box that it finds. The form sends only what was typed after the key arrived.
#[test]
fn nothing_that_was_typed_before_there_was_a_key_leaves_the_page() {
    for typed in ["hunter2", "12345"] {
        let mut browser = Browser::new(&[]);
        browser.type_answer(typed);
        assert_eq!(browser.fields(), "");
        browser.press_play();
        browser.key_arrives(None);
        assert_eq!(
            (browser.field.as_str(), browser.captcha.answer.as_str()),
            ("", "")
        );
        browser.audio_arrives();
        assert_eq!(browser.fields(), "");
        browser.pass(5000);
        assert_eq!(browser.said, ["Box cleared."], "what is lost is said");
        browser.type_answer("54321");
        assert!(browser.fields().contains("captcha-answer&54321"));
    }
}

#[test]
fn the_box_that_a_new_audio_emptied_is_told_before_the_audio() {
    for after in [0, 50, 119, 120, 600, 1900] {
        let mut browser = Browser::new(&[]);
        browser.hear_out();
        browser.type_answer("12345");
        let said = browser.said.len();
        browser.tell(Event::Renew);
        browser.key_arrives(None);
        browser.pass(after);
        browser.audio_arrives();
        // The model browser fails if the digits start too soon after an announcement.
        browser.pass(LENGTH + 4000);
        assert_eq!(browser.said[said], "Box cleared.", "{after} ms");
        assert_eq!(browser.starts.len(), 2);
    }
}

#[test]
fn a_stale_reply_changes_nothing() {
    let mut browser = Browser::new(&[]);
    browser.press_play();
    let request = browser.request.take().unwrap();
    browser.tell(Event::Reset);
    browser.press_play();
    let before = browser.captcha.clone();
    let generation = request.generation();
    let stale = Fault::from(ErrorCode::NetworkError);
    browser.tell(Event::RequestFailed {
        generation,
        fault: stale,
    });
    browser.tell(Event::Judged {
        generation,
        token: Some("token"),
    });
    browser.tell(Event::AudioArrived {
        generation,
        sound: Default::default(),
    });
    assert_eq!(browser.captcha, before);
}

#[test]
fn a_dead_key_is_an_expiry_not_a_fault() {
    for code in [ErrorCode::InvalidKey, ErrorCode::AudioNotIssued] {
        let browser = Browser::whose_check_fails(code);
        assert_eq!(browser.state(), StateName::Expired, "{code}");
        assert_eq!(browser.captcha.answer, "12345");
        assert!(browser.last_said().contains("has expired"), "{code}");
        assert_eq!(browser.was_told(Signal::Expired), 1);

        let mut browser = Browser::new(&[]);
        browser.press_play();
        browser.key_arrives(None);
        browser.fails(code);
        assert_eq!(browser.state(), StateName::Expired, "{code}");
        assert_eq!(
            browser.audios, 1,
            "{code}: a dead key is not asked for again"
        );
    }
}

#[test]
fn blocked_sound_is_said_and_the_next_press_plays() {
    let mut browser = Browser::new(&[]);
    browser.press_play();
    browser.key_arrives(None);
    browser.audio_arrives();
    browser.mute = true;
    browser.pass(2500);
    assert!(browser.last_said().contains("blocked the sound"));
    assert!(browser.is_valid());
    assert_eq!(browser.fields(), "captcha-error&playback_blocked");
    browser.mute = false;
    browser.press_play();
    browser.pass(2000);
    assert_eq!(browser.state(), StateName::Playing);
    assert_eq!((browser.keys, browser.audios), (1, 1));
}

/// Some browsers play without saying so.
#[test]
fn speech_that_moves_on_is_heard() {
    let mut browser = Browser::new(&[]);
    browser.stuck = true;
    browser.press_play();
    browser.key_arrives(None);
    browser.audio_arrives();
    browser.tell(Event::LeadInOver);
    browser.tell(Event::Progress {
        at: 0,
        length: LENGTH,
    });
    assert!(!browser.captcha.heard);
    browser.tell(Event::Progress {
        at: 250,
        length: LENGTH,
    });
    assert!(browser.captcha.heard);
    browser.tell(Event::Timer(Timer::Announce));
    assert_eq!(browser.state(), StateName::Playing);
}

#[test]
fn a_fault_is_over_once_the_audio_was_heard_whichever_button_started_it() {
    for press in [
        Browser::press_play,
        Browser::press_dot,
        Browser::back,
        Browser::forward,
    ] {
        let mut browser = Browser::new(&[]);
        browser.hear_out();
        browser.mute = true;
        browser.press_play();
        browser.pass(2500);
        assert_eq!(browser.state(), StateName::Failed);
        browser.mute = false;
        press(&mut browser);
        browser.pass(LENGTH + 3000);
        assert_eq!(browser.state(), StateName::Ready);
        assert_eq!(browser.fields(), "");
        assert!(!browser.is_valid());
    }
}

#[test]
fn an_answer_typed_in_spite_of_a_fault_is_sent() {
    let mut browser = Browser::new(&[]);
    browser.hear_out();
    browser.press_play();
    browser.pass(1500);
    browser.tell(Event::PlaybackFailed(ErrorCode::PlaybackBlocked));
    browser.type_answer("12345");
    assert!(
        browser
            .fields()
            .contains("captcha-response&ka_a2V5MToxMjM0NQ")
    );
    assert!(browser.is_valid());
}

#[test]
fn an_answer_to_what_was_never_heard_does_not_go_out_with_a_fault() {
    let mut browser = Browser::new(&[]);
    browser.press_play();
    browser.key_arrives(None);
    browser.mute = true;
    browser.audio_arrives();
    browser.type_answer("77");
    browser.pass(1500);
    assert_eq!(browser.fields(), "captcha-error&playback_blocked");
    browser.mute = false;
    browser.press_play();
    browser.pass(2000);
    assert!(browser.fields().contains("captcha-answer&77"));
}

#[test]
fn a_fault_takes_the_place_of_what_was_said_of_the_answer() {
    let mut browser = Browser::new(&[]);
    browser.tell(Event::Invalid { first: true });
    assert!(
        browser
            .text(Part::Error)
            .contains("press period or Play audio")
    );
    browser.press_play();
    browser.fails(ErrorCode::UpstreamUnavailable);
    browser.pass(1000);
    assert_eq!(browser.text(Part::Error), "");
    assert_eq!(browser.shown(Part::Answer, "aria-invalid"), None);
    assert!(browser.last_said().contains("is not responding"));

    let mut browser = Browser::whose_check_fails(ErrorCode::UpstreamUnavailable);
    assert_ne!(browser.text(Part::Status), "");
    browser.type_answer("");
    browser.tell(Event::Check);
    assert!(browser.text(Part::Error).contains("Type the numbers"));
    assert_eq!(browser.text(Part::Status), "", "one message at a time");
}

#[test]
fn an_expiry_takes_the_place_of_what_was_said_of_the_answer() {
    let mut browser = Browser::new(&[]);
    browser.press_play();
    browser.key_arrives(Some(60));
    browser.audio_arrives();
    browser.pass(9000);
    browser.tell(Event::Invalid { first: true });
    assert_ne!(browser.text(Part::Error), "");
    browser.pass(60_000);
    assert_eq!(browser.state(), StateName::Expired);
    assert_eq!(browser.text(Part::Error), "");
}

#[test]
fn audio_that_cannot_be_decoded_is_fetched_again_not_issued_again() {
    let mut browser = Browser::new(&[]);
    browser.listen();
    browser.tell(Event::PlaybackFailed(ErrorCode::NotAudio));
    assert_eq!(browser.fields(), "captcha-error&not_audio");
    browser.press_play();
    assert_eq!((browser.keys, browser.audios), (1, 2));
}

#[test]
fn a_missing_endpoint_is_said_and_nothing_is_requested() {
    let mut browser = Browser::with(crate::browser::config(&[
        ("name", "captcha"),
        ("required", "true"),
    ]));
    browser.press_play();
    browser.pass(1000);
    assert_eq!(browser.fields(), "captcha-error&config_error");
    assert!(browser.is_valid());
    assert_eq!(browser.request, None);
    assert!(browser.last_said().contains("not set up correctly"));
}
