use super::*;
use proptest::prelude::*;

const START: Duration = Duration::from_secs(1000);

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

/// A limiter that is called the way the store calls it.
struct Gate {
    limits: Limits,
    limiter: Limiter,
}

impl Gate {
    fn new(limits: Limits) -> Self {
        let limiter = Limiter::default();
        Self { limits, limiter }
    }

    fn admit(
        &mut self,
        address: IpAddr,
        session: Option<Fingerprint>,
        now: Duration,
    ) -> Result<(), Refused> {
        let takes = self.limits.takes(&Visitor { address, session });
        self.limiter.check(&takes, now)?;
        self.limiter.count(&takes, now);
        Ok(())
    }

    fn remembered(&self, scope: Scope) -> usize {
        self.limiter.kinds[&scope].known.len()
    }
}

/// How many of `count` requests from `client` are let through at `now`.
fn through(limiter: &mut Gate, client: &str, count: usize, now: Duration) -> usize {
    let client = address(client);
    (0..count)
        .filter(|_| limiter.admit(client, None, now).is_ok())
        .count()
}

#[test]
fn a_refused_client_is_let_through_when_it_was_told_to_return() {
    let mut limiter = Gate::new(limits("3/minute", "off", "off"));
    assert_eq!(through(&mut limiter, "192.0.2.1", 3, START), 3);
    let refused = limiter
        .admit(address("192.0.2.1"), None, START)
        .unwrap_err();
    assert_eq!(refused.wait, Duration::from_secs(60));
    assert_eq!(refused.to_string(), "client 3/minute");
    let then = START + refused.wait;
    let early = then - Duration::from_millis(1);
    assert_eq!(through(&mut limiter, "192.0.2.1", 1, early), 0);
    assert_eq!(through(&mut limiter, "192.0.2.1", 1, then), 1);
}

#[test]
fn of_several_reached_limits_the_longest_wait_is_named() {
    let mut limiter = Gate::new(limits("2/10s,3/hour", "off", "3/minute"));
    assert_eq!(through(&mut limiter, "192.0.2.1", 3, START), 2);
    let later = START + Duration::from_secs(10);
    assert_eq!(through(&mut limiter, "192.0.2.1", 1, later), 1);
    let client = limiter.admit(address("192.0.2.1"), None, later);
    assert_eq!(client.unwrap_err().to_string(), "client 3/hour");
    let other = limiter.admit(address("192.0.2.2"), None, later);
    assert_eq!(other.unwrap_err().to_string(), "site 3/minute");
}

#[test]
fn one_subscriber_with_many_ipv6_addresses_is_one_client() {
    let mut limiter = Gate::new(limits("1/hour", "2/hour", "off"));
    assert_eq!(through(&mut limiter, "2001:db8:1:1::1", 1, START), 1);
    assert_eq!(through(&mut limiter, "2001:db8:1:1::2", 1, START), 0);
    assert_eq!(through(&mut limiter, "2001:db8:1:2::1", 1, START), 1);
    assert_eq!(through(&mut limiter, "2001:db8:1:3::1", 1, START), 0);
    assert_eq!(through(&mut limiter, "2001:db8:2:1::1", 1, START), 1);
}

#[test]
fn an_ipv4_address_in_ipv6_clothes_is_the_same_client() {
    let mut limiter = Gate::new(limits("1/hour", "off", "off"));
    assert_eq!(through(&mut limiter, "192.0.2.1", 1, START), 1);
    assert_eq!(through(&mut limiter, "::ffff:192.0.2.1", 1, START), 0);
}

#[test]
fn a_refusal_by_one_limit_costs_nothing_at_the_others() {
    let mut limiter = Gate::new(limits("1/hour", "off", "2/hour"));
    assert_eq!(through(&mut limiter, "192.0.2.1", 11, START), 1);
    assert_eq!(through(&mut limiter, "192.0.2.2", 1, START), 1);
}

#[test]
fn a_flood_of_addresses_neither_fills_the_memory_nor_opens_the_gate() {
    let mut limiter = Gate::new(limits("1/day", "off", "off"));
    let addresses = (0..REMEMBERED as u32 + 1000).map(|n| IpAddr::V4(n.into()));
    let let_through = addresses
        .filter(|&client| limiter.admit(client, None, START).is_ok())
        .count();
    assert_eq!(let_through, REMEMBERED + 1);
    assert_eq!(limiter.remembered(Scope::Client), REMEMBERED);
}

#[test]
fn a_flood_of_one_kind_leaves_the_others_their_windows() {
    let mut limiter = Gate::new(Limits {
        session: "1/day".parse().unwrap(),
        ..limits("off", "1/day", "off")
    });
    for n in 0..REMEMBERED as u128 + 10 {
        let network = IpAddr::V6(Ipv6Addr::from_bits(n << 80));
        let _ = limiter.admit(network, None, START);
    }
    // The networks share one window now; sessions and IPv4 addresses do not.
    for n in 0..3 {
        let session = Some(Fingerprint::of(&n.to_string()));
        assert_eq!(limiter.admit(address("192.0.2.1"), session, START), Ok(()));
    }
}

#[test]
fn memory_is_had_again_once_a_flood_has_run_out() {
    let mut limiter = Gate::new(limits("1/minute", "off", "off"));
    for n in 0..REMEMBERED as u32 {
        let _ = limiter.admit(IpAddr::V4(n.into()), None, START);
    }
    let later = START + Duration::from_secs(60);
    assert_eq!(through(&mut limiter, "192.0.2.1", 1, later), 1);
    assert_eq!(limiter.remembered(Scope::Client), 1);
}

#[test]
fn rates_read_back_as_written() {
    for text in ["off", "40/minute", "25/10s,40/minute,200/hour,300/day"] {
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
        "1/0s",
        "1/86401s",
        "1/s",
    ] {
        assert!(bad.parse::<Rates>().is_err(), "{bad:?}");
    }
}

proptest! {
    #[test]
    fn no_window_lets_more_than_the_rate_through(
        rate in prop::sample::select(vec![("5/minute", 60), ("3/10s", 10), ("70/hour", 3600)]),
        gaps in prop::collection::vec(0_u64..20_000, 1..400)
    ) {
        let (text, secs) = rate;
        let most: usize = text.split('/').next().unwrap().parse().unwrap();
        let mut limiter = Gate::new(limits(text, "off", "off"));
        let mut now = START;
        let mut times = Vec::new();
        for gap in gaps {
            now += Duration::from_millis(gap);
            match limiter.admit(address("192.0.2.1"), None, now) {
                Ok(()) => times.push(now),
                Err(refused) => {
                    // A client that returns after the time it was told is let through.
                    now += refused.wait;
                    prop_assert!(refused.wait <= Duration::from_secs(secs));
                    prop_assert_eq!(limiter.admit(address("192.0.2.1"), None, now), Ok(()));
                    times.push(now);
                }
            }
        }
        for (at, start) in times.iter().enumerate() {
            let end = *start + Duration::from_secs(secs);
            let inside = times[at..].iter().take_while(|t| **t < end).count();
            prop_assert!(inside <= most, "{inside} in a window of {text}");
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC*") {
        let _ = text.parse::<Rates>();
    }
}
