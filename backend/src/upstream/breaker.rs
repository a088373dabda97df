//! A circuit breaker: while the upstream fails, visitors are told at once, and no call is spent on it.
//!
//! Pure. It never probes by itself, since a probe costs quota: when the wait is over, the next visitor's
//! own request is let through and decides.

use crate::clock::Moment;
use core::time::Duration;

/// So many failures in a row open it.
const FAILURES: u32 = 5;
const FIRST_WAIT: Duration = Duration::from_secs(5);
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// A probe that has not reported by then is taken for lost. Longer than any call may take.
const PROBE_LOST: Duration = Duration::from_secs(60);

/// See the module's documentation.
#[derive(Debug)]
pub(super) struct Breaker {
    state: State,
}

#[derive(Debug)]
enum State {
    Closed { failures: u32 },
    Open { until: Moment, wait: Duration },
    HalfOpen { lost: Moment, wait: Duration },
}

impl Default for Breaker {
    fn default() -> Self {
        let state = State::Closed { failures: 0 };
        Self { state }
    }
}

impl Breaker {
    /// Whether calls are held back.
    #[must_use]
    pub(super) fn is_open(&self) -> bool {
        !matches!(self.state, State::Closed { .. })
    }

    /// Lets a call through; the caller must report its end.
    ///
    /// # Errors
    /// The moment to try again.
    pub(super) fn admit(&mut self, now: Moment) -> Result<(), Moment> {
        match self.state {
            State::Closed { .. } => Ok(()),
            State::Open { until, wait } if until <= now => {
                let lost = now + PROBE_LOST;
                self.state = State::HalfOpen { lost, wait };
                Ok(())
            }
            State::HalfOpen { lost, wait } if lost <= now => {
                let lost = now + PROBE_LOST;
                self.state = State::HalfOpen { lost, wait };
                Ok(())
            }
            State::Open { until, .. } => Err(until),
            // The probe's answer is near.
            State::HalfOpen { .. } => Err(now + Duration::from_secs(1)),
        }
    }

    /// A call ended with an answer of the upstream's own.
    pub(super) fn succeeded(&mut self) {
        self.state = State::Closed { failures: 0 };
    }

    /// A call failed, at `now`.
    pub(super) fn failed(&mut self, now: Moment) {
        let (failures, wait) = match self.state {
            State::Closed { failures } => (failures.saturating_add(1), FIRST_WAIT),
            State::HalfOpen { wait, .. } => (FAILURES, (wait * 2).min(LONGEST_WAIT)),
            // A call from before it opened: nothing new.
            State::Open { .. } => return,
        };
        self.state = if failures >= FAILURES {
            let until = now + wait;
            State::Open { until, wait }
        } else {
            State::Closed { failures }
        };
    }

    /// A call that was let through was never made.
    pub(super) fn withdrawn(&mut self, now: Moment) {
        if let State::HalfOpen { wait, .. } = self.state {
            self.state = State::Open { until: now, wait };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Moment = Moment::from_secs(1_795_230_000);

    fn open() -> Breaker {
        let mut breaker = Breaker::default();
        for _ in 0..FAILURES {
            assert!(breaker.admit(NOON).is_ok());
            breaker.failed(NOON);
        }
        breaker
    }

    #[test]
    fn repeated_failures_hold_calls_back() {
        let mut breaker = open();
        assert_eq!(breaker.admit(NOON), Err(NOON + FIRST_WAIT));
    }

    #[test]
    fn an_answer_between_failures_keeps_it_closed() {
        let mut breaker = Breaker::default();
        for _ in 0..FAILURES * 3 {
            breaker.failed(NOON);
            breaker.succeeded();
        }
        assert!(!breaker.is_open());
    }

    #[test]
    fn one_request_alone_tries_the_upstream_again() {
        let mut breaker = open();
        let later = NOON + FIRST_WAIT;
        assert!(breaker.admit(later).is_ok());
        assert!(breaker.admit(later).is_err());
        breaker.succeeded();
        assert!(breaker.admit(later).is_ok());
    }

    #[test]
    fn each_failed_try_doubles_the_wait_up_to_a_minute() {
        let mut breaker = open();
        let mut now = NOON + FIRST_WAIT;
        for wait in [10, 20, 40, 60, 60] {
            assert!(breaker.admit(now).is_ok());
            breaker.failed(now);
            let until = now + Duration::from_secs(wait);
            assert_eq!(breaker.admit(now), Err(until));
            now = until;
        }
    }

    #[test]
    fn a_try_that_is_withdrawn_or_lost_does_not_close_the_gate_for_good() {
        let mut breaker = open();
        let later = NOON + FIRST_WAIT;
        assert!(breaker.admit(later).is_ok());
        breaker.withdrawn(later);
        assert!(breaker.admit(later).is_ok());
        assert!(breaker.admit(later + PROBE_LOST).is_ok());
    }
}
