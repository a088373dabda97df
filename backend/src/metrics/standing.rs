//! The values that are read when metrics are requested. A value that is not known is left out.

use crate::store::{JournalStatus, Status};
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{counter::ConstCounter, gauge::ConstGauge},
    registry::Unit,
};
use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

/// The values that are read for the metrics.
#[derive(Clone, Copy, Debug, Default)]
pub struct Standing {
    /// The status of the store, if it can be reached.
    pub store: Option<Status>,
    /// Whether the circuit breaker is open.
    pub held_back: bool,
    /// How many bytes of audio are being sent now.
    pub audio_bytes: usize,
}

/// The latest values.
#[derive(Clone, Debug, Default)]
pub(super) struct Latest(Arc<Mutex<Standing>>);

impl Latest {
    pub(super) fn set(&self, standing: Standing) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = standing;
    }
}

impl Collector for Latest {
    fn encode(&self, encoder: DescriptorEncoder) -> Result<(), fmt::Error> {
        let now = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut page = Page(encoder);
        page.gauge(
            "upstream_held_back",
            "1 while the circuit breaker is open",
            now.held_back,
        )?;
        page.bytes(
            "audio_held",
            "Audio that is being sent",
            now.audio_bytes as u64,
        )?;
        page.gauge(
            "store_up",
            "1 while the store can be used",
            now.store.is_some(),
        )?;
        match now.store {
            Some(status) => page.store(&status),
            None => Ok(()),
        }
    }
}

struct Page<'a>(DescriptorEncoder<'a>);

impl Page<'_> {
    fn store(&mut self, status: &Status) -> Result<(), fmt::Error> {
        let usage = &status.usage;
        self.gauge(
            "quota_spent",
            "Calls of the day (KST) made or under way",
            usage.spent,
        )?;
        self.gauge(
            "quota_reserved",
            "Calls kept for keys that are out",
            usage.reserved,
        )?;
        let help = "1 while the upstream says its quota is spent";
        self.gauge("quota_closed", help, usage.closed)?;
        if let Some(quota) = usage.quota {
            self.gauge("quota", "Calls a day; absent without a limit", quota)?;
        }
        if let Some(left) = usage.left() {
            let help = "Calls neither spent nor reserved; absent without a limit";
            self.gauge("quota_left", help, left)?;
        }
        for (name, help, count) in [
            (
                "keys",
                "Keys that are remembered, used ones too",
                status.keys,
            ),
            ("tokens", "Tokens that are remembered", status.tokens),
        ] {
            if let Some(count) = count {
                self.gauge(name, help, i64::try_from(count).unwrap_or(i64::MAX))?;
            }
        }
        match &status.journal {
            Some(journal) => self.journal(journal),
            None => Ok(()),
        }
    }

    fn journal(&mut self, journal: &JournalStatus) -> Result<(), fmt::Error> {
        self.bytes("journal", "The journal's length", journal.bytes)?;
        let help = "How often the journal could not be written";
        self.counter(
            "journal_write_errors",
            help,
            None,
            journal.write_errors as f64,
        )?;
        let help = "How often the journal could not be brought to the disk";
        self.counter(
            "journal_sync_errors",
            help,
            None,
            journal.sync_errors as f64,
        )?;
        let help = "How often the journal was brought to the disk";
        self.counter("journal_syncs", help, None, journal.syncs as f64)?;
        let (help, took) = ("How long that took", journal.sync_time.as_secs_f64());
        self.counter("journal_sync", help, Some(&Unit::Seconds), took)
    }

    fn gauge(&mut self, name: &str, help: &str, value: impl Into<i64>) -> Result<(), fmt::Error> {
        let gauge = ConstGauge::new(value.into());
        gauge.encode(
            self.0
                .encode_descriptor(name, help, None, gauge.metric_type())?,
        )
    }

    fn bytes(&mut self, name: &str, help: &str, value: u64) -> Result<(), fmt::Error> {
        let gauge = ConstGauge::new(i64::try_from(value).unwrap_or(i64::MAX));
        let unit = Some(&Unit::Bytes);
        gauge.encode(
            self.0
                .encode_descriptor(name, help, unit, gauge.metric_type())?,
        )
    }

    fn counter(
        &mut self,
        name: &str,
        help: &str,
        unit: Option<&Unit>,
        value: f64,
    ) -> Result<(), fmt::Error> {
        let counter = ConstCounter::new(value);
        counter.encode(
            self.0
                .encode_descriptor(name, help, unit, counter.metric_type())?,
        )
    }
}
