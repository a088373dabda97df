//! The names of the controls, which of them have an effect now, and what a visitor can do when there is no audio.

use super::{
    message::Message,
    part::Part,
    state::{Captcha, Ending, Phase, Playback},
};
use crate::error::ErrorCode;

impl Captcha {
    /// The name of Play. It changes at the press, before the lead-in, so that the press has an immediate effect.
    #[must_use]
    pub fn play_name(&self) -> Message {
        match self.phase {
            _ if self.will_sound() => Message::Pause,
            Phase::Ready(Playback::Paused { .. } | Playback::Pausing) => Message::Resume,
            Phase::Over(_) => Message::PlayNew,
            _ => Message::Play,
        }
    }

    /// The name of Play in a text that says what to press.
    #[must_use]
    pub fn play_to_press(&self) -> Message {
        match self.play_name() {
            Message::Pause => Message::Play,
            name => name,
        }
    }

    /// The text about what happens to the visitor's data.
    #[must_use]
    pub fn notice(&self) -> Message {
        if self.practice {
            Message::NoticePractice
        } else if self.config.consent {
            Message::NoticeConsent
        } else {
            Message::Notice
        }
    }

    /// What to do when there is no audio. A visitor is never told to submit a form that needs an answer: the
    /// site's server refuses it.
    #[must_use]
    pub fn way(&self) -> Message {
        if self.has_way {
            Message::UseAnotherWay
        } else if self.config.required {
            Message::ContactSite
        } else {
            Message::SubmitAsIs
        }
    }

    /// Whether the link to another way is highlighted instead of Play.
    #[must_use]
    pub fn way_is_first(&self) -> bool {
        self.fault.is_some_and(|fault| {
            !fault.code.is_retryable()
                || fault.code == ErrorCode::QuotaExceeded
                || self.failures > 1
        })
    }

    /// Whether the box is read-only.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        matches!(self.phase, Phase::Checking | Phase::Verified)
    }

    /// Whether a button has an effect now. A button without effect stays focusable: a natively disabled
    /// button drops the focus in WebKit.
    #[must_use]
    pub fn can_use(&self, part: Part) -> bool {
        match part {
            Part::Play | Part::Check => !self.is_settled(),
            Part::Back | Part::Forward | Part::Renew => matches!(self.phase, Phase::Ready(_)),
            _ => true,
        }
    }

    /// Whether new audio will clear the box, so that the visitor must be told.
    pub(super) fn has_something_to_lose(&self) -> bool {
        !super::answer::is_empty(&self.answer)
    }

    /// Whether the submitted fields may be submitted again.
    pub(super) fn is_resendable(&self) -> bool {
        matches!(
            self.phase,
            Phase::Over(Ending::Submitted { resendable: true })
        )
    }
}
