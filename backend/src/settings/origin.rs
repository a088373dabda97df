//! Hosts and origins, as browsers and proxies write them.

use core::{fmt, str::FromStr};
use std::net::{Ipv4Addr, Ipv6Addr};

/// RFC 1035.
const NAME_MAX_BYTES: usize = 253;
const LABEL_MAX_BYTES: usize = 63;

/// The host in `text`, which is a host name or an IP address with or without a port; `None` if it is anything else.
#[must_use]
pub fn host_of(text: &str) -> Option<&str> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let end = rest.find(']')? + 2;
            (&text[..end], &text[end..])
        }
        None => text.split_at(text.find(':').unwrap_or(text.len())),
    };
    let port_fits = port.is_empty()
        || port
            .strip_prefix(':')
            .is_some_and(|port| port.len() <= 5 && port.bytes().all(|b| b.is_ascii_digit()))
            && port[1..].parse().is_ok_and(|port: u16| port > 0);
    (port_fits && is_host(host)).then_some(host)
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[') {
        let address = address.strip_suffix(']');
        return address.is_some_and(|address| address.parse::<Ipv6Addr>().is_ok());
    }
    // A dot for the DNS root may end a name.
    let name = host.strip_suffix('.').unwrap_or(host);
    let labels = || name.split('.');
    let is_label = |label: &str| {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        (1..=LABEL_MAX_BYTES).contains(&label.len()) && label.bytes().all(plain)
    };
    // A name whose last label is a number must be an IPv4 address; otherwise it is not valid.
    let numeric = labels()
        .next_back()
        .is_some_and(|last| !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit()));
    name.len() <= NAME_MAX_BYTES
        && labels().all(is_label)
        && (!numeric || name.parse::<Ipv4Addr>().is_ok())
}

/// The origin of a page, as a browser sends it: `https://www.example.com`, with a port unless it is the default port
/// of the scheme. The page of an app has a scheme of the app's: `capacitor://localhost`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    text: String,
    host_at: usize,
    is_web: bool,
}

impl Origin {
    /// The host, without the port.
    #[must_use]
    pub fn host(&self) -> &str {
        let authority = &self.text[self.host_at..];
        host_of(authority).unwrap_or(authority)
    }

    /// Whether it is an origin of the web, and not that of an app.
    #[must_use]
    pub fn is_web(&self) -> bool {
        self.is_web
    }

    /// Whether a request's `Host` names the same host and port. No request's does for the page of an app.
    #[must_use]
    pub fn is_host(&self, host: &str) -> bool {
        let own = if self.text.starts_with("https:") {
            ":443"
        } else {
            ":80"
        };
        let host = host.strip_suffix(own).unwrap_or(host);
        self.is_web && host.eq_ignore_ascii_case(&self.text[self.host_at..])
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
        let (scheme, rest) = lower.split_once("://").ok_or_else(wrong)?;
        let own = match scheme {
            "https" => Some(":443"),
            "http" => Some(":80"),
            _ if is_scheme(scheme) => None,
            _ => return Err(wrong()),
        };
        host_of(rest).ok_or_else(wrong)?;
        let rest = own.and_then(|own| rest.strip_suffix(own)).unwrap_or(rest);
        Ok(Self {
            text: format!("{scheme}://{rest}"),
            host_at: scheme.len() + "://".len(),
            is_web: own.is_some(),
        })
    }
}

/// RFC 3986, section 3.1.
fn is_scheme(text: &str) -> bool {
    let other = |b: u8| b.is_ascii_alphanumeric() || b"+-.".contains(&b);
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.bytes().all(other)
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// One item of `SORI_ALLOWED_ORIGINS`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AllowedOrigin {
    /// Pages whose host is that of the request.
    SameHost,
    /// Pages of this origin.
    Origin(Origin),
}

impl FromStr for AllowedOrigin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.trim() {
            "same-host" => Ok(Self::SameHost),
            origin => origin.parse().map(Self::Origin),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
            "capacitor://",
            "file://",
            "1://a",
            "a b://c",
            "https://:1",
            "https://a b",
            "https://..",
            "https://[",
            "https://a:b:c",
        ] {
            assert!(bad.parse::<Origin>().is_err(), "{bad:?}");
        }
    }

    /// Apps of Capacitor and Ionic on iOS send such origins.
    #[test]
    fn the_origin_of_an_app_is_compared_as_it_is() {
        let app: Origin = "capacitor://localhost".parse().unwrap();
        assert_eq!(app.host(), "localhost");
        assert_eq!("Capacitor://Localhost".parse(), Ok(app.clone()));
        assert_ne!("ionic://localhost".parse(), Ok(app.clone()));
        assert_ne!("capacitor://localhost:80".parse(), Ok(app.clone()));
        assert!(!app.is_host("localhost") && !app.is_web());
    }

    #[test]
    fn a_host_is_a_name_or_an_address_and_perhaps_a_port() {
        for (text, host) in [
            ("example.com", "example.com"),
            ("example.com.", "example.com."),
            ("my_host:8080", "my_host"),
            ("xn--9d0bm53a.kr", "xn--9d0bm53a.kr"),
            ("127.0.0.1:1", "127.0.0.1"),
            ("[::1]:65535", "[::1]"),
            ("3com.kr", "3com.kr"),
        ] {
            assert_eq!(host_of(text), Some(host));
        }
        let long = format!("{}.kr", "a".repeat(64));
        for bad in [
            "",
            "[",
            "]",
            "[]",
            "[::1",
            "[::1]x",
            "[1.2.3.4]",
            "..",
            ".",
            ".kr",
            "a..kr",
            "a:b:c",
            "a:",
            "a:0",
            "a:65536",
            "a:+1",
            "a:000080",
            ":80",
            "a b",
            "a/b",
            "a@b",
            "<script>",
            "소리.kr",
            "1.2.3",
            "1.2.3.256",
            "::1",
            &long,
        ] {
            assert_eq!(host_of(bad), None, "{bad:?}");
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
            if let Ok(origin) = text.parse::<Origin>() {
                let _ = (origin.host().len(), origin.is_host(&text));
                prop_assert_eq!(origin.to_string().parse(), Ok(origin));
            }
        }

        #[test]
        fn what_looks_like_a_host_is_read_or_refused(text in "[a-z0-9.:\\[\\]-]{0,12}") {
            if let Some(host) = host_of(&text) {
                prop_assert!(text.starts_with(host) && !host.is_empty());
                let own = format!("http://{text}").parse::<Origin>();
                prop_assert!(own.is_ok_and(|origin| origin.is_host(&text)));
            }
        }
    }
}
