//! What must be true after every event.

use sori_captcha::captcha::{
    event::Timer,
    form::{self, Fields},
    part::Part,
    state::{Ending, Focus, Loading, Phase, Stage, StateName},
};

use super::{AGAIN, Browser, Clip};

impl Browser {
    pub(super) fn check(&mut self) {
        for (language, texts) in self.texts.clone().iter().enumerate() {
            for part in [
                Part::Notice,
                Part::Consent,
                Part::Play,
                Part::Back,
                Part::Forward,
                Part::Slower,
                Part::Faster,
                Part::Renew,
                Part::Volume,
                Part::Check,
            ] {
                let label = self.text_in(texts, part);
                assert!(!label.trim().is_empty(), "{part:?} has no label");
                assert!(!label.contains('{'), "{part:?}: {label}");
            }
            let live = self.text_in(texts, Part::Status);
            let announced = self.text_in(texts, Part::Announcement);
            if language == 0 {
                self.hear([live, announced]);
            }
        }
        let settled = matches!(self.captcha.phase, Phase::Checking | Phase::Verified);
        assert_eq!(
            self.shown(Part::Play, "aria-disabled").is_some(),
            settled,
            "Play is unavailable only once nothing is left to do"
        );
        if self.captcha.must_be_silent() {
            let live = self.text(Part::Status);
            assert_eq!(live, "", "the live region is silent while audio plays");
        }
        let described = self.shown(Part::Answer, "aria-describedby");
        if self.captcha.is_sounding() {
            assert_eq!(
                described, None,
                "a description would be read over the digits"
            );
        }
        let described = described.is_some_and(|ids| ids.split(' ').any(|id| id == "error"));
        let in_box = self.captcha.focus == Focus::Answer;
        assert!(
            self.text(Part::Announcement).is_empty() || !described || !in_box,
            "an error would be told twice"
        );
        self.check_what_is_at_hand();
        // After a fault of Sori, the form can still be sent, with the answer or with the code of the fault.
        if let Some(fault) = self.captcha.fault {
            match form::fields(&self.captcha) {
                Fields::Error(code) => {
                    assert_eq!(code, fault.code);
                    assert!(self.is_valid(), "{code} blocks the form");
                }
                Fields::Answer { .. } => {
                    let config = &self.captcha.config;
                    let asks = config.consent && !self.captcha.consented;
                    assert!(self.is_valid() || asks, "{} blocks the form", fault.code);
                }
                other => panic!("{} is submitted as {other:?}", fault.code),
            }
        }
        let busy = matches!(
            self.captcha.state(),
            StateName::Loading | StateName::Checking
        );
        let waits = self.request.is_some() || self.timers[Timer::Retry as usize].is_some();
        assert!(
            !busy || waits,
            "busy, but nothing is under way that could end it"
        );
    }

    /// Reads what the live regions contain now.
    fn hear(&mut self, regions: [String; 2]) {
        for (at, now) in regions.into_iter().enumerate() {
            let before = self.live[at].clone();
            if now != before && !now.is_empty() {
                assert_eq!(before, "", "a live region is emptied before it is written");
                let speaks = self.clip == Clip::Speech && self.moving;
                assert!(!speaks, "spoken over the digits: {now}");
                assert!(!self.captcha.must_be_silent(), "{now}");
                self.last_word = Some(self.clock);
                assert_ne!(now, self.last[at], "Orca drops what it said last");
                self.said.push(now.trim_end_matches(AGAIN).to_owned());
                self.last[at].clone_from(&now);
            }
            self.live[at] = now;
        }
    }

    /// The phase agrees with the other fields of the state.
    fn check_what_is_at_hand(&self) {
        let captcha = &self.captcha;
        let phase = captcha.phase;
        let audio = |loading: Loading| matches!(loading.stage, Stage::Audio { .. });
        match phase {
            Phase::Over(Ending::Submitted { .. }) => {}
            Phase::Idle | Phase::Verified | Phase::Over(_) => {
                assert_eq!(captcha.challenge, None, "{phase:?}");
            }
            Phase::Ready(_) | Phase::Checking => assert!(captcha.challenge.is_some(), "{phase:?}"),
            Phase::Loading(loading) if audio(loading) => {
                assert!(captcha.challenge.is_some(), "{phase:?}");
            }
            Phase::Loading(_) | Phase::Failed => {}
        }
        let submitted = matches!(phase, Phase::Over(Ending::Submitted { .. }));
        assert!(submitted || captcha.token.is_empty() == (phase != Phase::Verified));
        match phase {
            Phase::Failed => assert!(captcha.fault.is_some()),
            Phase::Ready(_) => {}
            _ => assert_eq!(captcha.fault, None, "{phase:?}"),
        }
    }
}
