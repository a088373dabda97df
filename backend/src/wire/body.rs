//! Request bodies: they must be small and arrive quickly.

use super::problem::Problem;
use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{FromRequest, Request},
    http::{StatusCode, header},
};
use core::time::Duration;
use http_body_util::BodyExt;
use sori_wire::error::ErrorCode;

/// Enough for a token, or a key with its answer, and for the ignored fields of other services' clients.
const MAX_BYTES: usize = 16 << 10;
/// How much of a body that is too large is read and thrown away. If a connection closes with unread bytes, it is
/// reset, and the client may then lose the reply.
const DROPPED_BYTES: usize = 1 << 20;
const DROP_TIME: Duration = Duration::from_secs(1);
const MAX_TIME: Duration = Duration::from_secs(10);

/// A complete body with its declared type.
#[derive(Debug)]
pub(super) struct SmallBody {
    /// The `Content-Type` header, unchanged.
    pub content_type: String,
    /// The media type alone, in lower case and without parameters.
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
        // A client that waits for permission to send the body (`Expect: 100-continue`) would get the permission at
        // the first read and be refused afterwards.
        let declared = request.body().size_hint().lower();
        let waits = request.headers().contains_key(header::EXPECT);
        if declared > DROPPED_BYTES as u64 || (waits && declared > MAX_BYTES as u64) {
            return Err(too_large());
        }
        match tokio::time::timeout(MAX_TIME, read(request.into_body())).await {
            Ok(Ok(Some(bytes))) => Ok(Self::of(&content_type, bytes)),
            Ok(Ok(None)) => Err(too_large()),
            Ok(Err(_)) => Err(Problem::new(ErrorCode::BadRequest, "The body broke off.")),
            Err(_) => Err(Problem::new(
                ErrorCode::BadRequest,
                "The body did not arrive within 10 seconds.",
            )
            .with_status(StatusCode::REQUEST_TIMEOUT)),
        }
    }
}

/// The body; `None` if it is too large.
async fn read(mut body: Body) -> Result<Option<Bytes>, axum::Error> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else {
            continue;
        };
        if bytes.len() + data.len() > MAX_BYTES {
            // Whether all of it arrived makes no difference to the reply.
            let _ = tokio::time::timeout(DROP_TIME, drop_rest(body)).await;
            return Ok(None);
        }
        bytes.extend_from_slice(&data);
    }
    Ok(Some(bytes.into()))
}

async fn drop_rest(mut body: Body) {
    let mut dropped = 0;
    while let Some(Ok(frame)) = body.frame().await {
        dropped += frame.data_ref().map_or(0, Bytes::len);
        if dropped > DROPPED_BYTES {
            break;
        }
    }
}
