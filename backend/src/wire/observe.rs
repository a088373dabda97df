//! Around every request: its id, its line in the log, its place in the metrics, the headers of all answers.
//!
//! The log names the route by its template, never the URI, which may hold a key.

use super::{App, problem::Note};
use crate::secret::{hex, random};
use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use sori_wire::protocol::UPSTREAM_HEADER;
use std::{sync::Arc, time::Instant};
use tracing::Instrument;

/// Ours alone: an id that a visitor sends could forge lines in the log.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub(super) async fn observe(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let id = hex(&random::<8>());
    let method = known(request.method().as_str());
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let route = matched.as_ref().map_or("(none)", MatchedPath::as_str);
    let span = tracing::info_span!("request", id, method, route);
    let started = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let took = started.elapsed();
    let status = response.status().as_u16();
    app.metrics.request(method, route, status, took);

    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let note = response.extensions_mut().remove::<Note>();
    span.in_scope(|| match &note {
        None => tracing::info!(status, ms, "answered"),
        Some(Note { code, cause, .. }) => {
            app.metrics.problem(code.as_str());
            match cause {
                None => tracing::info!(status, ms, code = code.as_str(), "answered"),
                Some(cause) => {
                    tracing::warn!(status, ms, code = code.as_str(), %cause, "answered");
                }
            }
        }
    });

    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    if let Some(retry) = note.and_then(|note| note.retry) {
        let seconds = retry.seconds(app.clock.now());
        if let Ok(seconds) = HeaderValue::from_str(&seconds.to_string()) {
            headers.insert(header::RETRY_AFTER, seconds);
        }
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, id);
    }
    if app.is_practice {
        headers.insert(
            HeaderName::from_static(UPSTREAM_HEADER),
            HeaderValue::from_static("practice"),
        );
    }
    response
}

/// Methods of a visitor's own making would make as many metrics.
fn known(method: &str) -> &'static str {
    match method {
        "GET" => "GET",
        "POST" => "POST",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
