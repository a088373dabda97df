//! Request bodies: small, and soon there.

use super::problem::Problem;
use axum::{
    body::{Bytes, HttpBody},
    extract::{FromRequest, Request},
    http::{StatusCode, header},
};
use core::time::Duration;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use sori_wire::error::ErrorCode;

/// A token or a key with its answer, and the fields of other services' clients that are ignored.
const MAX_BYTES: usize = 16 << 10;
const MAX_TIME: Duration = Duration::from_secs(10);

/// A whole body, and what it says that it is.
#[derive(Debug)]
pub(super) struct SmallBody {
    /// As it came.
    pub content_type: String,
    /// Without parameters, in lower case.
    pub media_type: String,
    pub bytes: Bytes,
}

impl SmallBody {
    pub(super) fn of(content_type: &str, bytes: Bytes) -> Self {
        let media_type = content_type.split(';').next().unwrap_or_default();
        Self {
            content_type: content_type.to_owned(),
            media_type: media_type.trim().to_ascii_lowercase(),
            bytes,
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for SmallBody {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let content_type = request.headers().get(header::CONTENT_TYPE);
        let content_type = content_type.and_then(|value| value.to_str().ok());
        let content_type = content_type.unwrap_or_default().to_owned();
        let too_large = || {
            Problem::new(
                ErrorCode::PayloadTooLarge,
                "The body must not be longer than 16 KiB.",
            )
        };
        // Before a byte of it is asked for: a client that waits for leave to send it (`Expect: 100-continue`) would be
        // given that, and be refused afterwards.
        if request.body().size_hint().lower() > MAX_BYTES as u64 {
            return Err(too_large());
        }
        let body = Limited::new(request.into_body(), MAX_BYTES).collect();
        match tokio::time::timeout(MAX_TIME, body).await {
            Ok(Ok(body)) => Ok(Self::of(&content_type, body.to_bytes())),
            Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
            Ok(Err(_)) => Err(Problem::new(ErrorCode::BadRequest, "The body broke off.")),
            Err(_) => Err(Problem::new(
                ErrorCode::BadRequest,
                "The body did not arrive within 10 seconds.",
            )
            .with_status(StatusCode::REQUEST_TIMEOUT)),
        }
    }
}
