//! What the program reports about itself: lines on standard error, and trace spans for a collector.

use super::{Error, traces::Traces};
use crate::settings::{LogFormat, Settings};
use std::io::{self, IsTerminal};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::{Layer, filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

/// Starts logging as the settings say. The level applies only to this crate's own lines: at the lower levels, lines
/// of dependencies would show URLs and headers.
pub(super) fn log(settings: &Settings) -> Result<Traces, Error> {
    let log = settings.log;
    let dependencies = log.level.min(LevelFilter::WARN);
    let targets = Targets::new()
        .with_default(dependencies)
        .with_target(env!("CARGO_CRATE_NAME"), log.level)
        // Spans that are only sent to a collector.
        .with_target(Traces::TARGET, LevelFilter::OFF);
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr);
    let lines = match log.format {
        LogFormat::Text => lines.with_target(false).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    let traces = Traces::to(settings.otlp_endpoint.as_ref())?;
    tracing_subscriber::registry()
        .with(traces.layer())
        .with(lines.with_filter(targets))
        .try_init()?;
    Ok(traces)
}
