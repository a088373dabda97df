//! What the visitor types, and how it is verified.

use super::{
    super::{
        answer,
        event::{Effect, Signal, Timer},
        form,
        message::{Message, Words},
        state::{Captcha, Ending, Focus, Phase, Stage, Telling},
    },
    Effects, SLOW_MS, push,
};
use crate::{config::Verify, text::set};

impl Captcha {
    pub(super) fn edit(&mut self, answer: &str, fx: &mut Effects) {
        set(&mut self.answer, answer);
        self.odd_answer = false;
        self.clear_error();
        if self.config.pause_on_typing {
            self.stop_sound(fx);
        }
    }

    pub(super) fn empty_answer(&mut self, fx: &mut Effects) {
        self.answer.clear();
        self.odd_answer = false;
        push(fx, Effect::ClearAnswer);
    }

    pub(super) fn move_focus(&mut self, to: Focus, fx: &mut Effects) {
        let from = core::mem::replace(&mut self.focus, to);
        if from == Focus::Answer && to != from {
            self.leave_answer(fx);
        }
        let about = self.error_at();
        if from != to && (about == Some(from) || about == Some(to)) {
            self.describe_error();
        }
    }

    /// The focus left the box. The visitor may get a hint about the answer, once, and never an error.
    fn leave_answer(&mut self, fx: &mut Effects) {
        let odd = answer::has_other_than_digits(&answer::normalise(&self.answer));
        if odd && !self.odd_answer {
            self.say(Message::NotDigits.into(), fx);
        }
        self.odd_answer = odd;
    }

    pub(super) fn check(&mut self, fx: &mut Effects) {
        if self.config.verify != Verify::Inline || self.disabled {
            return;
        }
        match self.phase {
            Phase::Ready(_) if !answer::is_empty(&self.answer) && !self.misses_consent() => {
                self.stop_sound(fx);
                self.generation += 1;
                self.clear_error();
                self.status.clear();
                self.fault = None;
                self.phase = Phase::Checking;
                push(fx, Effect::StopTimer(Timer::Stall));
                push(fx, Effect::StartTimer(Timer::Slow, SLOW_MS));
                push(fx, Effect::Verify);
            }
            Phase::Checking => {}
            Phase::Verified => self.say(Message::Verified.into(), fx),
            _ => {
                let message = form::missing(self);
                self.point_to(Words::Ours(message.into()), fx);
            }
        }
    }

    /// Validation of the form found the element invalid.
    pub(super) fn invalid(&mut self, first: bool, fx: &mut Effects) {
        let Some((_, words)) = form::flaw(self) else {
            return;
        };
        if first {
            self.point_to(words, fx);
        } else {
            // The focus goes to another field, and the visitor hears about that field.
            self.verdict = Some((words, Telling::Described));
            self.status.hide();
        }
    }

    /// The site's server rejected the answer.
    pub(super) fn reject(&mut self, words: Words, fx: &mut Effects) {
        match &self.phase {
            // What was judged is the answer to the last audio. The visitor has asked for a new one already.
            Phase::Loading(loading) if loading.stage == Stage::Key => self.challenge = None,
            Phase::Loading(_) => {}
            _ => self.end(Ending::Rejected, fx),
        }
        self.status.clear();
        self.show_error(words, fx);
        push(fx, Effect::Emit(Signal::Rejected));
    }

    pub(super) fn judged(&mut self, token: Option<&str>, fx: &mut Effects) {
        if !matches!(self.phase, Phase::Checking) {
            return;
        }
        match token {
            Some(token) => {
                self.drop_challenge(fx);
                self.phase = Phase::Verified;
                set(&mut self.token, token);
                self.say(Message::Verified.into(), fx);
                push(fx, Effect::Emit(Signal::Verified));
            }
            None => {
                self.end(Ending::Rejected, fx);
                self.status.clear();
                // The box is emptied now, and the visitor is told: a new audio would empty it later.
                self.empty_answer(fx);
                self.show_error_soon(Words::Ours(Message::WrongCleared.into()), fx);
                push(fx, Effect::Emit(Signal::Rejected));
            }
        }
    }
}
