//! Counters for Prometheus. Labels are routes, codes and outcomes: nothing of a visitor.

use crate::{book::Usage, upstream::Failure};
use core::time::Duration;
use prometheus_client::{
    encoding::{EncodeLabelSet, text},
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::{Registry, Unit},
};

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

type Histograms = Family<[(&'static str, String); 1], Histogram, fn() -> Histogram>;

/// All that is counted.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<Request, Counter>,
    durations: Histograms,
    problems: Family<Code, Counter>,
    verdicts: Family<Outcome, Counter>,
    calls: Family<Call, Counter>,
    call_durations: Histograms,
    /// Open connections.
    pub connections: Gauge,
    quota: Gauge,
    spent: Gauge,
    reserved: Gauge,
    left: Gauge,
    closed: Gauge,
    held_back: Gauge,
}

fn seconds() -> Histogram {
    Histogram::new(exponential_buckets(0.001, 2.0, 15))
}

impl Metrics {
    /// Everything at zero; `upstream` names the upstream.
    #[must_use]
    pub fn new(upstream: &'static str) -> Self {
        let info = [
            ("version".into(), env!("CARGO_PKG_VERSION").into()),
            ("upstream".into(), upstream.into()),
        ];
        let mut registry = Registry::with_prefix_and_labels("sori", info.into_iter());
        let mut gauge = |name: &str, help: &str| {
            let gauge = Gauge::default();
            registry.register(name, help, gauge.clone());
            gauge
        };
        let connections = gauge("connections", "Open connections");
        let quota = gauge("quota", "Calls a day; 0 for no limit");
        let spent = gauge("quota_spent", "Calls of the day (KST) made or under way");
        let reserved = gauge("quota_reserved", "Calls kept for keys that are out");
        let left = gauge(
            "quota_left",
            "Calls neither spent nor reserved; -1 for no limit",
        );
        let closed = gauge(
            "quota_closed",
            "1 while the upstream says its quota is spent",
        );
        let held_back = gauge("upstream_held_back", "1 while the circuit breaker is open");
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
            registry,
            requests,
            durations,
            problems,
            verdicts,
            calls,
            call_durations,
            connections,
            quota,
            spent,
            reserved,
            left,
            closed,
            held_back,
        }
    }

    /// A request was answered.
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

    /// A problem was answered.
    pub fn problem(&self, code: &'static str) {
        self.problems.get_or_create(&Code { code }).inc();
    }

    /// An answer or a token was judged.
    pub fn verdict(&self, outcome: &'static str) {
        self.verdicts.get_or_create(&Outcome { outcome }).inc();
    }

    /// A call to the upstream ended.
    pub fn upstream_call(&self, call: &'static str, failure: Option<Failure>, took: Duration) {
        let outcome = match failure {
            None => "ok",
            Some(Failure::Busy) => "busy",
            Some(Failure::NotSent) => "not_sent",
            Some(Failure::Unavailable) => "unavailable",
            Some(Failure::Exhausted) => "exhausted",
            Some(Failure::Throttled { .. }) => "throttled",
            Some(Failure::Rejected) => "rejected",
            Some(Failure::InvalidKey) => "invalid_key",
            Some(Failure::Unheard) => "unheard",
        };
        self.calls.get_or_create(&Call { call, outcome }).inc();
        let call = [("call", call.to_owned())];
        self.call_durations
            .get_or_create(&call)
            .observe(took.as_secs_f64());
    }

    /// The OpenMetrics text, with the day's use as of now.
    #[must_use]
    pub fn text(&self, usage: Usage, held_back: bool) -> String {
        self.quota.set(usage.quota.unwrap_or(0).into());
        self.spent.set(usage.spent.into());
        self.reserved.set(usage.reserved.into());
        self.left.set(usage.left().map_or(-1, i64::from));
        self.closed.set(usage.closed.into());
        self.held_back.set(held_back.into());
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = text::encode(&mut text, &self.registry);
        text
    }
}
