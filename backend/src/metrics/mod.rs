//! Counters for Prometheus. Labels are routes, codes and outcomes: nothing of a visitor.

//!
//! What is not known is absent: there is no number that stands for none.

mod process;

use crate::{limit::Refused, store::Status, upstream::Failure};
use core::{fmt, time::Duration};
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric, text},
    metrics::{
        counter::Counter,
        family::Family,
        gauge::{ConstGauge, Gauge},
        histogram::{Histogram, exponential_buckets},
        info::Info,
    },
    registry::{Registry, Unit},
};
use std::sync::{Arc, Mutex, PoisonError};

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

/// A gauge that may be absent.
#[derive(Clone, Debug)]
struct MaybeGauge {
    name: &'static str,
    help: &'static str,
    value: Arc<Mutex<Option<i64>>>,
}

impl MaybeGauge {
    fn set(&self, value: Option<impl Into<i64>>) {
        let mut kept = self.value.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = value.map(Into::into);
    }
}

impl Collector for MaybeGauge {
    fn encode(&self, mut encoder: DescriptorEncoder) -> Result<(), fmt::Error> {
        let value = *self.value.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(value) = value else { return Ok(()) };
        let gauge = ConstGauge::new(value);
        gauge.encode(encoder.encode_descriptor(self.name, self.help, None, gauge.metric_type())?)
    }
}

/// The connections of one server.
#[derive(Clone, Debug, Default)]
pub struct Traffic {
    /// Open ones.
    pub connections: Gauge,
    /// Those that gave way to a newcomer.
    pub evicted: Counter,
    /// Those that found no place.
    pub refused: Counter,
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
    limited: Family<Limit, Counter>,
    cancelled: Family<Route, Counter>,
    /// The visitors' connections.
    pub traffic: Traffic,
    quota: MaybeGauge,
    spent: Gauge,
    reserved: Gauge,
    left: MaybeGauge,
    closed: Gauge,
    held_back: Gauge,
    store_up: Gauge,
    audio_bytes: Gauge,
}

/// How things stand when metrics are asked for.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// The store, if it can be asked.
    pub store: Option<Status>,
    /// Whether the circuit breaker is open.
    pub held_back: bool,
    /// The audio that is being sent.
    pub audio_bytes: usize,
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
        let mut gauge = |name: &str, help: &str| {
            let gauge = Gauge::default();
            registry.register(name, help, gauge.clone());
            gauge
        };
        let traffic = Traffic {
            connections: gauge("connections", "Open connections of visitors"),
            ..Traffic::default()
        };
        let spent = gauge("quota_spent", "Calls of the day (KST) made or under way");
        let reserved = gauge("quota_reserved", "Calls kept for keys that are out");
        let closed = gauge(
            "quota_closed",
            "1 while the upstream says its quota is spent",
        );
        let held_back = gauge("upstream_held_back", "1 while the circuit breaker is open");
        let store_up = gauge("store_up", "1 while the store can be used");
        let audio_bytes = gauge("audio_held_bytes", "Audio that is being sent");
        let mut maybe = |name, help| {
            let value = Arc::default();
            let gauge = MaybeGauge { name, help, value };
            registry.register_collector(Box::new(gauge.clone()));
            gauge
        };
        let quota = maybe("quota", "Calls a day; absent without a limit");
        let left = maybe(
            "quota_left",
            "Calls neither spent nor reserved; absent without a limit",
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
            quota,
            spent,
            reserved,
            left,
            closed,
            held_back,
            store_up,
            audio_bytes,
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

    /// A challenge was refused by a limit.
    pub fn limited(&self, refused: &Refused) {
        let limit = Limit {
            limit: refused.scope.as_str(),
            rate: refused.rate.to_string(),
        };
        self.limited.get_or_create(&limit).inc();
    }

    /// A client left before its answer.
    pub fn cancelled(&self, route: &str) {
        let route = Route {
            route: route.to_owned(),
        };
        self.cancelled.get_or_create(&route).inc();
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

    /// The OpenMetrics text, with how things stand as of now.
    #[must_use]
    pub fn text(&self, now: &Standing) -> String {
        if let Some(Status { usage, .. }) = now.store {
            self.quota.set(usage.quota);
            self.spent.set(usage.spent.into());
            self.reserved.set(usage.reserved.into());
            self.left.set(usage.left());
            self.closed.set(usage.closed.into());
        }
        self.held_back.set(now.held_back.into());
        self.store_up.set(now.store.is_some().into());
        let audio_bytes = i64::try_from(now.audio_bytes).unwrap_or(i64::MAX);
        self.audio_bytes.set(audio_bytes);
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = text::encode(&mut text, &self.registry);
        text
    }
}
