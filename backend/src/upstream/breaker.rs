//! A circuit breaker: while the upstream fails, visitors get an error at once, and no call of the quota is used.
//!
//! Pure. It never probes by itself, because a probe uses quota. After the wait, the next visitor's own request is
//! sent as the probe.

use core::time::Duration;

/// After this many failures in a row the breaker opens.
const FAILURES: u32 = 5;
const FIRST_WAIT: Duration = Duration::from_secs(5);
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// A probe without a result after this time counts as lost. This is longer than any call may take.
const PROBE_LOST: Duration = Duration::from_secs(60);

/// See the module's documentation. All times count from some fixed point.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    state: State,
    /// Increases with every change of state. The result of a call counts only for the state in which the call was
    /// admitted.
    epoch: u64,
}

/// The permission for one call. The result of the call counts for the state in which the permission was given, not
/// for a later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Permit {
    epoch: u64,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Closed { failures: u32 },
    Open { until: Duration, wait: Duration },
    HalfOpen { lost: Duration, wait: Duration },
}

impl Default for State {
    fn default() -> Self {
        Self::Closed { failures: 0 }
    }
}

impl Breaker {
    /// Whether the breaker refuses calls.
    #[must_use]
    pub(super) fn is_open(&self) -> bool {
        !matches!(self.state, State::Closed { .. })
    }

    /// Permits a call; the caller must report how it ended.
    ///
    /// # Errors
    /// How long to wait, if no call is permitted.
    pub(super) fn admit(&mut self, now: Duration) -> Result<Permit, Duration> {
        match self.state {
            State::Closed { .. } => {}
            State::Open { until: due, wait } | State::HalfOpen { lost: due, wait }
                if due <= now =>
            {
                let lost = now + PROBE_LOST;
                self.change(State::HalfOpen { lost, wait });
            }
            State::Open { until, .. } => return Err(until - now),
            // The result of the probe will arrive soon.
            State::HalfOpen { .. } => return Err(Duration::from_secs(1)),
        }
        Ok(Permit { epoch: self.epoch })
    }

    /// A call ended with a reply that came from the upstream itself.
    pub(super) fn succeeded(&mut self, permit: Permit) {
        if permit.epoch != self.epoch {
            return;
        }
        match &mut self.state {
            State::Closed { failures } => *failures = 0,
            State::Open { .. } | State::HalfOpen { .. } => {
                self.change(State::Closed { failures: 0 });
            }
        }
    }

    /// A call failed, at `now`. If the upstream has `asked` for a time without calls, one failure is enough.
    pub(super) fn failed(&mut self, permit: Permit, now: Duration, asked: Option<Duration>) {
        if permit.epoch != self.epoch {
            return;
        }
        let (failures, wait) = match self.state {
            State::Closed { failures } => (failures.saturating_add(1), FIRST_WAIT),
            State::HalfOpen { wait, .. } => (FAILURES, (wait * 2).min(LONGEST_WAIT)),
            State::Open { .. } => return,
        };
        let pause = if failures >= FAILURES {
            Some(wait.max(asked.unwrap_or_default()))
        } else {
            asked
        };
        match pause {
            Some(pause) => {
                let until = now + pause;
                self.change(State::Open { until, wait });
            }
            None => self.state = State::Closed { failures },
        }
    }

    /// A permitted call was never made, or its result says nothing about the upstream.
    pub(super) fn withdrawn(&mut self, permit: Permit, now: Duration) {
        if permit.epoch != self.epoch {
            return;
        }
        if let State::HalfOpen { wait, .. } = self.state {
            self.change(State::Open { until: now, wait });
        }
    }

    fn change(&mut self, state: State) {
        self.state = state;
        self.epoch += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Duration = Duration::from_secs(1_000);

    fn open() -> Breaker {
        let mut breaker = Breaker::default();
        for _ in 0..FAILURES {
            let permit = breaker.admit(NOON).unwrap();
            breaker.failed(permit, NOON, None);
        }
        breaker
    }

    #[test]
    fn repeated_failures_hold_calls_back() {
        let mut breaker = open();
        assert_eq!(breaker.admit(NOON), Err(FIRST_WAIT));
    }

    #[test]
    fn an_upstream_that_asks_for_a_wait_gets_it_at_once() {
        let asked = Some(Duration::from_secs(30));
        let mut breaker = Breaker::default();
        let permit = breaker.admit(NOON).unwrap();
        breaker.failed(permit, NOON, asked);
        assert_eq!(breaker.admit(NOON), Err(Duration::from_secs(30)));
        let mut breaker = open();
        let later = NOON + FIRST_WAIT;
        let probe = breaker.admit(later).unwrap();
        breaker.failed(probe, later, asked);
        assert_eq!(breaker.admit(later), Err(Duration::from_secs(30)));
    }

    #[test]
    fn an_answer_between_failures_keeps_it_closed() {
        let mut breaker = Breaker::default();
        for _ in 0..FAILURES * 3 {
            let permit = breaker.admit(NOON).unwrap();
            breaker.failed(permit, NOON, None);
            let permit = breaker.admit(NOON).unwrap();
            breaker.succeeded(permit);
        }
        assert!(!breaker.is_open());
    }

    #[test]
    fn one_request_alone_tries_the_upstream_again() {
        let mut breaker = open();
        let later = NOON + FIRST_WAIT;
        let probe = breaker.admit(later).unwrap();
        assert!(breaker.admit(later).is_err());
        breaker.succeeded(probe);
        assert!(breaker.admit(later).is_ok());
    }

    #[test]
    fn each_failed_try_doubles_the_wait_up_to_a_minute() {
        let mut breaker = open();
        let mut now = NOON + FIRST_WAIT;
        for wait in [10, 20, 40, 60, 60] {
            let probe = breaker.admit(now).unwrap();
            breaker.failed(probe, now, None);
            let wait = Duration::from_secs(wait);
            assert_eq!(breaker.admit(now), Err(wait));
            now += wait;
        }
    }

    #[test]
    fn a_try_that_is_withdrawn_or_lost_does_not_close_the_gate_for_good() {
        let mut breaker = open();
        let later = NOON + FIRST_WAIT;
        let probe = breaker.admit(later).unwrap();
        breaker.withdrawn(probe, later);
        assert!(breaker.admit(later).is_ok());
        assert!(breaker.admit(later + PROBE_LOST).is_ok());
    }

    #[test]
    fn a_call_from_before_says_nothing_about_the_state_of_now() {
        let mut breaker = Breaker::default();
        let slow = breaker.admit(NOON).unwrap();
        for _ in 0..FAILURES {
            let permit = breaker.admit(NOON).unwrap();
            breaker.failed(permit, NOON, None);
        }
        breaker.succeeded(slow);
        assert!(breaker.is_open(), "an old success does not close it");
        let later = NOON + FIRST_WAIT;
        let probe = breaker.admit(later).unwrap();
        breaker.failed(slow, later, None);
        breaker.withdrawn(slow, later);
        breaker.succeeded(slow);
        assert!(breaker.is_open(), "nor does it speak for the probe");
        breaker.succeeded(probe);
        assert!(!breaker.is_open());
    }
}
