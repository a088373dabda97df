//! Time as the quota sees it: milliseconds since 1970, and days that begin at midnight in Korea.

use core::{fmt, ops, time::Duration};
use serde::{Deserialize, Serialize};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
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

    /// The time between the two, whichever is later.
    const fn apart(self, other: Self) -> Duration {
        Duration::from_millis(self.0.abs_diff(other.0))
    }

    /// How long after `earlier` this is; zero if it is before.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

impl KoreanDay {
    /// Days since 1970-01-01.
    #[must_use]
    pub(crate) const fn number(self) -> u64 {
        self.0
    }

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
///
/// It has two readings. [`now`](Self::now) is the time of day; the quota and the life of keys are counted in it.
/// Somebody may set the system's clock while the program runs, so a jump of it is accepted only after it has lasted
/// for [`BELIEVED_AFTER`]. A clock that jumps and soon jumps back has no effect. [`uptime`](Self::uptime) never
/// jumps; rate limits and waits are counted in it.
#[derive(Clone)]
pub struct Clock {
    source: Arc<dyn Source>,
    steady: Arc<Mutex<Steady>>,
}

/// How long a jump of the system's clock must last before it is accepted.
pub const BELIEVED_AFTER: Duration = Duration::from_secs(120);

trait Source: Send + Sync {
    /// What the system's clock says.
    fn wall(&self) -> Moment;
    /// Time that has passed since some fixed point; never runs backwards.
    fn uptime(&self) -> Duration;
}

impl Clock {
    /// The system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::of(System(Instant::now()))
    }

    fn of(source: impl Source + 'static) -> Self {
        let steady = Steady::new(source.wall(), source.uptime());
        Self {
            source: Arc::new(source),
            steady: Arc::new(Mutex::new(steady)),
        }
    }

    /// The time of day.
    #[must_use]
    pub fn now(&self) -> Moment {
        let mut steady = self.steady.lock().unwrap_or_else(PoisonError::into_inner);
        // Read while the lock is held, so that no reading is older than the one before.
        steady.read(self.source.wall(), self.source.uptime())
    }

    /// The time since the clock was made, or a little longer; never runs backwards.
    #[must_use]
    pub fn uptime(&self) -> Duration {
        self.source.uptime()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

struct System(Instant);

impl Source for System {
    fn wall(&self) -> Moment {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Moment(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }

    fn uptime(&self) -> Duration {
        self.0.elapsed()
    }
}

/// A clock that a test moves.
///
/// ```
/// use sori_backend::clock::{Manual, Moment};
/// use std::time::Duration;
/// let manual = Manual::at(Moment::from_secs(1_795_230_000));
/// let clock = manual.clock();
/// manual.advance(Duration::from_secs(60));
/// assert_eq!(clock.now(), Moment::from_secs(1_795_230_060));
/// ```
#[derive(Clone, Debug)]
pub struct Manual(Arc<Mutex<(Moment, Duration)>>);

impl Manual {
    /// A clock that says `moment` until it is moved.
    #[must_use]
    pub fn at(moment: Moment) -> Self {
        Self(Arc::new(Mutex::new((moment, Duration::ZERO))))
    }

    /// Lets time pass.
    pub fn advance(&self, by: Duration) {
        let mut time = self.time();
        time.0 = time.0 + by;
        time.1 = time.1.saturating_add(by);
    }

    /// Sets the system's clock, while no time passes.
    pub fn set(&self, moment: Moment) {
        self.time().0 = moment;
    }

    /// A clock that shows this time.
    #[must_use]
    pub fn clock(&self) -> Clock {
        Clock::of(self.clone())
    }

    fn time(&self) -> MutexGuard<'_, (Moment, Duration)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Source for Manual {
    fn wall(&self) -> Moment {
        self.time().0
    }

    fn uptime(&self) -> Duration {
        self.time().1
    }
}

/// A smaller difference is a clock that drifts or is being adjusted. It is followed, but never backwards.
pub(crate) const DRIFT: Duration = Duration::from_secs(30);

/// Reads a system clock that somebody may set. Between the jumps it counts the time that has passed.
#[derive(Debug)]
struct Steady {
    /// The system's time when it was last accepted, and the uptime at that moment.
    anchor: (Moment, Duration),
    latest: Moment,
    /// A jump that is not accepted yet: the time that the anchor would get, and the uptime when the jump was first
    /// seen.
    step: Option<(Moment, Duration)>,
}

impl Steady {
    fn new(wall: Moment, uptime: Duration) -> Self {
        Self {
            anchor: (wall, uptime),
            latest: wall,
            step: None,
        }
    }

    fn read(&mut self, wall: Moment, uptime: Duration) -> Moment {
        let expected = self.anchor.0 + uptime.saturating_sub(self.anchor.1);
        if expected.apart(wall) <= DRIFT {
            self.believe(wall, uptime);
            self.latest = self.latest.max(wall);
            return self.latest;
        }
        let (from, since) = *self.step.get_or_insert((wall, uptime));
        let steps_again = (from + uptime.saturating_sub(since)).apart(wall) > DRIFT;
        if steps_again {
            self.step = Some((wall, uptime));
        } else if uptime.saturating_sub(since) >= BELIEVED_AFTER {
            self.believe(wall, uptime);
            self.latest = wall;
            return wall;
        }
        self.latest = self.latest.max(expected);
        self.latest
    }

    fn believe(&mut self, wall: Moment, uptime: Duration) {
        self.anchor = (wall, uptime);
        self.step = None;
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

    const HOUR: Duration = Duration::from_secs(3600);
    const DAY: Duration = Duration::from_secs(86_400);

    #[test]
    fn a_clock_that_jumps_and_comes_back_has_no_say() {
        let manual = Manual::at(LAST_SECOND);
        let clock = manual.clock();
        for wrong in [LAST_SECOND + DAY, Moment::default(), LAST_SECOND + HOUR * 5] {
            manual.set(wrong);
            assert_eq!(clock.now(), LAST_SECOND);
        }
        manual.set(LAST_SECOND);
        manual.advance(HOUR);
        assert_eq!(clock.now(), LAST_SECOND + HOUR);
    }

    #[test]
    fn a_clock_that_was_set_right_is_believed_after_a_while() {
        for right in [LAST_SECOND + DAY, Moment::from_secs(1_795_000_000)] {
            let manual = Manual::at(LAST_SECOND);
            let clock = manual.clock();
            manual.set(right);
            assert_eq!(clock.now(), LAST_SECOND);
            manual.advance(BELIEVED_AFTER / 2);
            assert_eq!(clock.now(), LAST_SECOND + BELIEVED_AFTER / 2);
            manual.advance(BELIEVED_AFTER / 2);
            assert_eq!(clock.now(), right + BELIEVED_AFTER);
        }
    }

    #[test]
    fn a_slewed_clock_is_followed_and_never_runs_backwards() {
        let manual = Manual::at(LAST_SECOND);
        let clock = manual.clock();
        let mut before = clock.now();
        for ahead in [3, 10, 2, 0, 20] {
            manual.advance(Duration::from_secs(1));
            manual.set(LAST_SECOND + Duration::from_secs(ahead));
            let now = clock.now();
            assert!(now >= before);
            before = now;
        }
        assert_eq!(before, LAST_SECOND + Duration::from_secs(20));
    }

    #[test]
    fn uptime_knows_no_time_of_day() {
        let manual = Manual::at(LAST_SECOND);
        let clock = manual.clock();
        manual.set(LAST_SECOND + DAY);
        assert_eq!(clock.uptime(), Duration::ZERO);
        manual.advance(HOUR);
        assert_eq!(clock.uptime(), HOUR);
    }
}
