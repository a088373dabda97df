//! The description of the answer box (`aria-describedby`).
//!
//! It never grows while the box has the focus: JAWS and NVDA read a description that changes then, while the visitor is
//! typing (<https://github.com/w3c/aria/issues/1707>).

use super::{
    message::{Message, Words},
    part::Description,
    state::{Captcha, Ending, Focus, Phase},
};

impl Description {
    /// The description of the box when it gets the focus.
    pub(super) fn of(captcha: &Captcha) -> Self {
        if captcha.will_sound() || captcha.is_sounding() {
            Self::Nothing
        } else if captcha.error_at() == Some(Focus::Answer) {
            Self::Error
        } else if captcha.status.shown().is_some_and(|it| holds(it.message)) {
            Self::Status
        } else if hint(captcha).is_some() && (captcha.answer.is_empty() || is_over(captcha)) {
            Self::Hint
        } else {
            Self::Page
        }
    }

    /// The description while the box has the focus: it may shrink but not grow.
    pub(super) fn shrunk_to(self, wanted: Self) -> Self {
        match (self, wanted) {
            (Self::Nothing, _) | (_, Self::Nothing) => Self::Nothing,
            _ if self == wanted => self,
            _ => Self::Page,
        }
    }
}

impl Captcha {
    /// The control that has the error; `None` without an error.
    pub(super) fn error_at(&self) -> Option<Focus> {
        Some(match self.verdict.as_ref()?.0 {
            Words::Ours(text) if text.message == Message::NeedConsent => Focus::Consent,
            _ => Focus::Answer,
        })
    }
}

/// The line under the box: what to do first, or what the visitor must know before anything else.
#[must_use]
pub fn hint(captcha: &Captcha) -> Option<Message> {
    match captcha.phase {
        Phase::Idle if captcha.offers_keys() => Some(Message::Instruction),
        Phase::Idle => Some(Message::InstructionNoKeys),
        Phase::Over(Ending::Submitted { .. }) => Some(Message::Submitted),
        Phase::Verified => Some(Message::VerifiedShort),
        _ => None,
    }
}

/// Whether the hint is about the answer that is already in the box.
fn is_over(captcha: &Captcha) -> bool {
    matches!(captcha.phase, Phase::Over(_) | Phase::Verified)
}

/// Whether an announcement is still true when the visitor comes to the box later.
fn holds(message: Message) -> bool {
    use Message as M;
    !matches!(
        message,
        M::Loading
            | M::Ended
            | M::EndedKeys
            | M::EndedType
            | M::EndedTypeBefore
            | M::EndedTypeBox
            | M::EndedNew
            | M::EndedNewBox
            | M::BoxCleared
            | M::Speed
            | M::SpeedSlowest
            | M::SpeedFastest
            | M::Checking
            | M::Verified
            | M::NotDigits
            | M::ExpiresSoon
            | M::NeedConsent
    )
}
