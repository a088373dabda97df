//! Whether a URL may be shared. The browser's URL parser has serialised it, so unusual spellings
//! (`HTTP://0x7f.1`, `http://2130706433`, full-width dots) are already normalised.

use alloc::string::String;

/// Why a URL is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The browser cannot parse it, or it is neither `http:` nor `https:`: `javascript:`, `data:`,
    /// `file:`, `blob:` and the like.
    Scheme,
    /// A host that NAVER's server, which fetches what is shared, cannot reach.
    Local,
}

/// A URL that may be shared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The absolute URL, without credentials.
    pub url: String,
    /// Whether a user name or a password was removed. Sharing would make it public.
    pub had_credentials: bool,
}

/// Judges an absolute URL as the [URL standard] serialises it.
///
/// ```
/// use sori_captcha::share::address::{Refusal, accept};
/// assert_eq!(accept("https://me:pw@example.com/?b=2&a=1").unwrap().url, "https://example.com/?b=2&a=1");
/// assert_eq!(accept("http://192.168.0.10/"), Err(Refusal::Local));
/// assert_eq!(accept("javascript:alert(1)"), Err(Refusal::Scheme));
/// ```
///
/// # Errors
/// The [`Refusal`], which the console reports and the button explains in one sentence.
///
/// [URL standard]: https://url.spec.whatwg.org/#url-serializing
pub fn accept(url: &str) -> Result<Accepted, Refusal> {
    let (scheme, rest) = (url.strip_prefix("https://").map(|rest| ("https://", rest)))
        .or_else(|| Some(("http://", url.strip_prefix("http://")?)))
        .ok_or(Refusal::Scheme)?;
    // Neither credentials nor a host contain a slash or another `@`: the serialiser has escaped them.
    let end = position(rest, b'/').unwrap_or(rest.len());
    let at = rest
        .get(..end)
        .and_then(|authority| position(authority, b'@'));
    let host = at.map_or(0, |at| at + 1);
    let (authority, rest) = (
        rest.get(host..end).unwrap_or_default(),
        rest.get(host..).unwrap_or_default(),
    );
    if is_local(authority.as_bytes()) {
        return Err(Refusal::Local);
    }
    let mut accepted = String::from(scheme);
    accepted.push_str(rest);
    Ok(Accepted {
        url: accepted,
        had_credentials: at.is_some(),
    })
}

/// Where the mark is. `find` and `split_once` would link the standard library's search, which takes 1 kB.
fn position(text: &str, mark: u8) -> Option<usize> {
    text.bytes().position(|byte| byte == mark)
}

#[expect(
    clippy::manual_contains,
    reason = "`contains` links a search in 0.3 kB"
)]
fn is_local(authority: &[u8]) -> bool {
    if let Some(literal) = authority.strip_prefix(b"[") {
        return is_local_v6(literal);
    }
    let port = authority.iter().position(|byte| *byte == b':');
    let host = &authority[..port.unwrap_or(authority.len())];
    let host = host.strip_suffix(b".").unwrap_or(host);
    // No public server has these names: RFC 6761, 6762, 7686 and 8375, ICANN's reservation of `internal`, and names that routers
    // and companies use at home (RFC 6762, appendix G). `.example` stays, for examples.
    const PRIVATE: [&[u8]; 12] = [
        b".local",
        b".localhost",
        b".localdomain",
        b".internal",
        b".intranet",
        b".home",
        b".home.arpa",
        b".corp",
        b".lan",
        b".test",
        b".invalid",
        b".onion",
    ];
    !host.iter().any(|byte| *byte == b'.')
        || PRIVATE.iter().any(|name| host.ends_with(name))
        || host.last().is_some_and(u8::is_ascii_digit) && is_local_v4(host)
}

/// Judges a dotted quad. The URL parser has already turned every host whose last label is a number into one.
fn is_local_v4(host: &[u8]) -> bool {
    let mut octets = [0_u8; 4];
    let mut at = 0;
    for &byte in host {
        if byte == b'.' {
            at += 1;
        } else {
            octets[at & 3] = octets[at & 3].wrapping_mul(10).wrapping_add(byte & 15);
        }
    }
    is_local_block(octets[0], octets[1], octets[2])
}

/// The blocks of RFC 6890 that cannot be reached from elsewhere, those for documentation, and multicast.
fn is_local_block(first: u8, second: u8, third: u8) -> bool {
    matches!(
        (first, second, third),
        (0 | 10 | 127 | 224.., _, _)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 168, _)
            | (192, 0, 0 | 2)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    )
}

/// Judges an IPv6 address in its shortest form (RFC 5952), as the URL serialiser writes it; a bracket follows, and possibly a
/// port. Only 2000::/3 is [public]. It contains a block for documentation, and 6to4, which is out of use (RFC 7526) and may hide a
/// private IPv4 address. The other ways to hide one (`::ffff:0:0/96`, `64:ff9b::/96`) are outside.
///
/// [public]: https://www.iana.org/assignments/ipv6-address-space
fn is_local_v6(literal: &[u8]) -> bool {
    let first = literal.iter().position(|byte| *byte == b':');
    first != Some(4)
        || !matches!(literal, [b'2' | b'3', ..])
        || literal.starts_with(b"2002:")
        || literal.starts_with(b"2001:db8:")
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// As the shell does it: the `url` crate implements the same standard as browsers.
    fn address(input: &str) -> String {
        url::Url::parse(input).map_or_else(|_| "about:invalid".into(), String::from)
    }

    fn judge(input: &str) -> Result<String, Refusal> {
        accept(&address(input)).map(|accepted| accepted.url)
    }

    #[test]
    fn public_addresses_are_accepted_as_the_standard_serialises_them() {
        for (input, url) in [
            ("https://example.com", "https://example.com/"),
            ("HTTP://EXAMPLE.com:80/a", "http://example.com/a"),
            ("https://example.com:8443/", "https://example.com:8443/"),
            ("https://한글.kr/글", "https://xn--bj0bj06e.kr/%EA%B8%80"),
            (
                "https://e.kr/?b=2&a=1&b=%ED%95%9C#절",
                "https://e.kr/?b=2&a=1&b=%ED%95%9C#%EC%A0%88",
            ),
            ("https://8.8.8.8/", "https://8.8.8.8/"),
            ("https://172.32.0.1/", "https://172.32.0.1/"),
            ("https://100.128.0.1/", "https://100.128.0.1/"),
            ("https://[2606:4700::1]:81/x", "https://[2606:4700::1]:81/x"),
            ("https://[2001:db9::1]/", "https://[2001:db9::1]/"),
            ("https://198.17.0.1/", "https://198.17.0.1/"),
            ("https://192.0.1.1/", "https://192.0.1.1/"),
            ("https://223.255.255.255/", "https://223.255.255.255/"),
            ("https://site.example/", "https://site.example/"),
            ("https://test.kr/", "https://test.kr/"),
            ("https://a.latest/", "https://a.latest/"),
            (
                "https://localhost.example.com/",
                "https://localhost.example.com/",
            ),
            ("https://10.example.com/", "https://10.example.com/"),
            ("https://fc00.kr/", "https://fc00.kr/"),
            ("https://example.com./", "https://example.com./"),
            (
                "https://example.com/@localhost",
                "https://example.com/@localhost",
            ),
        ] {
            assert_eq!(judge(input).as_deref(), Ok(url), "{input}");
        }
    }

    #[test]
    fn only_http_urls_are_accepted() {
        for input in [
            "javascript:alert(1)",
            "JavaScript:alert(1)//https://example.com/",
            "data:text/html,x",
            "file:///etc/passwd",
            "blob:https://example.com/1-2",
            "mailto:a@example.com",
            "about:blank",
            "ftp://example.com/",
        ] {
            assert_eq!(judge(input), Err(Refusal::Scheme), "{input}");
        }
    }

    #[test]
    fn what_is_no_url_is_refused() {
        for input in ["http://", "https://exa mple.com/", "https://[::1"] {
            assert_eq!(judge(input), Err(Refusal::Scheme), "{input}");
        }
    }

    #[test]
    fn local_and_private_addresses_are_refused_however_they_are_spelt() {
        for input in [
            "http://localhost/",
            "http://LOCALHOST.:3000/",
            "http://app.localhost/",
            "http://printer.local/",
            "http://db.corp.internal/",
            "http://nas.home.arpa/",
            "http://intranet/",
            "http://intranet:8080/",
            "http://127.0.0.1/",
            "http://127.1/",
            "http://0x7f.1/",
            "http://2130706433/",
            "http://017700000001/",
            "http://127。0。0。1/",
            "http://0.0.0.0:8000/",
            "http://10.1.2.3/",
            "http://100.64.0.1/",
            "http://169.254.169.254/latest",
            "http://172.16.0.1/",
            "http://172.31.255.255/",
            "http://192.168.0.1/",
            "http://user:pw@192.168.0.1/",
            "http://[::1]/",
            "http://[::]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:192.168.1.1]/",
            "http://[fc00::1]/",
            "http://[fdff::1]:8080/",
            "http://[fe80::1]/",
            "http://[febf::1]/",
            "http://[fec0::1]/",
            "http://[ff02::1]/",
            "http://[64:ff9b::7f00:1]/",
            "http://[64:ff9b::1]/",
            "http://[64:ff9b:1::808:808]/",
            "http://[2002:7f00:1::]/",
            "http://[2002:c000:201::1]/",
            "http://[2002::1]/",
            "http://[2::a:1]/",
            "http://[20:1::1]/",
            "http://[3::]/",
            "http://[2001:db8::1]/",
            "http://[100::1]/",
            "http://192.0.0.1/",
            "http://192.0.2.1/",
            "http://198.18.0.1/",
            "http://198.19.255.255/",
            "http://198.51.100.1/",
            "http://203.0.113.1/",
            "http://224.0.0.1/",
            "http://240.0.0.1/",
            "http://255.255.255.255/",
            "http://site.test/",
            "http://site.invalid/",
            "http://site.onion/",
            "http://localhost.localdomain/",
            "http://router.lan/",
            "http://nas.home/",
            "http://wiki.corp/",
            "http://wiki.intranet/",
        ] {
            assert_eq!(judge(input), Err(Refusal::Local), "{input}");
        }
    }

    #[test]
    fn credentials_are_never_shared() {
        for (input, url) in [
            (
                "https://user:secret@example.com/a?b=c@d",
                "https://example.com/a?b=c@d",
            ),
            ("https://user@example.com:81/", "https://example.com:81/"),
            ("https://a@b:c%40d@example.com/", "https://example.com/"),
        ] {
            let address = address(input);
            let accepted = accept(&address).unwrap();
            assert_eq!(accepted.url, url);
            assert!(accepted.had_credentials);
        }
        let plain = address("https://example.com/@a");
        assert!(!accept(&plain).unwrap().had_credentials);
    }

    proptest! {
        #[test]
        fn an_accepted_url_is_what_the_standard_made_of_it(
            host in "[a-z]{1,9}\\.(com|kr)", path in "(/[a-z@:%]{0,6}){0,3}", query in "(\\?[ -~가-힣]{0,12})?",
        ) {
            let href = url::Url::parse(&format!("https://{host}{path}{query}")).map(String::from).unwrap();
            prop_assert_eq!(judge(&href), Ok(href));
        }

        #[test]
        fn no_host_at_all_breaks_the_judgement(host in ".*") {
            let _ = accept(&format!("https://{host}"));
        }

        #[test]
        fn every_ipv4_address_is_judged_as_the_standard_library_does(bits: u32) {
            let ip = std::net::Ipv4Addr::from_bits(bits);
            let [first, second, third, _] = ip.octets();
            let local = ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_documentation() || first == 0
                || first >= 224 || (first, second, third) == (192, 0, 0) || (first == 198 && second & 0xfe == 18)
                || (first == 100 && second & 0xc0 == 64);
            prop_assert_eq!(judge(&format!("http://{bits}/")).is_err(), local);
            for embedded in [format!("::ffff:{ip}"), format!("64:ff9b::{ip}"), format!("2002:{:x}:{:x}::1", bits >> 16, bits & 0xffff)] {
                prop_assert_eq!(judge(&format!("http://[{embedded}]/")), Err(Refusal::Local), "{}", embedded);
            }
        }

        #[test]
        fn every_ipv6_address_is_judged_as_the_standard_library_does(bits: u128) {
            let ip = std::net::Ipv6Addr::from_bits(bits);
            let [first, second, ..] = ip.segments();
            let local = !(0x2000..0x4000).contains(&first) || first == 0x2002 || (first, second) == (0x2001, 0xdb8);
            let known = ip.is_unique_local() || ip.is_unicast_link_local() || ip.is_multicast();
            prop_assert!(local || !known);
            prop_assert_eq!(judge(&format!("http://[{ip}]/")).is_err(), local);
        }
    }
}
