//! The spans for an OpenTelemetry collector (the feature `otlp`), with OpenTelemetry's own names
//! (<https://opentelemetry.io/docs/specs/semconv/http/http-spans/>).
//!
//! They have a separate target. The log has other spans, and neither shows those of the other. Like the log, they
//! contain the route's template, and no key, answer, token or IP address.

#[cfg(feature = "otlp")]
pub(crate) use sent::{TARGET, call, judged, request};
#[cfg(not(feature = "otlp"))]
pub(crate) use unsent::{call, judged, request};

#[cfg(feature = "otlp")]
mod sent {
    use axum::http::HeaderMap;
    use opentelemetry::propagation::{Extractor, TextMapPropagator};
    use opentelemetry_sdk::propagation::TraceContextPropagator;
    use tracing::{Span, field::Empty};
    use tracing_opentelemetry::OpenTelemetrySpanExt;

    pub(crate) const TARGET: &str = "sori_backend::traces";

    /// The span of a request; the caller's, if `traceparent` names one, is its parent.
    pub(crate) fn request(method: &'static str, route: &str, headers: &HeaderMap) -> Span {
        let span = tracing::info_span!(
            target: TARGET,
            "request",
            otel.name = format!("{method} {route}"),
            otel.kind = "server",
            http.request.method = method,
            http.route = route,
            http.response.status_code = Empty,
            otel.status_code = Empty,
        );
        let parent = TraceContextPropagator::new().extract(&Headers(headers));
        if !span.is_disabled()
            && let Err(error) = span.set_parent(parent)
        {
            tracing::debug!(%error, "a trace begins here");
        }
        span
    }

    /// The span of a call to the upstream. It does not contain the URL, because the URL contains key and answer.
    pub(crate) fn call(name: &'static str) -> Span {
        tracing::info_span!(
            target: TARGET,
            "upstream",
            otel.name = format!("upstream {name}"),
            otel.kind = "client",
            http.response.status_code = Empty,
            otel.status_code = Empty,
        )
    }

    /// The status that a span ended with; from `error_from` on it is an error.
    pub(crate) fn judged(span: &Span, status: u16, error_from: u16) {
        span.record("http.response.status_code", i64::from(status));
        if status >= error_from {
            span.record("otel.status_code", "ERROR");
        }
    }

    struct Headers<'a>(&'a HeaderMap);

    impl Extractor for Headers<'_> {
        fn get(&self, name: &str) -> Option<&str> {
            // With two of them it is not clear which trace is meant.
            crate::wire::origin::only(self.0, &name.parse().ok()?)
        }

        fn keys(&self) -> Vec<&str> {
            self.0.keys().map(axum::http::HeaderName::as_str).collect()
        }
    }
}

#[cfg(not(feature = "otlp"))]
mod unsent {
    use axum::http::HeaderMap;
    use tracing::Span;

    pub(crate) fn request(_method: &'static str, _route: &str, _headers: &HeaderMap) -> Span {
        Span::none()
    }

    pub(crate) fn call(_name: &'static str) -> Span {
        Span::none()
    }

    pub(crate) fn judged(_span: &Span, _status: u16, _error_from: u16) {}
}
