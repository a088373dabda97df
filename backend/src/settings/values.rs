//! The formats of the values of settings.

use core::{str::FromStr, time::Duration};
use ipnet::IpNet;
use std::net::IpAddr;

/// A length of time with its unit, such as `10m`, `2h` or `90s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span(pub Duration);

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!("`{text}` is no length of time; write it with its unit, such as 90s, 10m or 2h")
        };
        let units = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let (count, unit) = text.split_at(units);
        let count: u64 = count.parse().map_err(|_| wrong())?;
        let millis = match unit {
            "ms" => 1,
            "s" => 1000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => return Err(wrong()),
        };
        match count.checked_mul(millis) {
            Some(0) => Err("it must be longer than zero".into()),
            Some(span) if span <= 7 * 24 * 3_600_000 => Ok(Self(Duration::from_millis(span))),
            _ => Err("it must not be longer than a week".into()),
        }
    }
}

/// Calls a day, or `none`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota(pub Option<u32>);

impl FromStr for Quota {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "none" {
            return Ok(Self(None));
        }
        match text.parse() {
            Ok(calls) if calls >= 2 => Ok(Self(Some(calls))),
            Ok(_) => Err("a challenge takes two calls, so at least 2 are needed".into()),
            Err(_) => Err(format!(
                "`{text}` is no number of calls; `none` means no limit"
            )),
        }
    }
}

/// The share of the daily quota that one hour may use, in percent, or `off`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HourlyShare(pub Option<u8>);

impl FromStr for HourlyShare {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "off" {
            return Ok(Self(None));
        }
        match text.parse() {
            Ok(percent @ 1..=100) => Ok(Self(Some(percent))),
            _ => Err(format!(
                "`{text}` is no percentage from 1 to 100; `off` means no pace"
            )),
        }
    }
}

/// A length of time that may be zero, such as `5s` or `0s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delay(pub Duration);

impl FromStr for Delay {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "0s" | "0" => Ok(Self(Duration::ZERO)),
            text => text.parse().map(|Span(span)| Self(span)),
        }
    }
}

/// Whether an address is private, loopback or link-local.
#[must_use]
pub fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.is_private() || v4.is_loopback() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_loopback() || v6.is_unicast_link_local(),
    }
}

/// A network, or an address as the network of one. Addresses are compared in their canonical form, in which an IPv4
/// address within IPv6 is IPv4.
pub(super) fn network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    let address = || text.parse::<IpAddr>().map(IpNet::from);
    let net: IpNet = text
        .parse()
        .or_else(|_| address())
        .map_err(|_| format!("`{text}` is neither an address nor a network such as 10.0.0.0/8"))?;
    let inner = net.addr().to_canonical();
    let prefix = net.prefix_len().checked_sub(MAPPED_PREFIX);
    Ok(match (net, prefix) {
        (IpNet::V6(_), Some(prefix)) if inner.is_ipv4() => IpNet::new(inner, prefix).unwrap_or(net),
        _ => net,
    })
}

/// The length of `::ffff:0:0`, the network of the IPv4 addresses (RFC 4291, section 2.5.5.2).
const MAPPED_PREFIX: u8 = 96;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_length_of_time_needs_its_unit() {
        assert_eq!("10m".parse(), Ok(Span(Duration::from_secs(600))));
        assert_eq!("1500ms".parse(), Ok(Span(Duration::from_millis(1500))));
        for bad in [
            "",
            "10",
            "m",
            "0s",
            "-1s",
            "1d",
            "10 m",
            "9999h",
            "18446744073709551615h",
        ] {
            assert!(bad.parse::<Span>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_delay_may_be_none() {
        assert_eq!("0s".parse(), Ok(Delay(Duration::ZERO)));
        assert_eq!("5s".parse(), Ok(Delay(Duration::from_secs(5))));
        assert!("5".parse::<Delay>().is_err());
    }

    #[test]
    fn a_network_is_read_in_its_canonical_form() {
        for (text, net) in [
            ("10.0.0.1", "10.0.0.1/32"),
            (" 10.0.0.0/8 ", "10.0.0.0/8"),
            ("::ffff:10.0.0.1", "10.0.0.1/32"),
            ("::ffff:10.0.0.0/104", "10.0.0.0/8"),
            ("2001:db8::/32", "2001:db8::/32"),
        ] {
            assert_eq!(network(text).unwrap().to_string(), net);
        }
        for bad in ["", "10.0.0", "10.0.0.0/33", "localhost"] {
            assert!(network(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC*") {
            let _ = network(&text);
            let _ = (text.parse::<Span>(), text.parse::<Delay>());
            let _ = (text.parse::<Quota>(), text.parse::<HourlyShare>());
        }
    }
}
