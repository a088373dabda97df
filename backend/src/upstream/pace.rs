//! How fast the upstream can be called. After a 429 that is about calls per second and not about the day, no call is
//! made for a moment, and for longer if that is not enough.
//!
//! Pure. A 429 without a reason counts as one about calls per second for as long as that is plausible: such a limit
//! ends within minutes, a used-up daily quota does not.

use core::time::Duration;

/// About ten calls at once are enough for a refusal, and after a pause of 0.3 to 2 s calls have been seen to work
/// again.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// The longest wait that an upstream may ask for.
const LONGEST_ASKED: Duration = Duration::from_secs(120);
/// If there were only refusals without a reason for this time, and several of them, the daily quota is used up.
const LASTING: Duration = Duration::from_secs(180);
const LASTING_TIMES: u32 = 5;

/// See the module's documentation. All times count from some fixed point.
#[derive(Debug, Default)]
pub(super) struct Pace {
    pause: Option<Pause>,
    unexplained: Option<Unexplained>,
}

#[derive(Clone, Copy, Debug)]
struct Pause {
    begun: Duration,
    until: Duration,
    wait: Duration,
}

#[derive(Clone, Copy, Debug)]
struct Unexplained {
    since: Duration,
    times: u32,
}

/// What a refusal means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// No call may be made for this time.
    Pause(Duration),
    /// It is not a matter of seconds: the daily quota is used up.
    DaySpent,
}

impl Pace {
    /// How much longer no call may be made.
    #[must_use]
    pub(super) fn rest(&self, now: Duration) -> Option<Duration> {
        let rest = self.pause?.until.checked_sub(now)?;
        (!rest.is_zero()).then_some(rest)
    }

    /// A call was refused at `now` because there were too many. `explained` says whether the upstream gave this
    /// reason, `asked` how long it wants no calls.
    pub(super) fn refused(
        &mut self,
        now: Duration,
        explained: bool,
        asked: Option<Duration>,
    ) -> Verdict {
        if explained {
            self.unexplained = None;
        } else {
            let unexplained = self.unexplained.get_or_insert(Unexplained {
                since: now,
                times: 0,
            });
            unexplained.times += 1;
            if unexplained.times >= LASTING_TIMES && now - unexplained.since >= LASTING {
                *self = Self::default();
                return Verdict::DaySpent;
            }
        }
        let wait = match self.pause {
            // This refusal belongs to the same burst of calls as one that is already known.
            Some(pause) if now < pause.until => return Verdict::Pause(pause.until - now),
            Some(pause) => (pause.wait * 2).min(LONGEST_WAIT),
            None => FIRST_WAIT,
        };
        let asked = asked.unwrap_or_default().min(LONGEST_ASKED);
        self.pause = Some(Pause {
            begun: now,
            until: now + wait.max(asked),
            wait,
        });
        Verdict::Pause(wait.max(asked))
    }

    /// A call that began at `begun` was successful.
    pub(super) fn answered(&mut self, begun: Duration) {
        // A call that was sent before the refusal says nothing about the time after it.
        if self.pause.is_none_or(|pause| begun >= pause.begun) {
            *self = Self::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(100);

    fn secs(secs: u64) -> Duration {
        Duration::from_secs(secs)
    }

    #[test]
    fn each_further_refusal_doubles_the_pause_up_to_half_a_minute() {
        let mut pace = Pace::default();
        let mut now = NOW;
        for wait in [1, 2, 4, 8, 16, 30, 30] {
            assert_eq!(pace.refused(now, true, None), Verdict::Pause(secs(wait)));
            assert_eq!(pace.rest(now), Some(secs(wait)));
            now += secs(wait);
            assert_eq!(pace.rest(now), None);
        }
        pace.answered(now);
        assert_eq!(pace.refused(now, true, None), Verdict::Pause(secs(1)));
    }

    #[test]
    fn a_burst_of_refusals_is_one() {
        let mut pace = Pace::default();
        for _ in 0..20 {
            assert_eq!(pace.refused(NOW, true, None), Verdict::Pause(secs(1)));
        }
        // The other calls of the burst were successful, which says nothing about the pause.
        pace.answered(NOW - secs(1));
        assert_eq!(pace.rest(NOW), Some(secs(1)));
    }

    #[test]
    fn a_wait_that_the_upstream_asks_for_is_kept_within_reason() {
        let mut pace = Pace::default();
        assert_eq!(
            pace.refused(NOW, true, Some(secs(7))),
            Verdict::Pause(secs(7))
        );
        let mut pace = Pace::default();
        let day = secs(86_400);
        assert_eq!(
            pace.refused(NOW, true, Some(day)),
            Verdict::Pause(secs(120))
        );
    }

    #[test]
    fn refusals_without_a_reason_close_the_day_only_after_minutes() {
        let mut pace = Pace::default();
        let mut now = NOW;
        let closed = loop {
            match pace.refused(now, false, None) {
                Verdict::Pause(wait) => now += wait,
                Verdict::DaySpent => break now - NOW,
            }
        };
        assert!((secs(180)..secs(240)).contains(&closed), "{closed:?}");
        // Fewer refusals, or refusals with a successful call in between, never do.
        let mut pace = Pace::default();
        for n in 0..20 {
            let now = NOW + secs(60) * n;
            assert_ne!(pace.refused(now, false, None), Verdict::DaySpent);
            pace.answered(now);
        }
        let mut pace = Pace::default();
        for n in 0..20 {
            assert_ne!(
                pace.refused(NOW + secs(60) * n, true, None),
                Verdict::DaySpent
            );
        }
    }
}
