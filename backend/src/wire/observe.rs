//! Middleware around every request: its id, its line in the log, its metrics, and the headers that all replies have.
//!
//! The log contains the route's template and never the URI, which may contain a key.

use super::{
    App,
    origin::only,
    problem::{Note, retry_after},
    traces,
};
use crate::secret::{hex, random};
use axum::{
    extract::{ConnectInfo, MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use sori_wire::protocol::UPSTREAM_HEADER;
use std::{
    net::SocketAddr,
    sync::{Arc, atomic::Ordering},
    time::Instant,
};
use tracing::{Instrument, Span};

/// Replies contain only our own id, because an id from a visitor could forge lines in the log.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACE_PARENT: HeaderName = HeaderName::from_static("traceparent");
const ID_MAX_BYTES: usize = 64;

pub(super) async fn observe(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let id = hex(&random::<8>());
    let method = known(request.method().as_str());
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let route = matched.as_ref().map_or("(none)", MatchedPath::as_str);
    let trace = trace_id(request.headers());
    let proxy_id = proxy_id(&app, &request);
    let traced = traces::request(method, route, request.headers());
    let span =
        traced.in_scope(|| tracing::info_span!("request", id, method, route, trace, proxy_id));
    let mut watch = Watch {
        app: &app,
        route,
        span: &span,
        answered: false,
    };
    let started = Instant::now();
    let answered = next.run(request).instrument(span.clone());
    let mut response = answered.instrument(traced.clone()).await;
    watch.answered = true;
    let took = started.elapsed();
    let status = response.status().as_u16();
    app.metrics.request(method, route, status, took);
    // A client's mistake does not count as an error of the server.
    traces::judged(&traced, status, 500);

    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let note = response.extensions_mut().remove::<Note>();
    traced.in_scope(|| span.in_scope(|| report(&app, status, ms, note.as_ref())));

    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    if let Some(wait) = note.and_then(|note| note.wait)
        && let Ok(seconds) = HeaderValue::from_str(&retry_after(wait).to_string())
    {
        headers.insert(header::RETRY_AFTER, seconds);
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
    // New connections should go to another instance before the listener closes.
    if app.stopping.load(Ordering::Relaxed) {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

fn report(app: &App, status: u16, ms: u64, note: Option<&Note>) {
    let Some(note) = note else {
        tracing::info!(status, ms, "answered");
        return;
    };
    let code = note.code.as_str();
    app.metrics.problem(code);
    if let Some(refused) = &note.limit {
        app.metrics.limited(refused);
        app.warnings.limited(refused);
    }
    let limit = note.limit.map(|refused| refused.to_string());
    match &note.cause {
        None => tracing::info!(status, ms, code, limit, "answered"),
        Some(cause) => tracing::warn!(status, ms, code, limit, %cause, "answered"),
    }
}

/// If a client leaves, its request's future is dropped, and this with it.
struct Watch<'a> {
    app: &'a App,
    route: &'a str,
    span: &'a Span,
    answered: bool,
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if !self.answered {
            self.app.metrics.cancelled(self.route);
            self.span
                .in_scope(|| tracing::info!("the client left before the answer"));
        }
    }
}

/// A visitor could invent any number of methods, and each would make another metric.
fn known(method: &str) -> &'static str {
    match method {
        "GET" => "GET",
        "POST" => "POST",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

/// The id of the trace that the request belongs to (https://www.w3.org/TR/trace-context/).
fn trace_id(headers: &HeaderMap) -> Option<&str> {
    let parent = only(headers, &TRACE_PARENT)?;
    let mut parts = parent.split('-');
    let (version, trace, span) = (parts.next()?, parts.next()?, parts.next()?);
    let flags = parts.next()?;
    let is_hex = |text: &str, length: usize| {
        let lower = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        text.len() == length && text.bytes().all(lower)
    };
    let well_formed =
        is_hex(version, 2) && is_hex(trace, 32) && is_hex(span, 16) && is_hex(flags, 2);
    let last = version != "00" || parts.next().is_none();
    let is_id =
        version != "ff" && trace.bytes().any(|b| b != b'0') && span.bytes().any(|b| b != b'0');
    (well_formed && last && is_id).then_some(trace)
}

/// The id that a trusted proxy gave the request. A visitor could send any id, so ids from others are ignored.
fn proxy_id<'a>(app: &App, request: &'a Request) -> Option<&'a str> {
    let ConnectInfo(peer) = request.extensions().get::<ConnectInfo<SocketAddr>>()?;
    let peer = peer.ip().to_canonical();
    let id = only(request.headers(), &REQUEST_ID)?;
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.=+/:".contains(&b);
    let fits = (1..=ID_MAX_BYTES).contains(&id.len()) && id.bytes().all(plain);
    let trusted = app.trusted_proxies.iter().any(|net| net.contains(&peer));
    (fits && trusted).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn trace(parent: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(TRACE_PARENT, HeaderValue::from_str(parent).ok()?);
        trace_id(&headers).map(str::to_owned)
    }

    #[test]
    fn a_trace_is_known_by_a_well_formed_parent_alone() {
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        for good in [
            format!("00-{id}-00f067aa0ba902b7-01"),
            format!("01-{id}-00f067aa0ba902b7-01-later"),
        ] {
            assert_eq!(trace(&good).as_deref(), Some(id));
        }
        for bad in [
            String::new(),
            id.to_owned(),
            format!("00-{id}-00f067aa0ba902b7-01-more"),
            format!("ff-{id}-00f067aa0ba902b7-01"),
            format!("00-{}-00f067aa0ba902b7-01", id.to_uppercase()),
            format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)),
            format!("00-{id}-{}-01", "0".repeat(16)),
        ] {
            assert_eq!(trace(&bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_parent_is_read_or_ignored(parent in "[ -~]*") {
            if let Some(id) = trace(&parent) {
                prop_assert!(id.len() == 32 && parent.contains(&id));
            }
        }
    }
}
