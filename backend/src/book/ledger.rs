//! The daily quota: which calls are admitted, when reservations lapse, what happens at midnight and when the upstream
//! says that the quota is used up.

use super::{Book, Call, CallId, End, Event, Exhausted, Policy, VerifiedBy};
use crate::clock::Moment;
use core::time::Duration;

/// A refusal so soon after midnight may still be about the day before, if the upstream's clock is behind ours. If it
/// were taken for the new day, no calls would be made for 24 hours.
pub(crate) const MIDNIGHT_DOUBT: Duration = Duration::from_secs(120);
/// For how many days before today the number of calls is remembered, in case the clock is set back.
pub(crate) const DAYS_KEPT: usize = 3;

/// How much of today's quota is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Calls a day; `None` for no limit.
    pub quota: Option<u32>,
    /// Calls made or under way.
    pub spent: u32,
    /// Calls reserved for the verification of issued keys.
    pub reserved: u32,
    /// Whether the upstream has said that the quota is used up.
    pub closed: bool,
}

impl Usage {
    /// Calls that are neither spent nor reserved.
    #[must_use]
    pub fn left(&self) -> Option<u32> {
        let taken = self.spent.saturating_add(self.reserved);
        self.quota.map(|quota| {
            if self.closed {
                0
            } else {
                quota.saturating_sub(taken)
            }
        })
    }
}

impl Book {
    /// How much is used, as of the last [`advance`](Book::advance).
    #[must_use]
    pub fn usage(&self, policy: &Policy) -> Usage {
        Usage {
            quota: policy.quota,
            spent: self.spent,
            reserved: self.reserved(),
            closed: self.closed_until.is_some(),
        }
    }

    /// When calls are expected to work again, if the upstream has said that the quota is used up.
    #[must_use]
    pub fn closed_until(&self) -> Option<Moment> {
        self.closed_until
    }

    /// Admits a call that issues a key, if the quota also has a call for its verification.
    ///
    /// # Errors
    /// [`Exhausted`], with the moment at which the quota has room again.
    pub fn admit_issue(&self, policy: &Policy) -> Result<(CallId, Event), Exhausted> {
        self.room_for(policy, 2)?;
        self.room_for_key(policy)?;
        let call = CallId(self.next_call);
        Ok((call, Event::Asked { call }))
    }

    /// The upstream said that the quota is used up, in reply to a call that was admitted at `admitted`. `None` if
    /// this says nothing about today.
    #[must_use]
    pub fn upstream_exhausted(&self, admitted: Moment) -> Option<Event> {
        let doubt = self.day.start() + MIDNIGHT_DOUBT;
        let until = match () {
            () if admitted.korean_day() < self.day => return None,
            () if self.now < doubt => doubt,
            () => self.day.end(),
        };
        Some(Event::Closed { until })
    }

    pub(super) fn reserved(&self) -> u32 {
        let issuing = self.calls.values().filter(|c| matches!(c, Call::Issue));
        let issuing = u32::try_from(issuing.count()).unwrap_or(u32::MAX);
        self.held.saturating_add(issuing)
    }

    /// Whether the quota has room for `calls` more calls today.
    pub(super) fn room_for(&self, policy: &Policy, calls: u32) -> Result<(), Exhausted> {
        match (self.room_at(policy, calls), self.closed_until) {
            (None, None) => Ok(()),
            (room, closed) => Err(Exhausted {
                until: room.max(closed).unwrap_or(self.now),
            }),
        }
    }

    /// When the quota will have room for `calls` more calls, if nothing else happens until then. `None` if it has
    /// room now.
    fn room_at(&self, policy: &Policy, calls: u32) -> Option<Moment> {
        let quota = u64::from(policy.quota?);
        let fits = |spent: u32, reserved: u32| {
            u64::from(spent) + u64::from(reserved) + u64::from(calls) <= quota
        };
        let (mut spent, mut reserved) = (self.spent, self.reserved());
        if fits(spent, reserved) {
            return None;
        }
        let midnight = self.day.end();
        let mut today = true;
        for lapse in self.lapses(policy) {
            if today && lapse >= midnight {
                today = false;
                spent = self.calls_under_way();
                if fits(spent, reserved) {
                    break;
                }
            }
            reserved = reserved.saturating_sub(1);
            if policy.verified_by == VerifiedBy::Site {
                spent = spent.saturating_add(1);
            }
            if fits(spent, reserved) {
                return Some(lapse);
            }
        }
        Some(midnight)
    }

    /// When the present reservations lapse, the earliest first.
    fn lapses(&self, policy: &Policy) -> impl Iterator<Item = Moment> {
        self.lapsing
            .iter()
            .filter(|(_, key)| self.keys.get(key).is_some_and(|r| r.is_reserved()))
            .map(|&(issued, _)| issued + policy.reserve)
    }

    fn calls_under_way(&self) -> u32 {
        u32::try_from(self.calls.len()).unwrap_or(u32::MAX)
    }

    /// Lets all reservations lapse and all midnights pass that are due by now, in the order of their times.
    pub(super) fn advance_ledger(&mut self, policy: &Policy) {
        loop {
            let midnight = self.day.end();
            let lapse = self
                .lapsing
                .front()
                .map(|(issued, _)| *issued + policy.reserve);
            match lapse {
                Some(at) if at <= self.now && at < midnight => self.lapse_next(policy),
                _ if self.now.korean_day() > self.day => {
                    let next = lapse.map_or(self.now, |at| at.min(self.now));
                    self.turn_day(next.max(midnight));
                }
                _ => break,
            }
        }
        if self.closed_until.is_some_and(|until| until <= self.now) {
            self.closed_until = None;
        }
    }

    /// The upstream may count calls that are under way at midnight on either day, so both days count them.
    fn turn_day(&mut self, at: Moment) {
        self.days_before.push_back((self.day, self.spent));
        while self.days_before.len() > DAYS_KEPT {
            self.days_before.pop_front();
        }
        self.day = at.korean_day();
        self.spent = self.calls_under_way();
    }

    /// The clock was ahead. Calls that were counted on days that have not come yet were made today.
    pub(super) fn set_ledger_back(&mut self) {
        let today = self.now.korean_day();
        if self.day <= today {
            return;
        }
        self.day = today;
        while let Some(&(day, spent)) = self.days_before.back()
            && day >= today
        {
            self.spent = self.spent.saturating_add(spent);
            self.days_before.pop_back();
        }
        self.closed_until = self.closed_until.map(|until| until.min(today.end()));
    }

    fn lapse_next(&mut self, policy: &Policy) {
        let Some((_, key)) = self.lapsing.pop_front() else {
            return;
        };
        let lapsed = self.keys.get_mut(&key).is_some_and(|r| r.release());
        if lapsed {
            self.held = self.held.saturating_sub(1);
            // The site may have used this verification at any time until now, so count it.
            if policy.verified_by == VerifiedBy::Site {
                self.spent = self.spent.saturating_add(1);
            }
        }
    }

    /// A call counts as spent from the moment it is admitted: its reply may arrive, or be lost, at any time after
    /// that.
    pub(super) fn open_call(&mut self, id: CallId, call: Call) {
        self.next_call = self.next_call.max(id.0.saturating_add(1));
        if self.calls.insert(id.0, call).is_none() {
            self.spent = self.spent.saturating_add(1);
        }
    }

    pub(super) fn close_call(&mut self, policy: &Policy, id: CallId, end: End) {
        let Some(call) = self.calls.remove(&id.0) else {
            return;
        };
        if matches!(end, End::GivenBack | End::Dismissed) {
            self.spent = self.spent.saturating_sub(1);
        }
        if let Call::Verify { key, reserved } = call {
            self.settle_claim(policy, key, end, reserved);
        }
    }
}
