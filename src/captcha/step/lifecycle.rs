//! Attributes that change, the form's reset and submission, and the end of a challenge.

use super::{
    super::{
        event::{Effect, Signal, Timer},
        form,
        message::{Message, SiteText, Words},
        state::{Captcha, Ending, Loading, Phase, Stage, Telling},
    },
    Effects, push,
};
use crate::config::Config;

impl Captcha {
    pub(super) fn configure(&mut self, config: Config, fx: &mut Effects) {
        if config.rate != self.config.rate {
            self.rate = config.rate;
            push(fx, Effect::Tune);
        }
        // A key belongs to the backend that issued it.
        if !config.same_backend(&self.config) && !matches!(self.phase, Phase::Idle) {
            self.drop_challenge(fx);
        }
        self.config = config;
        self.configured = true;
    }

    /// The page has rendered an error of the site's server about the answer.
    pub(super) fn site_error(&mut self, there: bool, fx: &mut Effects) {
        self.has_site_error = there;
        if !there {
            // An error of ours stays: a framework may write the attribute on every render.
            if matches!(self.verdict, Some((Words::Site(SiteText::Error), _))) {
                self.clear_error();
            }
            return;
        }
        self.restore_error(Telling::Described);
        // While the page loads, screen readers read the error anyway.
        if !self.configured {
            return;
        }
        // The error is the verdict on the submitted answer.
        if matches!(self.phase, Phase::Over(Ending::Submitted { .. })) {
            self.end(Ending::Rejected, fx);
            self.restore_error(Telling::Described);
        }
        self.announce_error(fx);
    }

    /// Returns to the beginning and keeps the error of the site's server.
    pub(super) fn reset(&mut self, fx: &mut Effects) {
        self.drop_challenge(fx);
        self.empty_answer(fx);
        self.keep_site_error();
        self.status.clear();
        self.failures = 0;
    }

    pub(super) fn form_reset(&mut self, fx: &mut Effects) {
        self.consented = false;
        if let Phase::Over(Ending::Submitted { resendable }) = &mut self.phase {
            *resendable = true;
            self.keep_site_error();
        } else {
            self.reset(fx);
        }
    }

    fn keep_site_error(&mut self) {
        // React sets the attribute and resets the form in one go. An announcement that is due must survive the reset.
        let due = matches!(self.verdict, Some((_, Telling::Due)));
        self.restore_error(if due {
            Telling::Due
        } else {
            Telling::Described
        });
    }

    /// The key or token was submitted with the form. Only the site knows whether it was used up.
    pub(super) fn submitted(&mut self, fx: &mut Effects) {
        if !form::spends_key(self) {
            return;
        }
        self.stop_sound(fx);
        self.clear_error();
        self.generation += 1;
        self.phase = Phase::Over(Ending::Submitted { resendable: false });
        self.fault = None;
        self.position = 0;
        push(fx, Effect::Unload);
        push(fx, Effect::StopTimer(Timer::Stall));
        push(fx, Effect::StopTimer(Timer::ExpiryWarning));
    }

    /// A page from the back/forward cache still has the form as it was submitted. The site's server may have used up
    /// the key, so the fields are not submitted again.
    pub(super) fn page_restored(&mut self) {
        if let Phase::Over(Ending::Submitted { resendable }) = &mut self.phase {
            *resendable = false;
        }
    }

    /// Drops the challenge and ends whatever was under way. The answer stays.
    pub(super) fn drop_challenge(&mut self, fx: &mut Effects) {
        self.phase = Phase::Idle;
        self.challenge = None;
        self.fault = None;
        self.token.clear();
        self.generation += 1;
        self.position = 0;
        push(fx, Effect::Abort);
        push(fx, Effect::Unload);
        for timer in [
            Timer::Slow,
            Timer::Retry,
            Timer::ExpiryWarning,
            Timer::Expiry,
            Timer::Stall,
            Timer::PausedOutside,
        ] {
            push(fx, Effect::StopTimer(timer));
        }
    }

    /// The key can no longer be used.
    pub(super) fn end(&mut self, ending: Ending, fx: &mut Effects) {
        self.drop_challenge(fx);
        self.phase = Phase::Over(ending);
        self.clear_error();
    }

    pub(super) fn expire(&mut self, fx: &mut Effects) {
        match &mut self.phase {
            // The backend decides about an answer that is being verified.
            Phase::Checking
            | Phase::Verified
            | Phase::Over(Ending::Rejected | Ending::Expired)
            | Phase::Idle => return,
            // The challenge was given up at the submission. Now it cannot be submitted again either.
            Phase::Over(Ending::Submitted { resendable }) => {
                *resendable = false;
                self.challenge = None;
                return;
            }
            // The old key has expired while a new one is requested: the old challenge cannot be used again.
            Phase::Loading(Loading {
                stage: Stage::Key, ..
            }) => {
                self.challenge = None;
                return;
            }
            Phase::Failed if self.challenge.is_none() => return,
            _ => {}
        }
        self.over(fx);
    }

    /// The key has expired, or is used up.
    pub(super) fn over(&mut self, fx: &mut Effects) {
        push(fx, Effect::Pause);
        self.end(Ending::Expired, fx);
        let message = if self.has_something_to_lose() {
            Message::ExpiredClears
        } else {
            Message::Expired
        };
        self.say(message.into(), fx);
        push(fx, Effect::Emit(Signal::Expired));
    }

    pub(super) fn warn_of_expiry(&mut self, fx: &mut Effects) {
        if matches!(self.phase, Phase::Ready(_)) && self.heard {
            self.say(Message::ExpiresSoon.into(), fx);
        }
    }
}
