//! How the visitor learns about an error in the answer or a fault of the service.

use super::{
    super::{
        event::{Effect, Signal, Timer},
        message::{Message, Text, Words},
        part::Description,
        state::{Captcha, Fault, Focus, Phase, Telling},
        status::PAUSE_MS,
    },
    Effects, push,
};
use crate::error::ErrorCode;

/// If the focus can wait, it moves to the box this long after the description of the box has changed, in ms. Orca reads
/// a description twice if it changes together with the focus.
const FOCUS_MS: u32 = 100;

impl Captcha {
    /// Keeps the description of the box up to date. While the box has the focus, the description only shrinks.
    pub(super) fn describe(&mut self) {
        let wanted = Description::of(self);
        self.description = if self.focus == Focus::Answer {
            self.description.shrunk_to(wanted)
        } else {
            wanted
        };
    }

    /// Something is missing before the answer can be submitted. It is reported only at the control where it is missing.
    pub(super) fn point_to(&mut self, words: Words, fx: &mut Effects) {
        self.stop_sound(fx);
        self.status.hide();
        self.show_error(words, fx);
    }

    /// Reports an error in one way only. If the focus is on the control with the error, the visitor hears an
    /// announcement. Otherwise the focus moves there at once, as with a native field, and the visitor hears the
    /// description.
    pub(super) fn show_error(&mut self, words: Words, fx: &mut Effects) {
        if self.set_error(words, fx) {
            self.focus_error(fx);
        }
    }

    /// The same, but the focus moves a moment later.
    pub(super) fn show_error_soon(&mut self, words: Words, fx: &mut Effects) {
        if self.set_error(words, fx) {
            push(fx, Effect::StartTimer(Timer::Focus, FOCUS_MS));
        }
    }

    /// Sets the error. Returns whether the focus must move.
    fn set_error(&mut self, words: Words, fx: &mut Effects) -> bool {
        self.verdict = Some((words, Telling::Described));
        let elsewhere = self.error_at() != Some(self.focus);
        if !elsewhere {
            self.announce_error(fx);
        }
        elsewhere
    }

    pub(super) fn announce_error(&mut self, fx: &mut Effects) {
        if let Some((_, telling)) = &mut self.verdict {
            *telling = Telling::Due;
            // The text of the description has changed. A screen reader whose focus is in the box would read it too.
            if self.focus == Focus::Answer && self.description == Description::Error {
                self.description = Description::Page;
            }
            push(fx, Effect::StartTimer(Timer::Announce, PAUSE_MS));
        }
    }

    pub(super) fn describe_error(&mut self) {
        if let Some((_, telling)) = &mut self.verdict {
            *telling = Telling::Described;
        }
    }

    pub(super) fn focus_error(&mut self, fx: &mut Effects) {
        match self.error_at() {
            Some(Focus::Consent) => push(fx, Effect::FocusConsent),
            Some(_) => push(fx, Effect::FocusAnswer),
            None => {}
        }
    }

    /// Nothing is wrong with the answer any more.
    #[inline(never)]
    pub(super) fn clear_error(&mut self) {
        self.verdict = None;
    }

    /// The live regions have been empty long enough.
    pub(super) fn announce(&mut self) {
        let silent = self.must_be_silent();
        self.status.write(silent);
        if let Some((_, telling @ Telling::Due)) = &mut self.verdict {
            if silent {
                *telling = Telling::Described;
            } else {
                *telling = Telling::Announced;
                self.turn = !self.turn;
            }
        }
    }

    /// A request or the sound failed. The caller has set the phase already.
    pub(super) fn fail(&mut self, fault: Fault, text: Text, fx: &mut Effects) {
        self.fault = Some(fault);
        self.failures = self.failures.saturating_add(1);
        push(fx, Effect::Pause);
        push(fx, Effect::StopTimer(Timer::Slow));
        push(fx, Effect::StopTimer(Timer::Stall));
        // One message at a time: this fault comes before the error in the answer.
        self.clear_error();
        self.say(text, fx);
        push(fx, Effect::Emit(Signal::Error));
    }

    pub(super) fn unusable(&mut self, code: ErrorCode, fx: &mut Effects) {
        self.phase = Phase::Failed;
        self.challenge = None;
        let fault = code.into();
        self.fail(fault, self.text_of(fault), fx);
    }

    /// What the visitor is told about a fault.
    pub(super) fn text_of(&self, fault: Fault) -> Text {
        let again = self.failures > 0;
        match Text::of_error(fault.code, fault.retry_after) {
            // The same advice a second time would not help.
            Text {
                message: Message::Unavailable | Message::Timeout | Message::NetworkError,
                ..
            } if again => Message::StillUnavailable.into(),
            text => text,
        }
    }
}
