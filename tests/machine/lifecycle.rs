//! Expiry, a reset of the form, the site's own verdict, the back/forward cache, attributes that change.

use sori_captcha::captcha::{
    event::{Event, Signal},
    part::Part,
    state::{Captcha, Phase, StateName},
};

use crate::browser::{Browser, Clip, config};

fn heard(expires_in: Option<u32>) -> Browser {
    let mut browser = Browser::new(&[]);
    browser.press_play();
    browser.key_arrives(expires_in);
    browser.audio_arrives();
    browser.pass(10_000);
    assert_eq!(browser.state(), StateName::Ready);
    browser.type_answer("123");
    browser
}

#[test]
fn an_expiry_is_announced_at_least_20_seconds_before() {
    for lifetime in [40, 60, 120, 600, 7200] {
        let mut browser = heard(Some(lifetime));
        let said = browser.said.len();
        // 20 s before the end, counted from the arrival of the key.
        browser.pass(lifetime * 1000 - 10_000 - 20_000 + 200);
        assert_eq!(browser.said.len(), said + 1, "{lifetime} s");
        assert!(browser.last_said().contains("expires soon"), "{lifetime} s");
    }
}

#[test]
fn a_warning_during_the_audio_is_said_after_it_and_names_no_time_that_has_passed() {
    let mut browser = heard(Some(40));
    browser.pass(9_000);
    browser.press_dot();
    browser.pass(7_000);
    assert!(browser.last_said().contains("expires soon"));
    assert!(!browser.last_said().contains(|c: char| c.is_ascii_digit()));
}

#[test]
fn an_expiry_keeps_digits_and_focus_and_says_one_thing_to_do() {
    let mut browser = heard(Some(120));
    browser.pass(115_000);
    assert_eq!(browser.state(), StateName::Expired);
    assert_eq!(
        browser.last_said(),
        "The captcha audio has expired. Playing new audio clears the box."
    );
    assert_eq!(browser.text(Part::Play), "Play new audio");
    assert_eq!(
        (browser.captcha.answer.as_str(), browser.field.as_str()),
        ("123", "123")
    );
    assert_eq!(browser.focused, 0, "the focus stays");
    assert_eq!(browser.fields(), "", "a dead key is not sent");
    assert_eq!(browser.was_told(Signal::Expired), 1);
    browser.pass(3_600_000);
    assert_eq!(browser.keys, 1, "nothing is issued by itself");
    browser.press_play();
    assert_eq!(browser.keys, 2, "one act goes on");
}

#[test]
fn an_expiry_ends_the_sound_before_it_is_said() {
    let mut browser = Browser::new(&[]);
    browser.press_play();
    browser.key_arrives(Some(5));
    browser.audio_arrives();
    browser.pass(4900);
    assert_eq!(browser.state(), StateName::Playing);
    browser.pass(1000);
    assert_eq!(browser.state(), StateName::Expired);
    assert!(!browser.moving);
    assert_eq!(browser.said.len(), 1, "{:?}", browser.said);
}

#[test]
fn a_warning_that_falls_into_speech_waits_for_its_end() {
    let mut browser = heard(Some(120));
    browser.pass(47_000);
    let said = browser.said.len();
    browser.press_play();
    browser.pass(5000);
    assert_eq!(browser.state(), StateName::Playing);
    assert_eq!(browser.said.len(), said);
}

#[test]
fn a_new_key_has_its_own_time() {
    let mut browser = heard(Some(120));
    browser.pass(100_000);
    browser.tell(Event::Renew);
    browser.key_arrives(Some(120));
    browser.audio_arrives();
    browser.pass(60_000);
    assert_ne!(browser.state(), StateName::Expired);
    browser.pass(60_000);
    assert_eq!(browser.state(), StateName::Expired);
}

#[test]
fn a_challenge_that_expires_during_its_renewal_does_not_come_back() {
    let mut browser = heard(Some(120));
    browser.pass(109_000);
    browser.tell(Event::Renew);
    browser.pass(10_000);
    browser.fails(sori_captcha::error::ErrorCode::NetworkError);
    assert_eq!(browser.state(), StateName::Failed);
    assert_eq!(browser.fields(), "captcha-error&network_error");
}

#[test]
fn an_answer_under_way_is_judged_by_the_backend_not_by_our_clock() {
    let mut browser = Browser::new(&[("verify", "inline")]);
    browser.press_play();
    browser.key_arrives(Some(30));
    browser.audio_arrives();
    browser.pass(10_000);
    browser.type_answer("12345");
    browser.tell(Event::Check);
    browser.pass(60_000);
    assert_eq!(browser.state(), StateName::Checking);
    browser.judged(true);
    assert_eq!(browser.state(), StateName::Verified);
}

#[test]
fn a_reset_returns_to_the_beginning_from_everywhere() {
    type Reach = fn(&mut Browser);
    let states: [(&str, Reach); 9] = [
        ("idle", |_| {}),
        ("loading", |browser| browser.press_play()),
        ("audio", |browser| {
            browser.press_play();
            browser.key_arrives(Some(60));
        }),
        ("playing", Browser::listen),
        ("ready", Browser::hear_out),
        ("failed", |browser| {
            browser.press_play();
            browser.fails(sori_captcha::error::ErrorCode::Offline);
        }),
        ("rejected", |browser| {
            browser.hear_out();
            browser.reject("");
        }),
        ("checking", |browser| {
            browser.hear_out();
            browser.type_answer("1");
            browser.tell(Event::Check);
        }),
        ("verified", |browser| {
            browser.hear_out();
            browser.type_answer("1");
            browser.tell(Event::Check);
            browser.judged(true);
        }),
    ];
    for (name, reach) in states {
        let mut browser = Browser::new(&[("verify", "inline")]);
        reach(&mut browser);
        browser.type_answer("123");
        browser.tell(Event::Reset);
        assert_eq!(browser.state(), StateName::Idle, "{name}");
        assert_eq!(browser.field, "", "{name}");
        assert_eq!(browser.fields(), "", "{name}");
        assert_eq!(browser.request, None, "{name}");
        assert_eq!(browser.clip, Clip::None, "{name}");
        assert_eq!(browser.text(Part::Error), "", "{name}");
        let keys = browser.keys;
        let said = browser.said.len();
        browser.pass(3_600_000);
        assert_eq!(browser.keys, keys, "{name}");
        assert_eq!(browser.said.len(), said, "{name}: nothing follows");
        assert_eq!(browser.state(), StateName::Idle, "{name}");
    }
}

#[test]
fn the_sites_own_verdict_leads_back_to_the_box() {
    let mut browser = heard(None);
    browser.reject("틀렸습니다");
    assert_eq!(browser.text(Part::Error), "틀렸습니다");
    assert_eq!(browser.fields(), "");
    assert_eq!(browser.state(), StateName::Rejected);
    assert_eq!(browser.keys, 1);
}

#[test]
fn a_verdict_during_speech_ends_the_speech() {
    let mut browser = Browser::new(&[]);
    browser.listen();
    browser.reject("");
    assert!(!browser.moving);
}

#[test]
fn a_key_that_was_not_submitted_survives_the_history() {
    let mut browser = heard(None);
    let before = browser.fields();
    browser.tell(Event::PageHidden);
    browser.tell(Event::PageRestored);
    assert_eq!(browser.fields(), before);
    assert_eq!(browser.state(), StateName::Ready);
}

#[test]
fn leaving_the_page_pauses() {
    let mut browser = Browser::new(&[]);
    browser.listen();
    browser.pass(700);
    browser.tell(Event::PageHidden);
    assert_eq!(browser.state(), StateName::Paused);

    let mut browser = Browser::new(&[]);
    browser.press_play();
    browser.tell(Event::PageHidden);
    browser.key_arrives(None);
    browser.audio_arrives();
    browser.pass(10_000);
    assert_eq!(
        browser.starts, [0; 0],
        "what arrives afterwards is not played"
    );
}

#[test]
fn another_backend_drops_its_predecessors_key() {
    let mut browser = heard(None);
    let other = config(&[
        ("endpoint", "/elsewhere"),
        ("name", "captcha"),
        ("required", "true"),
    ]);
    browser.tell(Event::Configured(other.clone()));
    assert_eq!(browser.state(), StateName::Idle);
    assert_eq!(browser.fields(), "");
    assert_eq!(browser.captcha.answer, "123");

    let mut browser = Browser::new(&[]);
    browser.press_play();
    browser.tell(Event::Configured(other));
    assert_eq!(browser.state(), StateName::Idle, "also while it loads");
    assert_eq!(browser.request, None);
}

#[test]
fn any_other_attribute_changes_nothing_at_hand() {
    let mut browser = heard(None);
    let at_hand = |browser: &Browser| (browser.captcha.phase, browser.captcha.challenge.clone());
    let before = at_hand(&browser);
    for attributes in [
        [("theme", "dark")],
        [("lead-in", "0")],
        [("rate", "0.8")],
        [("shortcuts", "off")],
        [("timeout", "3000")],
        [("ticket", "t")],
    ] {
        let mut all = vec![("endpoint", "/captcha"), ("name", "captcha")];
        all.extend(attributes);
        browser.tell(Event::Configured(config(&all)));
        assert_eq!(at_hand(&browser), before, "{attributes:?}");
        assert_eq!(browser.keys, 1);
    }
}

#[test]
fn what_was_kept_on_the_device_stays_within_the_limits() {
    let mut browser = Browser::new(&[("remember", "true")]);
    browser.tell(Event::Recalled {
        rate: 9999,
        volume: 9999,
    });
    assert_eq!((browser.captcha.rate, browser.captcha.volume), (150, 100));
}

#[test]
fn an_element_that_leaves_the_page_leaves_nothing_behind() {
    let mut browser = heard(Some(600));
    browser.press_play();
    browser.tell(Event::Disconnected);
    assert_eq!((browser.clip, browser.moving), (Clip::None, false));
    assert_eq!(browser.request, None);
    assert_eq!(browser.captcha.phase, Phase::Idle);
    let said = browser.said.len();
    browser.pass(3_600_000);
    assert_eq!(browser.said.len(), said);
}

#[test]
fn a_text_from_before_the_upgrade_is_taken_over() {
    let captcha = Captcha::new(config(&[("endpoint", "/c")]), false, "12".to_owned());
    assert_eq!(captcha.answer, "12");
}
