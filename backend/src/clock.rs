//! Time as the quota sees it: milliseconds since 1970, and days that begin at midnight in Korea.

use core::{fmt, ops, time::Duration};
use serde::{Deserialize, Serialize};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Instant, SystemTime, UNIX_EPOCH},
};

const DAY_MS: u64 = 86_400_000;
/// Korea keeps UTC+9 all year (no daylight saving since 1988), so a constant is enough.
const KST_AHEAD_MS: u64 = 9 * 3_600_000;

/// A point in time, in milliseconds since 1970-01-01T00:00:00Z.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Moment(u64);

/// A calendar day in Korea, counted from 1970-01-01.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct KoreanDay(u64);

impl Moment {
    /// From milliseconds since 1970.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// From seconds since 1970.
    #[must_use]
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs.saturating_mul(1000))
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// The Korean day it falls on.
    #[must_use]
    pub const fn korean_day(self) -> KoreanDay {
        KoreanDay(self.0.saturating_add(KST_AHEAD_MS) / DAY_MS)
    }

    /// How long after `earlier` it is; zero if it is not.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

impl KoreanDay {
    /// Its first moment: 00:00 KST.
    #[must_use]
    pub const fn start(self) -> Moment {
        Moment(self.0.saturating_mul(DAY_MS).saturating_sub(KST_AHEAD_MS))
    }

    /// The first moment of the day after.
    #[must_use]
    pub const fn end(self) -> Moment {
        Self(self.0.saturating_add(1)).start()
    }
}

impl ops::Add<Duration> for Moment {
    type Output = Self;
    fn add(self, span: Duration) -> Self {
        let millis = u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
        Self(self.0.saturating_add(millis))
    }
}

/// RFC 3339 in UTC, to the second: the form of siteverify's `challenge_ts`.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = i64::try_from(self.0 / 1000).unwrap_or(i64::MAX);
        match jiff::Timestamp::from_second(seconds) {
            Ok(time) => time.fmt(f),
            Err(_) => f.write_str("9999-12-31T23:59:59Z"),
        }
    }
}

/// Where the time comes from: the system, or a test.
#[derive(Clone)]
pub struct Clock {
    now: Arc<dyn Fn() -> Moment + Send + Sync>,
    uptime: Arc<dyn Fn() -> Duration + Send + Sync>,
}

impl Clock {
    /// The system's clock.
    #[must_use]
    pub fn system() -> Self {
        let started = Instant::now();
        Self {
            now: Arc::new(|| {
                let since = SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .unwrap_or_default();
                Moment(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
            }),
            uptime: Arc::new(move || started.elapsed()),
        }
    }

    /// A clock that tells what `now` says.
    pub fn new(now: impl Fn() -> Moment + Send + Sync + 'static) -> Self {
        let now: Arc<dyn Fn() -> Moment + Send + Sync> = Arc::new(now);
        let (started, wall, latest) = (now(), Arc::clone(&now), AtomicU64::new(0));
        let uptime = move || {
            let since = u64::try_from(wall().since(started).as_millis()).unwrap_or(u64::MAX);
            Duration::from_millis(latest.fetch_max(since, Ordering::Relaxed).max(since))
        };
        Self {
            now,
            uptime: Arc::new(uptime),
        }
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Moment {
        (self.now)()
    }

    /// The time since the clock was made, which never runs backwards.
    #[must_use]
    pub fn uptime(&self) -> Duration {
        (self.uptime)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-21T14:59:59Z is 23:59:59 in Korea.
    const LAST_SECOND: Moment = Moment::from_secs(1_795_273_199);

    #[test]
    fn the_day_turns_at_midnight_in_korea() {
        assert_eq!(LAST_SECOND.to_string(), "2026-11-21T14:59:59Z");
        let day = LAST_SECOND.korean_day();
        let midnight = LAST_SECOND + Duration::from_secs(1);
        assert_eq!(day.end(), midnight);
        assert_eq!(midnight.korean_day().start(), midnight);
        assert_ne!(midnight.korean_day(), day);
    }

    #[test]
    fn no_moment_overflows() {
        let last = Moment::from_millis(u64::MAX);
        assert_eq!(last + Duration::MAX, last);
        assert!(last.korean_day().end() <= last);
        assert!(!last.to_string().is_empty());
    }
}
