//! Rate limits per client and for the site as a whole. Pure; time comes from outside.
//!
//! Each limit is a leaky bucket (GCRA): `40/minute` lets 40 through at once and one more every 1.5 s, and
//! knows to the millisecond when the next may come. One moment per bucket is all it remembers.

use crate::{clock::Moment, secret::Fingerprint};
use core::{fmt, str::FromStr, time::Duration};
use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
};

/// The most clients remembered. Beyond it newcomers share one bucket until others have run empty.
const CLIENTS: usize = 100_000;

/// So many in such a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

    fn interval(self) -> Duration {
        self.per / self.count
    }

    /// When the bucket that is full until `full_until` has room, and what it is full until then.
    fn take(self, full_until: Moment, now: Moment) -> Result<Moment, Moment> {
        let next = full_until.max(now) + self.interval();
        if next.since(now) <= self.per {
            Ok(next)
        } else {
            Err(now + (next.since(now) - self.per))
        }
    }
}

/// Several rates that hold at once, or none. Reads `40/minute,200/hour,300/day` and `off`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rates(Vec<Rate>);

impl Rates {
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
            .map(|one| rate(one.trim()))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

fn rate(text: &str) -> Result<Rate, String> {
    let wrong =
        || format!("`{text}` is no rate; a rate looks like 40/minute, with minute, hour or day");
    let (count, unit) = text.split_once('/').ok_or_else(wrong)?;
    let count: u32 = count.parse().map_err(|_| wrong())?;
    let per = match unit {
        "minute" => 60,
        "hour" => 3600,
        "day" => 86_400,
        _ => return Err(wrong()),
    };
    if count == 0 {
        return Err("a rate lets at least 1 through; `off` means no limit".into());
    }
    Ok(Rate::new(count, Duration::from_secs(per)))
}

impl fmt::Display for Rates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("off");
        }
        for (at, rate) in self.0.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            let unit = match rate.per.as_secs() {
                60 => "minute",
                3600 => "hour",
                _ => "day",
            };
            write!(f, "{comma}{}/{unit}", rate.count)?;
        }
        Ok(())
    }
}

/// What a request counts against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Bucket {
    /// An IPv4 address or an IPv6 /64, which is one subscriber's.
    Client(IpAddr),
    /// An IPv6 /48, which one subscriber may hold too.
    Network(Ipv6Addr),
    /// A ticket's session, by its id.
    Session(Fingerprint),
    Site,
    /// All clients beyond [`CLIENTS`].
    Rest,
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

/// Counts requests against the limits.
#[derive(Debug)]
pub struct Limiter {
    limits: Limits,
    full_until: HashMap<(Bucket, u8), Moment>,
    swept: Moment,
}

impl Limiter {
    /// A limiter that has seen nobody yet.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            full_until: HashMap::new(),
            swept: Moment::default(),
        }
    }

    /// Counts a request of the client at `address` and, with a ticket, of its session. A refused one is
    /// counted nowhere.
    ///
    /// # Errors
    /// The moment at which it would be let through, if any limit is reached.
    pub fn admit(
        &mut self,
        address: IpAddr,
        session: Option<Fingerprint>,
        now: Moment,
    ) -> Result<(), Moment> {
        let mut taken = Vec::new();
        let mut refused = None;
        for (bucket, rates) in self.buckets(address, session) {
            let bucket = self.known(bucket, now);
            for (at, rate) in (0_u8..).zip(&rates.0) {
                let full_until = self.full_until.get(&(bucket, at)).copied();
                match rate.take(full_until.unwrap_or_default(), now) {
                    Ok(next) => taken.push(((bucket, at), next)),
                    Err(until) => refused = refused.max(Some(until)),
                }
            }
        }
        match refused {
            Some(until) => Err(until),
            None => {
                self.full_until.extend(taken);
                Ok(())
            }
        }
    }

    fn buckets(&self, address: IpAddr, session: Option<Fingerprint>) -> Vec<(Bucket, Rates)> {
        let limits = &self.limits;
        let mut buckets = vec![(Bucket::Site, limits.site.clone())];
        match address.to_canonical() {
            IpAddr::V4(v4) => buckets.push((Bucket::Client(v4.into()), limits.client.clone())),
            IpAddr::V6(v6) => {
                let client = Bucket::Client(prefix(v6, 64).into());
                buckets.push((client, limits.client.clone()));
                buckets.push((Bucket::Network(prefix(v6, 48)), limits.network.clone()));
            }
        }
        if let Some(session) = session {
            buckets.push((Bucket::Session(session), limits.session.clone()));
        }
        buckets
    }

    /// The bucket itself, or the shared one if there is no room to remember it.
    fn known(&mut self, bucket: Bucket, now: Moment) -> Bucket {
        if bucket == Bucket::Site || self.full_until.contains_key(&(bucket, 0)) {
            return bucket;
        }
        // At most once a second: a flood of new addresses must not buy a scan each.
        if self.full_until.len() >= CLIENTS && now.since(self.swept) >= Duration::from_secs(1) {
            self.swept = now;
            self.full_until.retain(|_, full_until| *full_until > now);
        }
        if self.full_until.len() >= CLIENTS {
            Bucket::Rest
        } else {
            bucket
        }
    }
}

fn prefix(address: Ipv6Addr, bits: u32) -> Ipv6Addr {
    Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << (128 - bits)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOON: Moment = Moment::from_secs(1_795_230_000);

    fn limits(client: &str, network: &str, site: &str) -> Limits {
        Limits {
            client: client.parse().unwrap(),
            network: network.parse().unwrap(),
            session: Rates::off(),
            site: site.parse().unwrap(),
        }
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_refused_client_is_let_through_when_it_was_told_to_return() {
        let mut limiter = Limiter::new(limits("3/minute", "off", "off"));
        let client = address("192.0.2.1");
        for _ in 0..3 {
            assert_eq!(limiter.admit(client, None, NOON), Ok(()));
        }
        let until = limiter.admit(client, None, NOON).unwrap_err();
        assert_eq!(until, NOON + Duration::from_secs(20));
        let early = Moment::from_millis(until.as_millis() - 1);
        assert!(limiter.admit(client, None, early).is_err());
        assert_eq!(limiter.admit(client, None, until), Ok(()));
    }

    #[test]
    fn one_subscriber_with_many_ipv6_addresses_is_one_client() {
        let mut limiter = Limiter::new(limits("1/hour", "2/hour", "off"));
        assert!(
            limiter
                .admit(address("2001:db8:1:1::1"), None, NOON)
                .is_ok()
        );
        assert!(
            limiter
                .admit(address("2001:db8:1:1::2"), None, NOON)
                .is_err()
        );
        assert!(
            limiter
                .admit(address("2001:db8:1:2::1"), None, NOON)
                .is_ok()
        );
        assert!(
            limiter
                .admit(address("2001:db8:1:3::1"), None, NOON)
                .is_err()
        );
        assert!(
            limiter
                .admit(address("2001:db8:2:1::1"), None, NOON)
                .is_ok()
        );
    }

    #[test]
    fn an_ipv4_address_in_ipv6_clothes_is_the_same_client() {
        let mut limiter = Limiter::new(limits("1/hour", "off", "off"));
        assert!(limiter.admit(address("192.0.2.1"), None, NOON).is_ok());
        assert!(
            limiter
                .admit(address("::ffff:192.0.2.1"), None, NOON)
                .is_err()
        );
    }

    #[test]
    fn a_refusal_by_one_limit_costs_nothing_at_the_others() {
        let mut limiter = Limiter::new(limits("1/hour", "off", "2/hour"));
        assert!(limiter.admit(address("192.0.2.1"), None, NOON).is_ok());
        for _ in 0..10 {
            assert!(limiter.admit(address("192.0.2.1"), None, NOON).is_err());
        }
        assert!(limiter.admit(address("192.0.2.2"), None, NOON).is_ok());
    }

    #[test]
    fn a_flood_of_addresses_neither_fills_the_memory_nor_opens_the_gate() {
        let mut limiter = Limiter::new(limits("1/day", "off", "off"));
        let addresses = (0..CLIENTS as u32 + 1000).map(|n| IpAddr::V4(n.into()));
        let let_through = addresses
            .filter(|&client| limiter.admit(client, None, NOON).is_ok())
            .count();
        assert_eq!(let_through, CLIENTS + 1);
        assert!(limiter.full_until.len() <= CLIENTS + 1);
    }

    #[test]
    fn rates_read_back_as_written() {
        for text in ["off", "40/minute", "40/minute,200/hour,300/day"] {
            assert_eq!(text.parse::<Rates>().unwrap().to_string(), text);
        }
        for bad in [
            "",
            "40",
            "0/day",
            "-1/day",
            "40/week",
            "40/minute,",
            "many/day",
        ] {
            assert!(bad.parse::<Rates>().is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn no_window_lets_more_than_twice_the_rate_through(
            gaps in prop::collection::vec(0_u64..20_000, 1..400)
        ) {
            let mut limiter = Limiter::new(limits("5/minute", "off", "off"));
            let mut now = NOON;
            let mut times = Vec::new();
            for gap in gaps {
                now = now + Duration::from_millis(gap);
                if limiter.admit(address("192.0.2.1"), None, now).is_ok() {
                    times.push(now);
                }
            }
            for (at, start) in times.iter().enumerate() {
                let end = *start + Duration::from_secs(60);
                let inside = times[at..].iter().take_while(|t| **t < end).count();
                prop_assert!(inside <= 10, "{inside} in a minute");
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC*") {
            let _ = text.parse::<Rates>();
        }
    }
}
