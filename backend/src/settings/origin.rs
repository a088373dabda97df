//! Hosts and origins, as browsers and proxies write them.

use core::{fmt, str::FromStr};
use reqwest::Url;
use std::net::{Ipv4Addr, Ipv6Addr};

/// RFC 1035.
const NAME_MAX_BYTES: usize = 253;
const LABEL_MAX_BYTES: usize = 63;

/// The host in `text`, which is a host name or an IP address with or without a port; `None` if it is anything else.
#[must_use]
pub fn host_of(text: &str) -> Option<&str> {
    split(text).map(|(host, _)| host)
}

/// The host as browsers write it in an origin: in lower case, and an IPv6 address in its short form.
#[must_use]
pub fn canonical_host(host: &str) -> String {
    let address = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    match address.and_then(|address| address.parse::<Ipv6Addr>().ok()) {
        Some(address) => format!("[{address}]"),
        None => host.to_ascii_lowercase(),
    }
}

/// The host and the port. A port may be empty (RFC 3986, section 3.2.3) and begin with zeros.
fn split(text: &str) -> Option<(&str, Option<u16>)> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let end = rest.find(']')? + 2;
            (&text[..end], &text[end..])
        }
        None => text.split_at(text.find(':').unwrap_or(text.len())),
    };
    let port = match port {
        "" | ":" => None,
        _ => Some(port_of(port.strip_prefix(':')?)?),
    };
    is_host(host).then_some((host, port))
}

fn port_of(digits: &str) -> Option<u16> {
    let plain = digits.len() <= 5 && digits.bytes().all(|b| b.is_ascii_digit());
    let port = digits.parse().ok().filter(|port: &u16| *port > 0);
    port.filter(|_| plain)
}

/// Host and port as browsers write them in an origin: without the scheme's own port.
fn canonical(text: &str, own: Option<u16>) -> Option<String> {
    let (host, port) = split(text)?;
    let host = canonical_host(host);
    Some(match port.filter(|port| own != Some(*port)) {
        Some(port) => format!("{host}:{port}"),
        None => host,
    })
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
    /// The scheme's own port, if it is a scheme of the web.
    own_port: Option<u16>,
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
        self.own_port.is_some()
    }

    /// Whether a request's `Host` names the same host and port. No request's does for the page of an app.
    #[must_use]
    pub fn is_host(&self, host: &str) -> bool {
        let same =
            canonical(host, self.own_port).is_some_and(|host| host == self.text[self.host_at..]);
        self.is_web() && same
    }
}

impl FromStr for Origin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || wrong(text);
        let lower = text.to_ascii_lowercase();
        let (scheme, rest) = lower.split_once("://").ok_or_else(wrong)?;
        let own_port = match scheme {
            "https" => Some(443),
            "http" => Some(80),
            _ if is_scheme(scheme) => None,
            _ => return Err(wrong()),
        };
        let rest = canonical(rest, own_port).ok_or_else(wrong)?;
        Ok(Self {
            text: format!("{scheme}://{rest}"),
            host_at: scheme.len() + "://".len(),
            own_port,
        })
    }
}

/// What is wrong with an origin. Browsers send a name beyond ASCII in the form that DNS has.
fn wrong(text: &str) -> String {
    let url = Url::parse(text).ok().filter(|_| !text.is_ascii());
    match url
        .map(|url| url.origin())
        .filter(|origin| origin.is_tuple())
    {
        Some(origin) => format!(
            "`{text}` is no origin as browsers send it; they send the host in its xn-- form: {}",
            origin.ascii_serialization()
        ),
        None => format!(
            "`{text}` is no origin; an origin looks like https://www.example.com or http://localhost:3000"
        ),
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
        assert_eq!(
            origin("http://[0:0:0:0:0:0:0:1]:080"),
            origin("http://[::1]")
        );
        assert_eq!(origin("https://a.com:0443"), origin("https://a.com"));
        assert_eq!(origin("https://a.com:08443"), origin("https://a.com:8443"));
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

    #[test]
    fn a_name_beyond_ascii_is_refused_with_the_form_that_browsers_send() {
        let refused = "https://소리.kr:8443".parse::<Origin>().unwrap_err();
        assert!(refused.contains("https://xn--oy2b17l.kr:8443"), "{refused}");
        for other in ["https://소 리.kr", "소리.kr", "capacitor://소리"] {
            let refused = other.parse::<Origin>().unwrap_err();
            assert!(refused.contains(other), "{refused}");
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
            ("example.com:", "example.com"),
            ("[::1]:", "[::1]"),
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
        assert!(origin.is_host("example.com:"));
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
