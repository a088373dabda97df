//! Traces for an OpenTelemetry collector, by OTLP over HTTP.
//!
//! OpenTelemetry's own environment variables also apply, for what Sori has no setting for: `OTEL_SERVICE_NAME`,
//! `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_TRACES_SAMPLER`, `OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_BSP_…`.

use super::Error;
use crate::wire::traces::TARGET;
use core::time::Duration;
use opentelemetry::{KeyValue, trace::TracerProvider};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{Resource, trace::SdkTracerProvider};
use reqwest::Url;
use tracing::{Subscriber, level_filters::LevelFilter};
use tracing_subscriber::{Layer, filter::Targets, registry::LookupSpan};

const NAME: &str = "sori-backend";
/// If a collector takes longer, the spans that were sent to it are lost.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Sends the spans, from its own thread.
pub(super) struct Traces(Option<SdkTracerProvider>);

impl Traces {
    pub(super) const TARGET: &str = TARGET;

    /// Sends them to the collector at `endpoint`, which may start later; without an endpoint, nowhere.
    pub(super) fn to(endpoint: Option<&Url>) -> Result<Self, Error> {
        let Some(endpoint) = endpoint else {
            return Ok(Self(None));
        };
        let address = format!("{}/v1/traces", endpoint.as_str().trim_end_matches('/'));
        let exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_http_client(client(endpoint)?)
            .with_timeout(TIMEOUT)
            .with_endpoint(address)
            .build()?;
        let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        let mut resource = Resource::builder().with_attribute(version);
        if std::env::var_os("OTEL_SERVICE_NAME").is_none() {
            resource = resource.with_service_name(NAME);
        }
        let provider = SdkTracerProvider::builder()
            .with_resource(resource.build())
            .with_batch_exporter(exporter)
            .build();
        Ok(Self(Some(provider)))
    }

    /// Takes the spans that are for a collector.
    pub(super) fn layer<S>(&self) -> Option<impl Layer<S> + use<S>>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let tracer = self.0.as_ref()?.tracer(NAME);
        let own = Targets::new().with_target(TARGET, LevelFilter::INFO);
        let layer = tracing_opentelemetry::layer()
            .with_tracer(tracer)
            .with_location(false)
            .with_threads(false)
            .with_filter(own);
        Some(layer)
    }

    /// Sends the spans that are not sent yet.
    pub(super) async fn end(self) {
        let Some(provider) = self.0 else { return };
        let ended = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(TIMEOUT));
        match ended.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the last traces were not sent"),
            Err(error) => tracing::warn!(%error, "the last traces were not sent"),
        }
    }
}

/// A blocking client, because the exporter's thread does not belong to the async runtime. It must not be made on a
/// thread of the runtime either.
fn client(endpoint: &Url) -> Result<reqwest::blocking::Client, Error> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let plain = endpoint.scheme() == "http";
    let make = move || {
        let mut builder = reqwest::blocking::Client::builder().timeout(TIMEOUT);
        if plain {
            // A collector with http needs no certificates, and a container image may have none.
            builder = builder.tls_certs_only([]);
        }
        builder.build()
    };
    let made = std::thread::spawn(make).join();
    Ok(made.map_err(|_| "the collector's client cannot be made")??)
}
