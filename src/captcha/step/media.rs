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
            Phase::Ready(ready) => {
                if let Playback::LeadIn { at } = ready.playback {
                    push(fx, Effect::Start(at));
                }
            }
            _ => {}
        }
    }

    pub(super) fn playing(&mut self, fx: &mut Effects) {
        match &mut self.phase {
            Phase::Ready(ready) => {
                ready.playback = Playback::Playing;
                self.heard = true;
            }
            // Whatever it is, nobody waits for it any more.
            _ => push(fx, Effect::Pause),
        }
    }

    pub(super) fn ended(&mut self, fx: &mut Effects) {
        let Phase::Ready(ready) = &mut self.phase else {
            return;
        };
        ready.playback = Playback::Still;
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
        let Phase::Ready(ready) = &mut self.phase else {
            return;
        };
        let fault = Fault::from(code);
        if code == ErrorCode::NotAudio {
            // The bytes are of no use; the key's audio may be fetched once more, free of charge.
            let issued = Some(ready.challenge.issued.clone());
            push(fx, Effect::Unload);
            self.phase = Phase::Failed { fault, issued };
        } else {
            ready.playback = Playback::Still;
            ready.fault = Some(fault);
        }
        self.fail(Text::of_error(fault), fx);
    }
}
