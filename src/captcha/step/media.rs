//! What the media element says.

use super::{
    super::{
        event::Effect,
        messages::{Message, Text},
        state::{Captcha, Fault, Phase, Playback},
    },
    Effects, push,
};
use crate::error::ErrorCode;

impl Captcha {
    pub(super) fn lead_in_over(&mut self, fx: &mut Effects) {
        match &mut self.phase {
            Phase::Loading(loading) => loading.lead_in_over = true,
            Phase::Ready(Playback::LeadIn { at }) => push(fx, Effect::Start(*at)),
            _ => {}
        }
    }

    pub(super) fn playing(&mut self, fx: &mut Effects) {
        if matches!(self.phase, Phase::Ready(_)) {
            self.phase = Phase::Ready(Playback::Playing);
            self.heard = true;
        } else {
            // Whatever it is, nobody waits for it any more.
            push(fx, Effect::Pause);
        }
    }

    pub(super) fn ended(&mut self, fx: &mut Effects) {
        if !matches!(self.phase, Phase::Ready(_)) {
            return;
        }
        self.phase = Phase::Ready(Playback::Still);
        self.elapsed = 0;
        // The end was heard; what waited for it was not.
        if self.status.waiting().is_some() {
            return;
        }
        let text = if self.answer.is_empty() {
            Message::EndedType
        } else {
            Message::Ended
        };
        self.say(text.into(), fx);
    }

    pub(super) fn playback_failed(&mut self, code: ErrorCode, fx: &mut Effects) {
        if !matches!(self.phase, Phase::Ready(_)) {
            return;
        }
        let fault = Fault::from(code);
        self.phase = if code == ErrorCode::NotAudio {
            // The bytes are of no use; the key's audio may be fetched once more, free of charge.
            push(fx, Effect::Unload);
            Phase::Failed
        } else {
            Phase::Ready(Playback::Still)
        };
        self.fail(fault, Text::of_error(fault), fx);
    }
}
