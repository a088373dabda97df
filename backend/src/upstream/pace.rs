//! How fast the upstream lets itself be called: after a 429 that is about the second, not about the day,
//! nobody calls for a moment, and for longer if that is not enough.
//!
//! Pure. A 429 without a reason is taken for one about the second as long as that can be believed: a rate is
//! kept within minutes, a spent day is not.

use core::time::Duration;

/// A burst of about ten calls is enough for a refusal, and 0.3 to 2 s of rest have been seen to cure it.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// The longest wait that an upstream may ask for.
const LONGEST_ASKED: Duration = Duration::from_secs(120);
/// Refusals without a reason, and nothing else for so long and so often, mean that the day is spent.
const LASTING: Duration = Duration::from_secs(180);
const LASTING_TIMES: u32 = 5;

/// See the module's documentation. Times are times since some fixed point.
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

/// What a refusal comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nobody may call for so long.
    Pause(Duration),
    /// It is no matter of seconds: the day is spent.
    DaySpent,
}

impl Pace {
    /// How long nobody may call yet.
    #[must_use]
    pub(super) fn rest(&self, now: Duration) -> Option<Duration> {
        let rest = self.pause?.until.checked_sub(now)?;
        (!rest.is_zero()).then_some(rest)
    }

    /// A call was refused at `now` for its pace; `explained` says whether the upstream said so, `asked` how
    /// long it wants to be left alone.
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
            // One of the same burst: it is known already.
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

    /// A call that began at `begun` was answered.
    pub(super) fn answered(&mut self, begun: Duration) {
        // One that was sent before the refusal says nothing about the time after.
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
        // The others of the burst were answered, which says nothing about the pause.
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
        // Fewer, or with an answer between, never do.
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
