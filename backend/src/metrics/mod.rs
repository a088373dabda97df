//! Counters for Prometheus. The labels are routes, codes and outcomes, and say nothing about a visitor.

//! A value that is not known is left out; no number stands for it.
//! What is not known is absent: there is no number that stands for none.

mod process;
mod standing;

pub use standing::Standing;

use crate::{limit::Refused, upstream::Failure};
use core::time::Duration;
use prometheus_client::{
    encoding::{EncodeLabelSet, text},
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
        info::Info,
    },
    registry::{Registry, Unit},
};
use standing::Latest;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    method: String,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Call {
    call: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Code {
    code: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Limit {
    limit: &'static str,
    rate: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

/// The connections of one server.
#[derive(Clone, Debug, Default)]
pub struct Traffic {
    /// Open ones.
    pub connections: Gauge,
    /// Connections that were closed to make room for a new one.
    pub evicted: Counter,
    /// Connections that were refused because there was no room.
    pub refused: Counter,
}

type Histograms = Family<[(&'static str, String); 1], Histogram, fn() -> Histogram>;

/// All counters and gauges.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<Request, Counter>,
    durations: Histograms,
    problems: Family<Code, Counter>,
    verdicts: Family<Outcome, Counter>,
    calls: Family<Call, Counter>,
    call_durations: Histograms,
    limited: Family<Limit, Counter>,
    cancelled: Family<Route, Counter>,
    /// The visitors' connections.
    pub traffic: Traffic,
    standing: Latest,
}

fn seconds() -> Histogram {
    Histogram::new(exponential_buckets(0.001, 2.0, 15))
}

impl Metrics {
    /// Everything at zero; `upstream` names the upstream.
    #[must_use]
    pub fn new(upstream: &'static str) -> Self {
        let mut whole = Registry::default();
        whole.register_collector(Box::new(process::Process));
        let registry = whole.sub_registry_with_prefix("sori");
        let build = [
            ("version", env!("CARGO_PKG_VERSION")),
            ("upstream", upstream),
        ];
        registry.register("build", "What runs", Info::new(build));
        let standing = Latest::default();
        registry.register_collector(Box::new(standing.clone()));
        let traffic = Traffic::default();
        registry.register(
            "connections",
            "Open connections of visitors",
            traffic.connections.clone(),
        );
        registry.register(
            "connections_evicted",
            "Connections without a request that gave way to newcomers",
            traffic.evicted.clone(),
        );
        registry.register(
            "connections_refused",
            "Connections that found no place",
            traffic.refused.clone(),
        );
        let limited = Family::default();
        registry.register(
            "limited",
            "Challenges refused, by the limit that was reached",
            limited.clone(),
        );
        let cancelled = Family::default();
        registry.register(
            "requests_cancelled",
            "Requests whose client left before the answer",
            cancelled.clone(),
        );
        let requests = Family::default();
        registry.register("requests", "Requests answered", requests.clone());
        let durations = Histograms::new_with_constructor(seconds);
        registry.register_with_unit(
            "request_duration",
            "Time to the answer's head, by route",
            Unit::Seconds,
            durations.clone(),
        );
        let problems = Family::default();
        registry.register("problems", "Problems answered, by code", problems.clone());
        let verdicts = Family::default();
        registry.register(
            "verifications",
            "Answers and tokens judged",
            verdicts.clone(),
        );
        let calls = Family::default();
        registry.register("upstream_calls", "Calls to the upstream", calls.clone());
        let call_durations = Histograms::new_with_constructor(seconds);
        registry.register_with_unit(
            "upstream_call_duration",
            "Time to the upstream's whole answer, waiting for a turn included",
            Unit::Seconds,
            call_durations.clone(),
        );
        Self {
            registry: whole,
            requests,
            durations,
            problems,
            verdicts,
            calls,
            call_durations,
            limited,
            cancelled,
            traffic,
            standing,
        }
    }

    /// Counts a request that was answered.
    pub fn request(&self, method: &str, route: &str, status: u16, took: Duration) {
        let request = Request {
            method: method.into(),
            route: route.into(),
            status,
        };
        self.requests.get_or_create(&request).inc();
        let route = [("route", route.to_owned())];
        self.durations
            .get_or_create(&route)
            .observe(took.as_secs_f64());
    }

    /// Counts a reply that was a problem document.
    pub fn problem(&self, code: &'static str) {
        self.problems.get_or_create(&Code { code }).inc();
    }

    /// Counts a request for a key that a rate limit refused.
    pub fn limited(&self, refused: &Refused) {
        let limit = Limit {
            limit: refused.scope.as_str(),
            rate: refused.rate.to_string(),
        };
        self.limited.get_or_create(&limit).inc();
    }

    /// Counts a client that left before its reply was sent.
    pub fn cancelled(&self, route: &str) {
        let route = Route {
            route: route.to_owned(),
        };
        self.cancelled.get_or_create(&route).inc();
    }

    /// Counts an answer or a token that was checked.
    pub fn verdict(&self, outcome: &'static str) {
        self.verdicts.get_or_create(&Outcome { outcome }).inc();
    }

    /// Counts a call to the upstream that ended.
    pub fn upstream_call(&self, call: &'static str, failure: Option<Failure>, took: Duration) {
        let outcome = match failure {
            None => "ok",
            Some(Failure::Busy) => "busy",
            Some(Failure::NotSent) => "not_sent",
            Some(Failure::Unavailable) => "unavailable",
            Some(Failure::Exhausted) => "exhausted",
            Some(Failure::Throttled { .. }) => "throttled",
            Some(Failure::Rejected) => "rejected",
            Some(Failure::Withdrawn) => "withdrawn",
            Some(Failure::InvalidKey) => "invalid_key",
            Some(Failure::Unheard) => "unheard",
        };
        self.calls.get_or_create(&Call { call, outcome }).inc();
        let call = [("call", call.to_owned())];
        self.call_durations
            .get_or_create(&call)
            .observe(took.as_secs_f64());
    }

    /// The OpenMetrics text, with the current values.
    #[must_use]
    pub fn text(&self, now: &Standing) -> String {
        self.standing.set(*now);
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = text::encode(&mut text, &self.registry);
        text
    }
}
