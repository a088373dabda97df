//! What the person does.

use super::{
    super::{
        answer,
        event::{By, Effect, Timer},
        form,
        messages::{Message, Text},
        pauses,
        state::{Captcha, Loading, Phase, Playback, Stage, Telling, Verdict},
    },
    Effects, SLOW_MS, push,
};
use crate::{
    config::{MAX_RATE, MIN_RATE, Verify},
    error::ErrorCode,
    text::set,
};

/// Before speech after a button, in ms: the screen reader says the button's new name first.
const LEAD_IN_BUTTON_MS: u32 = 1500;
/// Before speech after a key in the box, in ms.
const LEAD_IN_KEY_MS: u32 = 500;

impl Captcha {
    pub(super) fn toggle(&mut self, by: By, at: u32, fx: &mut Effects) {
        if self.disabled {
            return;
        }
        match &mut self.phase {
            Phase::Checking | Phase::Verified => {}
            // The key is paid for, and its audio is free.
            Phase::Failed if self.challenge.is_some() => {
                self.wait_for(Stage::Audio { retries: 0 }, by, fx);
            }
            Phase::Idle | Phase::Over(_) | Phase::Failed => self.load(by, fx),
            Phase::Loading(loading) if loading.play => self.hush(fx),
            Phase::Loading(loading) => {
                loading.play = true;
                loading.lead_in_over = false;
                let lead_in = self.lead_in(by);
                push(fx, Effect::LeadIn(lead_in));
            }
            Phase::Ready(Playback::Playing | Playback::LeadIn { .. }) => self.hush(fx),
            Phase::Ready(Playback::Still) => self.begin(0, by, fx),
            Phase::Ready(Playback::Paused) => self.begin(at, by, fx),
        }
    }

    pub(super) fn lead_in(&self, by: By) -> u32 {
        self.config.lead_in.unwrap_or(match by {
            By::Button => LEAD_IN_BUTTON_MS,
            By::Key => LEAD_IN_KEY_MS,
        })
    }

    /// From the challenge at hand.
    fn begin(&mut self, at: u32, by: By, fx: &mut Effects) {
        let mut lead_in = self.lead_in(by);
        // Going on after a pause by a key: nothing is said, so nothing has to be waited for.
        if by == By::Key && at > 0 {
            lead_in = 0;
        }
        self.phase = Phase::Ready(Playback::LeadIn { at });
        self.fault = None;
        push(
            fx,
            match lead_in {
                0 => Effect::Start(at),
                _ => Effect::LeadIn(lead_in),
            },
        );
    }

    /// From nothing: this is the act that spends quota.
    fn load(&mut self, by: By, fx: &mut Effects) {
        if self.config.consent && !self.consented {
            self.say(Message::NeedConsent.into(), fx);
            return;
        }
        if !self.config.is_complete() {
            self.unusable(ErrorCode::ConfigError, fx);
            return;
        }
        if !matches!(self.phase, Phase::Ready(_)) {
            self.challenge = None;
        }
        self.wait_for(Stage::Key, by, fx);
    }

    fn wait_for(&mut self, stage: Stage, by: By, fx: &mut Effects) {
        self.generation += 1;
        self.status.clear();
        self.fault = None;
        self.phase = Phase::Loading(Loading {
            stage,
            play: true,
            lead_in_over: false,
            typed: false,
        });
        let lead_in = self.lead_in(by);
        push(fx, Effect::LeadIn(lead_in));
        push(fx, Effect::StartTimer(Timer::Slow, SLOW_MS));
        push(
            fx,
            match stage {
                Stage::Key => Effect::RequestKey,
                Stage::Audio { .. } => Effect::FetchAudio,
            },
        );
    }

    pub(super) fn renew(&mut self, fx: &mut Effects) {
        match self.phase {
            Phase::Loading(_) | Phase::Checking | Phase::Verified => {}
            _ if self.disabled => {}
            _ => self.load(By::Button, fx),
        }
    }

    pub(super) fn back(&mut self, at: u32, fx: &mut Effects) {
        if let Some((starts, from)) = self.position(at) {
            let to = pauses::back(starts, from);
            self.go(to, fx);
        }
    }

    pub(super) fn forward(&mut self, at: u32, length: u32, fx: &mut Effects) {
        if let Some((starts, from)) = self.position(at)
            && let Some(to) = pauses::forward(starts, from, length)
        {
            self.go(to, fx);
        }
    }

    /// Where the digits begin and where the person is, in ms; none where there is nothing to go through.
    fn position(&self, at: u32) -> Option<(&[u32], u32)> {
        let starts = &self.challenge.as_ref()?.sound.starts;
        match self.phase {
            Phase::Ready(Playback::LeadIn { at }) => Some((starts, at)),
            Phase::Ready(_) => Some((starts, at)),
            _ => None,
        }
    }

    fn go(&mut self, to: u32, fx: &mut Effects) {
        if self.disabled {
            return;
        }
        match &mut self.phase {
            Phase::Ready(Playback::Playing) => push(fx, Effect::Seek(to)),
            Phase::Ready(Playback::LeadIn { at }) => *at = to,
            phase => {
                *phase = Phase::Ready(Playback::LeadIn { at: to });
                push(fx, Effect::Start(to));
            }
        }
    }

    pub(super) fn set_rate(&mut self, rate: u32, fx: &mut Effects) {
        self.rate = rate.clamp(MIN_RATE, MAX_RATE);
        push(fx, Effect::Tune);
        push(fx, Effect::Remember);
        // While audio plays the change is heard; announced afterwards it would only be in the way.
        if !self.will_sound() {
            self.say(Text::with(Message::Speed, self.rate), fx);
        }
    }

    pub(super) fn edit(&mut self, answer: &str, fx: &mut Effects) {
        set(&mut self.answer, answer);
        self.odd_answer = false;
        self.forgive();
        if let Phase::Loading(loading) = &mut self.phase {
            loading.typed = true;
        }
        if self.config.pause_on_typing {
            self.hush(fx);
        }
    }

    /// The box was left: a hint on what is in it, once, and never an error.
    pub(super) fn leave(&mut self, fx: &mut Effects) {
        let odd = answer::has_other_than_digits(&answer::normalise(&self.answer));
        if odd && !self.odd_answer {
            self.say(Message::NotDigits.into(), fx);
        }
        self.odd_answer = odd;
        if let Some((_, telling)) = &mut self.verdict {
            *telling = Telling::Described;
        }
    }

    pub(super) fn check(&mut self, fx: &mut Effects) {
        if self.config.verify != Verify::Inline || self.disabled {
            return;
        }
        match self.phase {
            Phase::Ready(_) if !answer::is_empty(&self.answer) => {
                push(fx, Effect::Pause);
                self.generation += 1;
                self.forgive();
                self.status.clear();
                self.fault = None;
                self.phase = Phase::Checking;
                push(fx, Effect::StartTimer(Timer::Slow, SLOW_MS));
                push(fx, Effect::Verify);
            }
            Phase::Checking => {}
            Phase::Verified => self.say(Message::Verified.into(), fx),
            _ => {
                self.point_out(form::missing(self), fx);
            }
        }
    }
}

impl Captcha {
    /// The answer is not complete: said at the box, and there alone.
    pub(super) fn point_out(&mut self, text: Text, fx: &mut Effects) {
        self.hush(fx);
        self.status.hide();
        self.blame(Verdict::Ours(text), fx);
    }
}
