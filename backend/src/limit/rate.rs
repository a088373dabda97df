//! Rates as they are written in settings, and the windows that count against them.

use core::{fmt, str::FromStr, time::Duration};
use std::collections::VecDeque;

const DAY_SECS: u64 = 86_400;
/// A window stores its requests in this number of groups at most, however many requests the rate allows.
const GROUPS: u128 = 60;

/// A number of requests in any span of a given length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rate {
    count: u32,
    per: Duration,
}

impl Rate {
    /// `count` (at least 1) in `per`.
    #[must_use]
    pub fn new(count: u32, per: Duration) -> Self {
        let count = count.max(1);
        Self { count, per }
    }

    /// How many are let through in each span.
    #[must_use]
    pub const fn count(self) -> u32 {
        self.count
    }

    /// The span's length.
    #[must_use]
    pub const fn per(self) -> Duration {
        self.per
    }

    /// The group of a request at `at`. The requests of a group are forgotten together, when the latest of them is old
    /// enough.
    #[must_use]
    pub fn group(self, at: Duration) -> u128 {
        at.as_millis() / (self.per.as_millis() / GROUPS).max(1)
    }
}

/// `40/minute`, `25/10s`.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.count;
        match self.per.as_secs() {
            60 => write!(f, "{count}/minute"),
            3600 => write!(f, "{count}/hour"),
            DAY_SECS => write!(f, "{count}/day"),
            secs => write!(f, "{count}/{secs}s"),
        }
    }
}

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "`{text}` is no rate; a rate looks like 40/minute or 25/10s, with minute, hour, day or \
                 seconds"
            )
        };
        let (count, span) = text.split_once('/').ok_or_else(wrong)?;
        let count: u32 = count.parse().map_err(|_| wrong())?;
        let secs = match span {
            "minute" => 60,
            "hour" => 3600,
            "day" => DAY_SECS,
            other => {
                let secs = other.strip_suffix('s').ok_or_else(wrong)?;
                secs.parse().map_err(|_| wrong())?
            }
        };
        if count == 0 {
            return Err("a rate lets at least 1 through; `off` means no limit".into());
        }
        if !(1..=DAY_SECS).contains(&secs) {
            return Err("a rate's span is 1 second at least and a day at most".into());
        }
        Ok(Self::new(count, Duration::from_secs(secs)))
    }
}

/// Several rates that apply at the same time, or none. Reads `25/10s,40/minute,100/hour` and `off`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rates(Vec<Rate>);

impl Rates {
    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = Rate> {
        self.0.iter().copied()
    }

    /// All of `rates`.
    #[must_use]
    pub fn new(rates: Vec<Rate>) -> Self {
        Self(rates)
    }

    /// No limit.
    #[must_use]
    pub fn off() -> Self {
        Self(Vec::new())
    }
}

impl FromStr for Rates {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "off" {
            return Ok(Self::off());
        }
        text.split(',')
            .map(|one| one.trim().parse())
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl fmt::Display for Rates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("off");
        }
        for (at, rate) in self.0.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            write!(f, "{comma}{rate}")?;
        }
        Ok(())
    }
}

/// The requests that were allowed in the span that ends now, the oldest group first.
#[derive(Debug, Default)]
pub(super) struct Window {
    groups: VecDeque<Group>,
    total: u32,
}

#[derive(Debug)]
struct Group {
    latest: Duration,
    count: u32,
}

impl Window {
    /// How long until there is room at `rate`; `None` if there is.
    pub(super) fn wait(&mut self, rate: Rate, now: Duration) -> Option<Duration> {
        self.forget(rate, now);
        let oldest = self.groups.front().filter(|_| self.total >= rate.count)?;
        Some((oldest.latest + rate.per).saturating_sub(now))
    }

    pub(super) fn count(&mut self, rate: Rate, now: Duration) {
        self.total += 1;
        match self.groups.back_mut() {
            Some(last) if rate.group(last.latest) == rate.group(now) => {
                last.latest = now;
                last.count += 1;
            }
            _ => self.groups.push_back(Group {
                latest: now,
                count: 1,
            }),
        }
    }

    /// Whether nothing is remembered at `now`.
    pub(super) fn is_empty(&mut self, rate: Rate, now: Duration) -> bool {
        self.forget(rate, now);
        self.total == 0
    }

    fn forget(&mut self, rate: Rate, now: Duration) {
        while let Some(oldest) = self.groups.front()
            && oldest.latest + rate.per <= now
        {
            self.total -= oldest.count;
            self.groups.pop_front();
        }
    }
}
