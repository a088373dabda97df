//! Form association: which fields the captcha submits, and whether it is valid.
//!
//! A fault of the service never blocks the form. The element is then valid and submits the error's code, which the
//! site's server treats as unverified.

use super::{
    answer,
    message::{Message, SiteText, Words},
    state::{Captcha, Ending, Phase},
};
use crate::{config::Verify, error::ErrorCode, names::names, protocol::join_response, text::join};

/// What is submitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fields<'a> {
    /// Nothing.
    None,
    /// `NAME-key`, `NAME-answer` and `NAME-response`.
    Answer {
        /// The key.
        key: &'a str,
        /// The normalised answer.
        answer: String,
    },
    /// `NAME-response`: a token.
    Token(&'a str),
    /// `NAME-error`.
    Error(ErrorCode),
}

names! {
    /// The flag of `ValidityState` that holds.
    pub enum Flaw in flaw_names {
        /// There is no answer.
        Missing = "valueMissing",
        /// There is an answer that was not checked, or the page set a custom error.
        Custom = "customError",
    }
}

/// The form fields, except the consent.
#[must_use]
pub fn fields(captcha: &Captcha) -> Fields<'_> {
    if let Some(code) = excused(captcha) {
        return Fields::Error(code);
    }
    match (captcha.phase, &captcha.challenge) {
        _ if has_token(captcha) => Fields::Token(&captcha.token),
        (_, Some(challenge)) if has_answer(captcha) => Fields::Answer {
            key: challenge.issued.key.as_str(),
            answer: answer::normalise(&captcha.answer),
        },
        _ => Fields::None,
    }
}

/// Whether there is a token that the form sends.
fn has_token(captcha: &Captcha) -> bool {
    !captcha.token.is_empty()
        && (matches!(captcha.phase, Phase::Verified) || captcha.is_resendable())
}

/// Whether there is an answer that the form sends without a token (form mode).
fn has_answer(captcha: &Captcha) -> bool {
    (matches!(captcha.phase, Phase::Ready(_)) || captcha.is_resendable())
        && captcha.challenge.is_some()
        && captcha.config.verify == Verify::Form
        && !answer::is_empty(&captcha.answer)
}

/// Whether the submitted fields use up the key.
pub(super) fn spends_key(captcha: &Captcha) -> bool {
    excused(captcha).is_none() && (has_token(captcha) || has_answer(captcha))
}

/// The fields by name, with their values. Without a `name` there are none, as for a native field.
#[must_use]
pub fn entries(captcha: &Captcha) -> Vec<(String, String)> {
    let name = captcha.config.name.as_str();
    let mut entries = Vec::new();
    if name.is_empty() {
        return entries;
    }
    let mut field = |suffix: &str, value: &[&str]| {
        entries.push((join(&[name, suffix]), join(value)));
    };
    match &fields(captcha) {
        Fields::None => {}
        Fields::Answer { key, answer } => {
            field("-key", &[key]);
            field("-answer", &[answer]);
            field("-response", &[&join_response(key, answer)]);
        }
        Fields::Token(token) => field("-response", &[token]),
        Fields::Error(code) => field("-error", &[code.as_str()]),
    }
    if captcha.config.consent && captcha.consented {
        field("-consent", &["on"]);
    }
    entries
}

/// The fault that lets the form be submitted: a fault of the service, with no answer to submit.
fn excused(captcha: &Captcha) -> Option<ErrorCode> {
    let fault = captcha.fault?;
    // An answer to audio that was never heard can only be wrong, and would use up a verification.
    (!captcha.heard || !has_answer(captcha)).then_some(fault.code)
}

/// What makes the element invalid, and the message about it.
#[must_use]
pub fn flaw(captcha: &Captcha) -> Option<(Flaw, Words)> {
    if captcha.custom_validity {
        return Some((Flaw::Custom, Words::Site(SiteText::Validity)));
    }
    if !captcha.config.required || has_token(captcha) || excused(captcha).is_some() {
        return None;
    }
    if !captcha.misses_consent() && has_answer(captcha) {
        return None;
    }
    let message = missing(captcha);
    let flaw = if message == Message::NeedCheck {
        Flaw::Custom
    } else {
        Flaw::Missing
    };
    Some((flaw, Words::Ours(message.into())))
}

/// What is missing before the answer can be sent.
pub(super) fn missing(captcha: &Captcha) -> Message {
    let empty = answer::is_empty(&captcha.answer);
    match captcha.phase {
        _ if captcha.misses_consent() => Message::NeedConsent,
        Phase::Idle | Phase::Failed if captcha.offers_keys() => Message::NeedPlay,
        Phase::Idle | Phase::Failed => Message::NeedPlayNoKeys,
        Phase::Over(Ending::Submitted { resendable: true }) if empty => Message::NeedAnswer,
        Phase::Over(Ending::Submitted { .. }) => Message::Submitted,
        Phase::Over(_) => Message::NeedNew,
        Phase::Loading(_) => Message::NeedAnswer,
        _ if empty => Message::NeedAnswer,
        _ => Message::NeedCheck,
    }
}
