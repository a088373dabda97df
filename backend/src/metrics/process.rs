//! How much of the machine the process uses, under the names that all Prometheus clients use. Only on Linux;
//! elsewhere these values are left out.

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{counter::ConstCounter, gauge::ConstGauge},
    registry::Unit,
};
use std::{fmt, fs};

/// Linux reports a process's CPU time in hundredths of a second.
const TICKS_A_SECOND: f64 = 100.0;
const PAGE_BYTES: i64 = 4096;

#[derive(Debug)]
pub(super) struct Process;

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder) -> Result<(), fmt::Error> {
        let Some(stat) = Stat::read() else {
            return Ok(());
        };
        let cpu = ConstCounter::new(stat.cpu_seconds);
        let help = "User and system CPU time";
        let unit = Some(&Unit::Seconds);
        cpu.encode(encoder.encode_descriptor("process_cpu", help, unit, cpu.metric_type())?)?;
        let mut gauge = |name: &str, help: &str, unit: Option<&Unit>, value: Option<i64>| {
            let Some(value) = value else { return Ok(()) };
            let gauge = ConstGauge::new(value);
            gauge.encode(encoder.encode_descriptor(name, help, unit, gauge.metric_type())?)
        };
        let bytes = Some(&Unit::Bytes);
        let help = "Resident memory";
        gauge(
            "process_resident_memory",
            help,
            bytes,
            Some(stat.resident_bytes),
        )?;
        gauge("process_threads", "Threads", None, Some(stat.threads))?;
        let open = fs::read_dir("/proc/self/fd").map(Iterator::count);
        let open = open.ok().and_then(|count| i64::try_from(count).ok());
        gauge("process_open_fds", "Open file descriptors", None, open)?;
        let most = rlimit::Resource::NOFILE.get_soft();
        let most = most.ok().and_then(|most| i64::try_from(most).ok());
        gauge(
            "process_max_fds",
            "The most open file descriptors",
            None,
            most,
        )
    }
}

struct Stat {
    cpu_seconds: f64,
    threads: i64,
    resident_bytes: i64,
}

impl Stat {
    /// See proc_pid_stat(5). The program's name may contain any character, so the fields are counted after it; the
    /// first of them is the third.
    fn read() -> Option<Self> {
        let stat = fs::read_to_string("/proc/self/stat").ok()?;
        let (_, after_name) = stat.rsplit_once(')')?;
        let fields: Vec<_> = after_name.split_whitespace().collect();
        let field = |number: usize| fields.get(number - 3)?.parse::<i64>().ok();
        let ticks = field(14)? + field(15)?;
        Some(Self {
            cpu_seconds: ticks as f64 / TICKS_A_SECOND,
            threads: field(20)?,
            resident_bytes: field(24)? * PAGE_BYTES,
        })
    }
}
