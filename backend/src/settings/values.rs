//! The forms that settings are written in.

use core::{fmt, str::FromStr, time::Duration};

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

/// The share of the day's challenges that one hour may take, in percent, or `off`.
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

/// The origin of a page, as a browser sends it: `https://www.example.com`, with a port unless it is the
/// scheme's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    text: String,
    host_at: usize,
    https: bool,
}

impl Origin {
    /// The host, without the port.
    #[must_use]
    pub fn host(&self) -> &str {
        let authority = &self.text[self.host_at..];
        match authority.rfind(':') {
            Some(colon) if !authority[colon..].contains(']') => &authority[..colon],
            _ => authority,
        }
    }

    /// Whether a request's `Host` names the same host and port.
    #[must_use]
    pub fn is_host(&self, host: &str) -> bool {
        let own = if self.https { ":443" } else { ":80" };
        let host = host.strip_suffix(own).unwrap_or(host);
        host.eq_ignore_ascii_case(&self.text[self.host_at..])
    }
}

impl FromStr for Origin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "`{text}` is no origin; an origin looks like https://www.example.com or http://localhost:3000"
            )
        };
        let lower = text.to_ascii_lowercase();
        let (https, rest) = match lower.split_once("://") {
            Some(("https", rest)) => (true, rest),
            Some(("http", rest)) => (false, rest),
            _ => return Err(wrong()),
        };
        // A host name has at most 253 characters (RFC 1035), a port 5.
        if rest.len() > 253 + 6 {
            return Err("an origin has no such long host".into());
        }
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b);
        if rest.is_empty() || rest.starts_with(':') || !rest.bytes().all(plain) {
            return Err(wrong());
        }
        let own = if https { ":443" } else { ":80" };
        let rest = rest.strip_suffix(own).unwrap_or(rest);
        let scheme = if https { "https://" } else { "http://" };
        Ok(Self {
            text: format!("{scheme}{rest}"),
            host_at: scheme.len(),
            https,
        })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

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
    fn an_origin_is_its_scheme_host_and_port() {
        let origin = |text: &str| text.parse::<Origin>().unwrap();
        assert_eq!(
            origin("https://Example.com:443"),
            origin("https://example.com")
        );
        assert_ne!(origin("http://example.com"), origin("https://example.com"));
        assert_eq!(origin("http://localhost:3000").host(), "localhost");
        assert_eq!(origin("http://[::1]:3000").host(), "[::1]");
        assert_eq!(origin("http://[::1]").host(), "[::1]");
        for bad in [
            "null",
            "",
            "example.com",
            "https://",
            "https://a/b",
            "ftp://a",
            "https://:1",
            "https://a b",
        ] {
            assert!(bad.parse::<Origin>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_schemes_own_port_may_stand_in_host() {
        let origin: Origin = "https://example.com".parse().unwrap();
        assert!(origin.is_host("example.com"));
        assert!(origin.is_host("Example.com:443"));
        assert!(!origin.is_host("example.com:8443"));
        assert!(!origin.is_host("www.example.com"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC*") {
            let _ = (text.parse::<Span>(), text.parse::<Quota>(), text.parse::<HourlyShare>());
            if let Ok(origin) = text.parse::<Origin>() {
                let _ = (origin.host().len(), origin.is_host(&text));
                prop_assert_eq!(origin.to_string().parse(), Ok(origin));
            }
        }
    }
}
