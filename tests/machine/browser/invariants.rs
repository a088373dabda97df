//! What holds after every event, whatever it was.

use sori_captcha::{
    captcha::{
        event::Timer,
        form::{self, Fields},
        state::{Ending, Focus, Loading, Phase, Stage, StateName},
        status::AGAIN,
        template::Part,
        view::{Surroundings, View},
    },
    locale::Locale,
};

use super::{Browser, Clip};

impl Browser {
    pub(super) fn check(&mut self) {
        let around = Surroundings::default();
        for catalog in &self.catalogs {
            let view = View::of(&self.captcha, catalog, &around);
            for part in [
                Part::Label,
                Part::Notice,
                Part::ConsentText,
                Part::PlayText,
                Part::Back,
                Part::Forward,
                Part::Slower,
                Part::Faster,
                Part::Renew,
                Part::VolumeText,
                Part::Check,
            ] {
                let label = view.get(part, "").unwrap_or_default();
                assert!(!label.trim().is_empty(), "{part:?} has no label");
                assert!(!label.contains("{}"), "{part:?}: {label}");
            }
            let settled = matches!(self.captcha.phase, Phase::Checking | Phase::Verified);
            assert_eq!(
                view.get(Part::Play, "aria-disabled").is_some(),
                settled,
                "Play is unavailable only once nothing is left to do"
            );
            let live = view.get(Part::Status, "").unwrap_or_default();
            if self.captcha.must_be_silent() {
                assert_eq!(live, "", "the live region is silent while audio plays");
            }
            if self.captcha.is_sounding() {
                assert_eq!(
                    view.get(Part::Answer, "aria-describedby"),
                    None,
                    "a description would be read over the digits"
                );
            }
            let described = view
                .get(Part::Answer, "aria-describedby")
                .is_some_and(|ids| ids.split(' ').any(|id| id == "error"));
            let announced = view.get(Part::Announcement, "").unwrap_or_default();
            let in_box = self.captcha.focus == Focus::Answer;
            assert!(
                announced.is_empty() || !described || !in_box,
                "an error would be told twice"
            );
            if catalog.locale == Locale::English {
                let regions = [live, announced];
                let kept = self.live.iter_mut().zip(&mut self.last);
                for (now, (before, last)) in regions.into_iter().zip(kept) {
                    if now != before.as_str() && !now.is_empty() {
                        assert_eq!(before, "", "a live region is emptied before it is written");
                        let speaks = self.clip == Clip::Speech && self.moving;
                        assert!(!speaks, "spoken over the digits: {now}");
                        assert!(!self.captcha.must_be_silent(), "{now}");
                        self.last_word = Some(self.clock);
                        assert_ne!(now, last.as_str(), "Orca drops what it said last");
                        *last = now.to_owned();
                        self.said.push(now.trim_end_matches(AGAIN).to_owned());
                    }
                    *before = now.to_owned();
                }
            }
        }
        self.check_what_is_at_hand();
        // A fault of ours: what is at hand can be sent, and it says why it is not more.
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
    /// The phase and what stands beside it agree.
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
