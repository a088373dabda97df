//! Random events in any order: the model browser checks the invariants after each.

use std::num::NonZeroU32;

use proptest::prelude::*;
use sori_captcha::{
    captcha::{
        event::{Event, Timer},
        state::{Fault, Focus, Sound, StateName},
    },
    error::ErrorCode,
};

use crate::browser::{Browser, LENGTH, Request, STARTS, request_faults};

/// Something that may happen at any time.
#[derive(Clone, Debug)]
enum Happening {
    Press,
    Dot,
    Call,
    Pause,
    Back,
    Forward,
    Slower,
    Renew,
    Type(String),
    Leave,
    Consent(bool),
    Check,
    Enter,
    Reject,
    Invalid,
    Disable(bool),
    Reset,
    Hide,
    Restore,
    Submit,
    Answered {
        expires_in: Option<u32>,
        right: bool,
    },
    Failed(ErrorCode, u32),
    Stale,
    Sound(Event<'static>),
    Fire(Timer),
    Wait(u32),
}

fn happening() -> impl Strategy<Value = Happening> {
    let faults: Vec<_> = request_faults().collect();
    prop_oneof![
        4 => Just(Happening::Press),
        2 => Just(Happening::Dot),
        1 => Just(Happening::Call),
        1 => Just(Happening::Pause),
        1 => Just(Happening::Back),
        1 => Just(Happening::Forward),
        1 => Just(Happening::Slower),
        2 => Just(Happening::Renew),
        3 => "[0-9a ]{0,6}".prop_map(Happening::Type),
        1 => Just(Happening::Leave),
        1 => any::<bool>().prop_map(Happening::Consent),
        3 => Just(Happening::Check),
        1 => Just(Happening::Enter),
        1 => Just(Happening::Reject),
        1 => Just(Happening::Invalid),
        1 => prop::bool::weighted(0.3).prop_map(Happening::Disable),
        1 => Just(Happening::Reset),
        1 => Just(Happening::Hide),
        1 => Just(Happening::Restore),
        1 => Just(Happening::Submit),
        8 => (prop::option::of(1u32..200), any::<bool>())
            .prop_map(|(expires_in, right)| Happening::Answered { expires_in, right }),
        3 => (prop::sample::select(faults), 0u32..200)
            .prop_map(|(code, wait)| Happening::Failed(code, wait)),
        1 => Just(Happening::Stale),
        1 => prop_oneof![
            Just(Event::PlaybackFailed(ErrorCode::PlaybackBlocked)),
            Just(Event::PlaybackFailed(ErrorCode::NotAudio)),
            Just(Event::Playing),
            Just(Event::Paused { at: 1234 }),
            Just(Event::LeadInOver),
            Just(Event::Progress { at: 1234, length: LENGTH }),
        ].prop_map(Happening::Sound),
        1 => prop::sample::select(Timer::ALL.to_vec()).prop_map(Happening::Fire),
        6 => (0u32..12_000).prop_map(Happening::Wait),
    ]
}

fn happen(browser: &mut Browser, happening: Happening) {
    match happening {
        Happening::Press => browser.press_play(),
        Happening::Dot => browser.press_dot(),
        Happening::Call => browser.tell(Event::Play),
        Happening::Pause => browser.tell(Event::Pause),
        Happening::Back => browser.back(),
        Happening::Forward => browser.forward(),
        Happening::Slower => browser.tell(Event::Slower),
        Happening::Renew => browser.tell(Event::Renew),
        Happening::Type(text) => browser.type_answer(&text),
        Happening::Leave => browser.tell(Event::Focus(Focus::Elsewhere)),
        Happening::Consent(given) => browser.tell(Event::Consent(given)),
        Happening::Check => browser.tell(Event::Check),
        Happening::Enter => browser.tell(Event::Enter),
        Happening::Reject => browser.reject(""),
        Happening::Invalid => browser.tell(Event::Invalid { first: true }),
        Happening::Disable(disabled) => browser.tell(Event::Disabled(disabled)),
        Happening::Reset => {
            browser.tell(Event::Reset);
            assert_eq!(browser.state(), StateName::Idle);
        }
        Happening::Hide => browser.tell(Event::PageHidden),
        Happening::Restore => browser.tell(Event::PageRestored),
        Happening::Submit => browser.tell(Event::Submitted),
        Happening::Answered { expires_in, right } => match browser.request {
            Some(Request::Key(_)) => browser.key_arrives(expires_in),
            Some(Request::Audio(_)) => browser.audio_arrives(),
            Some(Request::Verification(_)) => browser.judged(right),
            None => {}
        },
        Happening::Failed(code, wait) => {
            if browser.request.is_some() {
                let retry_after = NonZeroU32::new(wait);
                browser.fails(Fault { code, retry_after });
            }
        }
        Happening::Stale => {
            let before = browser.captcha.clone();
            let generation = browser.captcha.generation.wrapping_sub(1);
            let sound = Sound {
                starts: STARTS.to_vec(),
            };
            browser.tell(Event::AudioArrived { generation, sound });
            browser.tell(Event::Judged {
                generation,
                token: Some("token"),
            });
            browser.tell(Event::RequestFailed {
                generation,
                fault: ErrorCode::Timeout.into(),
            });
            assert_eq!(browser.captcha, before, "a stale reply changed something");
        }
        Happening::Sound(event) => {
            browser.obey(&event);
            browser.tell(event);
        }
        Happening::Fire(timer) => browser.tell(Event::Timer(timer)),
        Happening::Wait(ms) => browser.pass(ms),
    }
}

fn settings() -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
    prop::sample::subsequence(
        vec![
            ("verify", "inline"),
            ("consent", "true"),
            ("pause-on-typing", "true"),
            ("lead-in", "0"),
            ("error", "no"),
        ],
        0..=5,
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_order_of_events_breaks_an_invariant(
        attributes in settings(),
        happenings in prop::collection::vec(happening(), 0..60),
    ) {
        let mut browser = Browser::new(&attributes);
        for happening in happenings {
            happen(&mut browser, happening);
        }
    }

    /// From any state, a captcha that is left alone becomes idle, and a reset returns it to the beginning.
    #[test]
    fn a_busy_state_always_ends(
        attributes in settings(),
        happenings in prop::collection::vec(happening(), 0..40),
    ) {
        let mut browser = Browser::new(&attributes);
        for happening in happenings {
            // A sound event that the media element did not really send would never end.
            if !matches!(happening, Happening::Sound(_)) {
                happen(&mut browser, happening);
            }
        }
        for _ in 0..10 {
            if browser.request.is_some() {
                browser.fails(ErrorCode::Timeout);
            }
            browser.pass(20_000);
        }
        prop_assert!(!matches!(
            browser.state(),
            StateName::Loading | StateName::Checking | StateName::Playing
        ), "{:?}", browser.captcha.phase);
        browser.tell(Event::Reset);
        prop_assert_eq!(browser.state(), StateName::Idle);
        prop_assert_eq!(browser.fields().replace("captcha-consent&on", ""), "");
    }

    /// The machine thinks that the digits play if and only if they play.
    #[test]
    fn the_machine_knows_what_sounds(
        happenings in prop::collection::vec(happening(), 0..60),
    ) {
        let mut browser = Browser::new(&[]);
        for happening in happenings {
            // An event that the media element did not send would make the two differ.
            if matches!(happening, Happening::Sound(_) | Happening::Fire(_)) {
                continue;
            }
            happen(&mut browser, happening);
            let speech = browser.moving && browser.clip == crate::browser::Clip::Speech;
            prop_assert!(!speech || browser.state() == StateName::Playing, "{:?}", browser.captcha.phase);
        }
    }
}
