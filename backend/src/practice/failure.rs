//! Why the emulator refuses a call. How a dialect words this is elsewhere.

use super::desk::Refusal;

/// See the module's documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    Unauthorised,
    Forbidden,
    Parameters,
    UnknownPath,
    Method,
    System,
    InvalidKey,
    AudioNotIssued,
    QuotaExceeded,
    Throttled,
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::InvalidKey => Self::InvalidKey,
            Refusal::AudioNotIssued => Self::AudioNotIssued,
            Refusal::QuotaExceeded => Self::QuotaExceeded,
        }
    }
}
