//! Which controls there are, what they are called, and which way on is pointed out.

use super::{
    message::Message,
    part::Part,
    state::{Captcha, Ending, Phase, Playback},
};
use crate::error::ErrorCode;

impl Captcha {
    /// Play's name. It changes at the press, before the lead-in: a press is answered at once.
    #[must_use]
    pub fn play_name(&self) -> Message {
        match self.phase {
            _ if self.will_sound() => Message::Pause,
            Phase::Ready(Playback::Paused { .. } | Playback::Pausing) => Message::Resume,
            Phase::Over(_) => Message::PlayNew,
            _ => Message::Play,
        }
    }

    /// Play's name where a text says what to press.
    #[must_use]
    pub fn play_to_press(&self) -> Message {
        match self.play_name() {
            Message::Pause => Message::Play,
            name => name,
        }
    }

    /// What becomes of the data.
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

    /// The way on where no audio is to be had. The form is never told to go as it is where it needs an answer: the
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

    /// Whether the other way is pointed out before Play.
    #[must_use]
    pub fn way_is_first(&self) -> bool {
        self.fault.is_some_and(|fault| {
            !fault.code.is_retryable()
                || fault.code == ErrorCode::QuotaExceeded
                || self.failures > 1
        })
    }

    /// Whether nothing more is to be typed.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        matches!(self.phase, Phase::Checking | Phase::Verified)
    }

    /// Whether a button does something now. One that does not stays focusable: a natively disabled
    /// button drops the focus in WebKit.
    #[must_use]
    pub fn can_use(&self, part: Part) -> bool {
        match part {
            Part::Play | Part::Check => !self.is_settled(),
            Part::Back | Part::Forward | Part::Renew => matches!(self.phase, Phase::Ready(_)),
            _ => true,
        }
    }

    /// Whether what is in the box is lost when a new audio comes, and the person is to be told.
    pub(super) fn has_something_to_lose(&self) -> bool {
        !super::answer::is_empty(&self.answer)
    }

    /// Whether what went out with the form may go out once more.
    pub(super) fn is_resendable(&self) -> bool {
        matches!(
            self.phase,
            Phase::Over(Ending::Submitted { resendable: true })
        )
    }
}
