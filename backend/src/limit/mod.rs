//! Rate limits for each client and for the site as a whole. All of it is pure; the caller gives the time.
//!
//! A rate means what it says: `40/minute` lets at most 40 through in any 60 seconds, and a refusal names
//! the time after which the same request is let through.

mod rate;
#[cfg(test)]
mod tests;

pub use rate::{Rate, Rates};

use crate::secret::Fingerprint;
use core::{fmt, time::Duration};
use rate::Window;
use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
};

/// How many windows of each kind are remembered. When there are more, new clients of that kind share one window for
/// each rate, until other windows are empty.
const REMEMBERED: usize = 131_072;

/// The group of requests that a limit counts together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// An IPv4 address or an IPv6 /64 network, which belongs to one subscriber.
    Client,
    /// An IPv6 /48 network, which may also belong to one subscriber.
    Network,
    /// A ticket's session.
    Session,
    /// All visitors together.
    Site,
}

impl Scope {
    /// Its name in logs and metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Network => "network",
            Self::Session => "session",
            Self::Site => "site",
        }
    }

    /// The setting that sets it.
    #[must_use]
    pub const fn setting(self) -> &'static str {
        match self {
            Self::Client => "SORI_CLIENT_RATE",
            Self::Network => "SORI_NETWORK_RATE",
            Self::Session => "SORI_SESSION_RATE",
            Self::Site => "SORI_HOURLY_SHARE",
        }
    }
}

/// Which limit was reached, and when the request would be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Whose requests were too many.
    pub scope: Scope,
    /// The rate that was reached.
    pub rate: Rate,
    /// The time until the request would be allowed.
    pub wait: Duration,
}

/// `client 40/minute`.
impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.scope.as_str(), self.rate)
    }
}

/// What the limits need to know about a visitor.
#[derive(Clone, Copy, Debug)]
pub struct Visitor {
    /// The client's address.
    pub address: IpAddr,
    /// With a ticket, its session.
    pub session: Option<Fingerprint>,
}

/// The client, network, session or site whose requests are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bucket {
    /// An IPv4 address or an IPv6 /64.
    Client(IpAddr),
    /// An IPv6 /48.
    Network(Ipv6Addr),
    /// A ticket's session.
    Session(Fingerprint),
    /// Everybody.
    Site,
}

impl Bucket {
    /// Its kind.
    #[must_use]
    pub const fn scope(self) -> Scope {
        match self {
            Self::Client(_) => Scope::Client,
            Self::Network(_) => Scope::Network,
            Self::Session(_) => Scope::Session,
            Self::Site => Scope::Site,
        }
    }
}

/// One of the counts that a request is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Take {
    /// With whom it is counted.
    pub bucket: Bucket,
    /// The rate that applies.
    pub rate: Rate,
}

/// The limits in force.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Per IPv4 address and IPv6 /64.
    pub client: Rates,
    /// Per IPv6 /48.
    pub network: Rates,
    /// Per session of a ticket.
    pub session: Rates,
    /// For all together.
    pub site: Rates,
}

impl Limits {
    /// All counts that a request of the visitor is part of.
    #[must_use]
    pub fn takes(&self, visitor: &Visitor) -> Vec<Take> {
        let mut takes = Vec::new();
        let mut enter = |bucket, rates: &Rates| {
            takes.extend(rates.iter().map(|rate| Take { bucket, rate }));
        };
        enter(Bucket::Site, &self.site);
        match visitor.address.to_canonical() {
            IpAddr::V4(v4) => enter(Bucket::Client(v4.into()), &self.client),
            IpAddr::V6(v6) => {
                enter(Bucket::Client(prefix(v6, 64).into()), &self.client);
                enter(Bucket::Network(prefix(v6, 48)), &self.network);
            }
        }
        if let Some(session) = visitor.session {
            enter(Bucket::Session(session), &self.session);
        }
        takes
    }
}

/// Counts requests against the limits, in memory.
#[derive(Debug, Default)]
pub struct Limiter {
    kinds: HashMap<Scope, Kind>,
}

impl Limiter {
    /// Whether all of `takes` have room for a request. `now` is the time since any fixed point, and never goes
    /// backwards.
    ///
    /// # Errors
    /// The limit that is reached; of several, the one with the longest wait.
    pub fn check(&mut self, takes: &[Take], now: Duration) -> Result<(), Refused> {
        let refusals = takes.iter().filter_map(|take| {
            let (scope, rate) = (take.bucket.scope(), take.rate);
            let wait = self.window(*take, now).wait(rate, now)?;
            Some(Refused { scope, rate, wait })
        });
        match refusals.max_by_key(|refused| refused.wait) {
            Some(refused) => Err(refused),
            None => Ok(()),
        }
    }

    /// Counts a request in all of `takes`.
    pub fn count(&mut self, takes: &[Take], now: Duration) {
        for take in takes {
            self.window(*take, now).count(take.rate, now);
        }
    }

    fn window(&mut self, take: Take, now: Duration) -> &mut Window {
        let scope = take.bucket.scope();
        self.kinds.entry(scope).or_default().window(take, now)
    }
}

/// The windows of one kind. If there are too many of one kind, the windows of the other kinds are not affected.
#[derive(Debug, Default)]
struct Kind {
    known: HashMap<Take, Window>,
    rest: HashMap<Rate, Window>,
    swept: Duration,
}

impl Kind {
    /// The window of `take`, or the shared one if there is no room to remember it.
    fn window(&mut self, take: Take, now: Duration) -> &mut Window {
        let full = self.known.len() >= REMEMBERED && !self.known.contains_key(&take);
        // Clean up at most once a second, so that a flood of new addresses does not cause a scan for each request.
        if full && now.saturating_sub(self.swept) >= Duration::from_secs(1) {
            self.swept = now;
            self.known
                .retain(|take, window| !window.is_empty(take.rate, now));
        }
        if full && self.known.len() >= REMEMBERED {
            self.rest.entry(take.rate).or_default()
        } else {
            self.known.entry(take).or_default()
        }
    }
}

fn prefix(address: Ipv6Addr, bits: u32) -> Ipv6Addr {
    Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << (128 - bits)))
}
