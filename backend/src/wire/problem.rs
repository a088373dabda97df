//! Error replies: problem documents (RFC 9457) with a code from the closed list.

use crate::{
    book::KeyRefusal,
    limit::{Refused, Scope},
    store::{Refusal, Unavailable},
    upstream::{Failure, HeldBack},
};
use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use core::time::Duration;
use sori_wire::{error::ErrorCode, protocol::PROBLEM_JSON};
use std::sync::Arc;

/// An error reply. Its cause is only for the log.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    /// The error code.
    pub code: ErrorCode,
    /// The status of the reply.
    pub status: StatusCode,
    /// The message.
    pub detail: &'static str,
    wait: Option<Duration>,
    cause: Option<String>,
    limit: Option<Refused>,
}

/// What the middleware needs to know about a problem, to log it once and to set `Retry-After`. It is in the
/// extensions of the reply.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    /// The error code.
    pub code: ErrorCode,
    /// What it was, for the operator.
    pub cause: Option<Arc<str>>,
    /// How long to wait before another try.
    pub wait: Option<Duration>,
    /// The limit that refused.
    pub limit: Option<Refused>,
}

/// After a fault of the upstream: long enough not to overload it, short enough for a person who waits.
const SHORTLY: Duration = Duration::from_secs(5);

impl Problem {
    /// A problem with its usual status and without `Retry-After`.
    #[must_use]
    pub(crate) fn new(code: ErrorCode, detail: &'static str) -> Self {
        Self {
            code,
            status: status(code),
            detail,
            wait: None,
            cause: None,
            limit: None,
        }
    }

    /// The same problem with another status.
    #[must_use]
    pub(crate) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// The same problem with its cause, for the log.
    #[must_use]
    pub(crate) fn because(self, cause: impl core::fmt::Display) -> Self {
        let cause = Some(cause.to_string());
        Self { cause, ..self }
    }

    /// The same problem with a time to wait.
    #[must_use]
    pub(crate) fn after(self, wait: Duration) -> Self {
        let wait = Some(wait);
        Self { wait, ..self }
    }

    /// How long to wait before another try, if that is known.
    #[must_use]
    pub(crate) fn wait(&self) -> Option<Duration> {
        self.wait
    }

    /// What the middleware needs.
    #[must_use]
    pub(crate) fn note(self) -> Note {
        Note {
            code: self.code,
            cause: self.cause.map(Arc::from),
            wait: self.wait,
            limit: self.limit,
        }
    }
}

/// The value of `Retry-After`. It is rounded up, because a request that comes a moment too early would be refused
/// again.
#[must_use]
pub(crate) fn retry_after(wait: Duration) -> u128 {
    wait.as_millis().div_ceil(1000).max(1)
}

/// The status for each code. The codes of the widget are never sent.
#[must_use]
pub(crate) fn status(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::QuotaExceeded | ErrorCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::InvalidKey => StatusCode::NOT_FOUND,
        ErrorCode::AudioNotIssued => StatusCode::CONFLICT,
        ErrorCode::UpstreamRejected => StatusCode::BAD_GATEWAY,
        ErrorCode::BadRequest => StatusCode::BAD_REQUEST,
        ErrorCode::OriginNotAllowed => StatusCode::FORBIDDEN,
        ErrorCode::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::json!({
            "type": "about:blank",
            "title": self.status.canonical_reason(),
            "status": self.status.as_u16(),
            "code": self.code.as_str(),
            "detail": self.detail,
        });
        let mut response = (self.status, Body::from(body.to_string())).into_response();
        let media_type = HeaderValue::from_static(PROBLEM_JSON);
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, media_type);
        response.extensions_mut().insert(self.note());
        response
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Limited(refused) => refused.into(),
            Refusal::Exhausted { wait } => Self::new(
                ErrorCode::QuotaExceeded,
                "The day's calls to the upstream are spent, or reserved for keys already issued.",
            )
            .after(wait),
            Refusal::Key(refusal) => refusal.into(),
            // Only siteverify deals with tokens, and it has its own error codes.
            Refusal::Token(_) => Self::new(ErrorCode::BadRequest, "The token is not valid."),
            Refusal::Unavailable(error) => error.into(),
        }
    }
}

impl From<Unavailable> for Problem {
    fn from(error: Unavailable) -> Self {
        Self::new(
            ErrorCode::StoreUnavailable,
            "The backend cannot keep its count at the moment.",
        )
        .after(SHORTLY)
        .because(error)
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        let detail = match refused.scope {
            Scope::Client | Scope::Network => {
                "Too many challenges were asked for from this address."
            }
            Scope::Session => "Too many challenges were asked for with this ticket's session.",
            Scope::Site => "Too many challenges were asked for by all visitors together.",
        };
        let limit = Some(refused);
        let problem = Self::new(ErrorCode::RateLimited, detail).after(refused.wait);
        Self { limit, ..problem }
    }
}

impl From<KeyRefusal> for Problem {
    fn from(refusal: KeyRefusal) -> Self {
        let invalid = |detail| Self::new(ErrorCode::InvalidKey, detail);
        match refusal {
            KeyRefusal::Unknown => invalid("The key is unknown here. Issue a new one."),
            KeyRefusal::Expired => invalid("The key has expired. Issue a new one."),
            KeyRefusal::Used => invalid("The key has been used. Issue a new one."),
            KeyRefusal::Overfetched => {
                invalid("The key's audio was fetched too often. Issue a new one.")
            }
            KeyRefusal::Unheard => Self::new(
                ErrorCode::AudioNotIssued,
                "The key's audio was never fetched, so its answer cannot be judged.",
            ),
        }
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Busy | Failure::NotSent | Failure::Unavailable => unavailable().after(SHORTLY),
            Failure::Exhausted => Self::new(
                ErrorCode::QuotaExceeded,
                "The upstream's calls for the day are spent.",
            ),
            Failure::Throttled { .. } => Self::new(
                ErrorCode::RateLimited,
                "The upstream is asked too often at the moment. Try again in some seconds.",
            )
            .after(SHORTLY),
            Failure::Rejected => Self::new(
                ErrorCode::UpstreamRejected,
                "The upstream refused this backend's credentials or permissions.",
            ),
            Failure::Withdrawn => Self::new(
                ErrorCode::UpstreamRejected,
                "The upstream does not offer the audio captcha at the address that is set.",
            ),
            Failure::InvalidKey => Self::new(
                ErrorCode::InvalidKey,
                "The upstream does not know the key any more. Issue a new one.",
            ),
            Failure::Unheard => KeyRefusal::Unheard.into(),
        }
    }
}

impl From<HeldBack> for Problem {
    fn from(held_back: HeldBack) -> Self {
        match held_back {
            HeldBack::Failing(wait) => unavailable().after(wait),
            HeldBack::Throttled(wait) => {
                Self::from(Failure::Throttled { explained: true }).after(wait)
            }
        }
    }
}

/// The upstream cannot be reached or failed.
#[must_use]
pub(crate) fn unavailable() -> Problem {
    Problem::new(
        ErrorCode::UpstreamUnavailable,
        "The upstream cannot be reached or failed.",
    )
}
