//! What a listener hears, scenario by scenario, and how: as an announcement, or as the name and the description of
//! the element that gets the focus.

use sori_captcha::{
    captcha::{
        event::Event,
        part::Part,
        state::{Focus, Issued, StateName},
    },
    error::ErrorCode,
    protocol::Key,
};

use crate::browser::{AGAIN, Browser, LENGTH, Request};

/// What is spoken when the focus arrives at the box, after its name: the texts that describe it.
fn at_the_box(browser: &mut Browser) -> String {
    browser.tell(Event::Focus(Focus::Answer));
    let ids = browser.shown(Part::Answer, "aria-describedby");
    let texts = ids.unwrap_or_default();
    let texts = texts.split(' ').map(|id| match id {
        "hint" => browser.text(Part::Hint),
        "error" => browser.text(Part::Error),
        "status" => browser.text(Part::Status),
        _ => String::new(),
    });
    let said = texts.collect::<Vec<_>>().concat();
    said.trim_end_matches(AGAIN).to_owned()
}

fn said_since(browser: &Browser, before: usize) -> Vec<&str> {
    browser.said[before..].iter().map(String::as_str).collect()
}

/// From the press to the end, without moving the focus.
fn hears_out(browser: &mut Browser) {
    match browser.request {
        Some(Request::Key(_)) => {
            browser.key_arrives(None);
            browser.audio_arrives();
        }
        Some(Request::Audio(_)) => browser.audio_arrives(),
        _ => {}
    }
    browser.pass(LENGTH + 6000);
    assert_eq!(browser.state(), StateName::Ready);
}

#[test]
fn scenario_1_main_path_from_the_box() {
    let mut browser = Browser::new(&[]);
    assert_eq!(
        at_the_box(&mut browser),
        "Press period in the box, or Play audio, then type the numbers."
    );
    browser.press_dot();
    hears_out(&mut browser);
    assert_eq!(
        browser.said,
        ["End of audio. Type the numbers. Comma: previous number, slash: next number."]
    );
    assert_eq!(browser.lead_ins, [500]);
    browser.press_dot();
    hears_out(&mut browser);
    assert_eq!(browser.last_said(), "End of audio.");
    assert_eq!(browser.said.len(), 2);
    browser.tell(Event::Focus(Focus::Elsewhere));
    assert_eq!(at_the_box(&mut browser), "", "no instruction any more");
}

#[test]
fn scenario_1_with_something_typed_the_end_is_short() {
    let mut browser = Browser::new(&[]);
    browser.press_dot();
    browser.key_arrives(None);
    browser.audio_arrives();
    browser.pass(1000);
    browser.type_answer("1");
    browser.pass(LENGTH + 1000);
    assert_eq!(browser.said, ["End of audio."]);
}

#[test]
fn scenario_1_no_key_is_named_where_there_is_none() {
    for touch in [false, true] {
        let attributes: &[_] = if touch { &[] } else { &[("shortcuts", "off")] };
        let mut browser = Browser::new(attributes);
        browser.tell(Event::Coarse(touch));
        assert_eq!(
            at_the_box(&mut browser),
            "Press Play audio, then type the numbers."
        );
        browser.press_dot();
        hears_out(&mut browser);
        assert_eq!(browser.said, ["End of audio. Type the numbers."]);
        browser.tell(Event::Reset);
        browser.tell(Event::Invalid { first: true });
        browser.pass(1000);
        assert_eq!(browser.last_said(), "Listen first: press Play audio.");
    }
}

#[test]
fn scenario_2_main_path_from_play() {
    let mut browser = Browser::new(&[]);
    browser.press_play();
    hears_out(&mut browser);
    assert_eq!(
        browser.said,
        ["End of audio. Type the numbers in the box just before this button."]
    );
    assert_eq!(browser.lead_ins, [1500]);
    browser.press_play();
    hears_out(&mut browser);
    assert_eq!(browser.last_said(), "End of audio.");
    assert_eq!(browser.focused, 0, "the focus is left where it is");
}

#[test]
fn scenario_2_whoever_went_on_to_read_hears_the_end_only() {
    let mut browser = Browser::new(&[]);
    browser.press_play();
    browser.tell(Event::Focus(Focus::Elsewhere));
    hears_out(&mut browser);
    assert_eq!(browser.said, ["End of audio."]);
}

/// Safari does not focus a button that is clicked.
#[test]
fn scenario_2_a_button_that_got_no_focus_is_still_where_the_person_is() {
    let mut browser = Browser::new(&[]);
    browser.tell(Event::Toggle(sori_captcha::captcha::event::By::Button));
    hears_out(&mut browser);
    assert!(browser.last_said().ends_with("just before this button."));
}

#[test]
fn scenario_3_wrong_after_a_reload() {
    let mut browser = Browser::new(&[(
        "error",
        "The numbers did not match. Play new audio and type them again.",
    )]);
    browser.pass(1000);
    assert_eq!(browser.said, [""; 0]);
    assert_eq!(
        at_the_box(&mut browser),
        "The numbers did not match. Play new audio and type them again."
    );
    assert!(browser.shown(Part::Answer, "aria-invalid").is_some());
}

#[test]
fn scenario_4_wrong_inline() {
    let mut browser = Browser::new(&[("verify", "inline")]);
    browser.hear_out();
    browser.type_answer("54321");
    let before = browser.said.len();
    browser.tell(Event::Enter);
    browser.judged(false);
    browser.pass(1000);
    let told = "The numbers did not match, so the box was cleared. Play new audio.";
    assert_eq!(said_since(&browser, before), [told]);
    assert_eq!((browser.field.as_str(), browser.focused), ("", 0));
    browser.press_dot();
    hears_out(&mut browser);
    assert!(
        browser
            .last_said()
            .starts_with("End of audio. Type the numbers.")
    );
    assert_eq!(
        browser.said.len(),
        before + 2,
        "nothing is lost a second time"
    );
}

#[test]
fn scenario_5_empty_submit() {
    let mut browser = Browser::new(&[]);
    browser.tell(Event::Focus(Focus::Answer));
    browser.tell(Event::Invalid { first: true });
    browser.pass(1000);
    let first = "Listen first: press period or Play audio.";
    assert_eq!(browser.said, [first]);

    let mut browser = Browser::new(&[]);
    browser.tell(Event::Invalid { first: true });
    browser.pass(1000);
    assert_eq!((browser.said.len(), browser.focused), (0, 1));
    assert_eq!(browser.text(Part::Error), first);

    let mut browser = Browser::new(&[]);
    browser.hear_out();
    browser.tell(Event::Focus(Focus::Answer));
    browser.tell(Event::Invalid { first: true });
    browser.pass(1000);
    assert_eq!(
        browser.last_said(),
        "The box is empty. Type the numbers in the audio."
    );
}

#[test]
fn scenario_6_expiry() {
    for (typed, told) in [
        ("", "The captcha audio has expired. Play new audio."),
        (
            "12",
            "The captcha audio has expired. Playing new audio clears the box.",
        ),
    ] {
        let mut browser = Browser::new(&[]);
        browser.press_dot();
        browser.key_arrives(Some(60));
        browser.audio_arrives();
        browser.pass(12_000);
        browser.type_answer(typed);
        browser.tell(Event::Focus(Focus::Elsewhere));
        let before = browser.said.len();
        browser.pass(60_000);
        let soon = "The captcha audio expires soon. Press Play different audio for more time.";
        assert_eq!(said_since(&browser, before), [soon, told]);
        assert_eq!(browser.text(Part::Play), "Play new audio");
        assert_eq!(at_the_box(&mut browser), told, "found again at the box");
        browser.press_dot();
        hears_out(&mut browser);
        assert_eq!(
            browser.said.len(),
            before + 3,
            "what was said beforehand is not said again: {:?}",
            browser.said
        );
    }
}

#[test]
fn scenario_6_no_warning_where_nothing_was_ever_played() {
    let mut browser = Browser::new(&[]);
    browser.press_play();
    browser.press_play();
    browser.key_arrives(Some(60));
    browser.audio_arrives();
    browser.pass(50_000);
    assert_eq!(browser.said, [""; 0]);
}

/// The daily quota is used up, and the page offers an alternative.
#[test]
fn scenario_7_quota() {
    for (has_way, required, told) in [
        (true, true, "No more audio today. Please use another way."),
        (false, true, "No more audio today. Please contact the site."),
        (
            false,
            false,
            "No more audio today. Submit the form as it is.",
        ),
    ] {
        let mut attributes = vec![("endpoint", "/captcha"), ("name", "captcha")];
        if required {
            attributes.push(("required", "true"));
        }
        let mut browser = Browser::with(crate::browser::config(&attributes));
        browser.tell(Event::Ways(has_way));
        for _ in 0..2 {
            browser.press_dot();
            browser.fails(ErrorCode::QuotaExceeded);
            browser.pass(1000);
            assert_eq!(browser.last_said(), told);
            assert!(browser.captcha.way_is_first());
        }
        assert_eq!(browser.said.len(), 2, "Play says the same again");
        assert!(browser.is_valid());
        assert_eq!(browser.text(Part::Play), "Play audio");
        browser.tell(Event::Focus(Focus::Elsewhere));
        assert_eq!(at_the_box(&mut browser), told);
    }
}

#[test]
fn scenarios_8_and_9_no_answer_and_a_second_time_none() {
    for (code, told, again) in [
        (
            ErrorCode::Offline,
            "You are offline. Play again once connected.",
            "You are offline. Play again once connected.",
        ),
        (
            ErrorCode::UpstreamUnavailable,
            "The audio service is not responding. Play again in a moment.",
            "Still no response. Please use another way.",
        ),
        (
            ErrorCode::Timeout,
            "That took too long. Play again.",
            "Still no response. Please use another way.",
        ),
    ] {
        let mut browser = Browser::new(&[]);
        for expected in [told, again, again] {
            browser.press_dot();
            browser.fails(code);
            browser.pass(1000);
            assert_eq!(browser.last_said(), expected, "{code}");
        }
        assert_eq!(browser.said.len(), 3);
        browser.press_dot();
        hears_out(&mut browser);
        browser.tell(Event::Renew);
        browser.fails(code);
        browser.pass(1000);
        assert_eq!(browser.last_said(), told, "{code}: it had answered since");
    }
}

#[test]
fn scenario_10_slow_network() {
    let mut browser = Browser::new(&[]);
    browser.press_dot();
    browser.key_arrives(None);
    browser.pass(2000 + 200);
    assert_eq!(browser.said, ["Loading audio."]);
    browser.pass(5000);
    assert_eq!(browser.said.len(), 1, "once");
    browser.audio_arrives();
    browser.pass(2499);
    assert_eq!(browser.starts, [0; 0], "the words are still being read");
    browser.pass(1);
    assert_eq!(browser.starts, [0]);
}

#[test]
fn scenario_11_consent() {
    let mut browser = Browser::new(&[("consent", "true")]);
    assert_eq!(
        browser.text(Part::Consent),
        "I agree that what I enter is sent to NAVER"
    );
    assert_eq!(
        browser.shown(Part::Consent, "aria-describedby").as_deref(),
        Some("notice")
    );
    assert_eq!(
        browser.text(Part::Notice),
        "NAVER keeps it for up to a year and may use it to improve its service."
    );
    let told = "First tick the agreement, just before the box.";
    browser.press_dot();
    browser.pass(1000);
    assert_eq!(browser.said, [told], "the focus is not moved");
    assert_eq!(browser.request, None);

    browser.tell(Event::Invalid { first: true });
    browser.pass(1000);
    assert_eq!(
        browser.captcha.focus,
        Focus::Consent,
        "a submit leads there"
    );
    assert_eq!(browser.said.len(), 1);
    assert_eq!(
        browser.shown(Part::Consent, "aria-describedby").as_deref(),
        Some("error notice")
    );
    assert!(browser.shown(Part::Consent, "aria-invalid").is_some());
    assert_eq!(
        browser.shown(Part::Answer, "aria-invalid"),
        None,
        "the answer is not what is wrong"
    );
    browser.tell(Event::Invalid { first: true });
    browser.pass(1000);
    assert_eq!(browser.last_said(), told, "whoever is there hears it");
    browser.tell(Event::Consent(true));
    assert_eq!(browser.text(Part::Error), "");
}

#[test]
fn scenario_12_a_different_audio() {
    let mut browser = Browser::new(&[]);
    browser.hear_out();
    browser.type_answer("123");
    browser.tell(Event::Focus(Focus::Other));
    let before = browser.said.len();
    browser.tell(Event::Renew);
    hears_out(&mut browser);
    assert_eq!(
        said_since(&browser, before),
        [
            "Box cleared.",
            "End of the new audio. Type the numbers in the box."
        ]
    );
    browser.tell(Event::Renew);
    hears_out(&mut browser);
    assert_eq!(browser.said.len(), before + 3, "nothing was in the box");
}

#[test]
fn scenario_13_speed() {
    let mut browser = Browser::new(&[]);
    browser.tell(Event::Faster);
    browser.pass(500);
    assert_eq!(browser.last_said(), "Speed 110 percent.");
    for _ in 0..5 {
        browser.tell(Event::Faster);
    }
    browser.pass(500);
    assert_eq!(browser.last_said(), "Speed 150 percent, fastest.");
    let said = browser.said.len();
    browser.listen();
    browser.tell(Event::Slower);
    browser.pass(LENGTH);
    browser.pass(2000);
    assert_eq!(browser.said.len(), said + 1, "only the end");
    assert!(browser.last_said().starts_with("End of audio."));
}

/// The announcement after a pause from outside is in `sound.rs`.
#[test]
fn scenario_14_plays_name_tells_paused_from_ended() {
    let mut browser = Browser::new(&[]);
    browser.listen();
    browser.pass(2000);
    browser.tell(Event::Focus(Focus::Elsewhere));
    browser.moving = false;
    browser.tell(Event::Paused { at: 2000 });
    assert_eq!(browser.text(Part::Play), "Resume audio");
    browser.pass(60_000);
    assert_eq!(browser.said, [""; 0]);
}

/// Other tests of the site's verdict are in `submission.rs`.
#[test]
fn scenario_15_the_site_says_no() {
    let mut browser = Browser::new(&[]);
    browser.hear_out();
    browser.type_answer("54321");
    browser.tell(Event::Focus(Focus::Elsewhere));
    let before = browser.said.len();
    browser.tell(Event::Submitted);
    browser.pass(1000);
    browser.reject("");
    browser.pass(1000);
    assert_eq!(browser.said.len(), before);
    assert_eq!(browser.focused, 1);
    assert_eq!(
        at_the_box(&mut browser),
        "The numbers did not match. Play new audio and type them again."
    );
}

#[test]
fn scenario_16_verified_inline() {
    let mut browser = Browser::new(&[("verify", "inline")]);
    browser.hear_out();
    browser.type_answer("12345");
    browser.tell(Event::Enter);
    browser.judged(true);
    browser.pass(1000);
    assert_eq!(browser.last_said(), "Verified. You can submit now.");
    assert_eq!(browser.focused, 0);
    browser.tell(Event::Focus(Focus::Elsewhere));
    assert_eq!(at_the_box(&mut browser), "Verified.");
    assert!(browser.shown(Part::Answer, "readonly").is_some());
    assert!(browser.shown(Part::Check, "aria-disabled").is_some());
}

#[test]
fn in_practice_the_notice_does_not_speak_of_naver() {
    let mut browser = Browser::new(&[]);
    browser.press_play();
    let generation = browser.captcha.generation;
    browser.tell(Event::KeyArrived {
        generation,
        issued: Issued {
            key: Key::parse("key").unwrap(),
            expires_in: None,
        },
        practice: true,
    });
    assert!(!browser.text(Part::Notice).contains("NAVER"));
}

#[test]
fn the_volume_is_told_in_percent() {
    let mut browser = Browser::new(&[]);
    for (volume, told) in [(100, "100 percent"), (45, "45 percent"), (0, "0 percent")] {
        browser.tell(Event::Volume(volume));
        assert_eq!(
            browser.shown(Part::Volume, "aria-valuetext").as_deref(),
            Some(told)
        );
    }
}
