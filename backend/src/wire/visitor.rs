//! Who sent the request: the client's IP address and the ticket's session.

use super::{App, origin::only, problem::Problem};
use crate::{secret::Fingerprint, settings::is_private, ticket};
use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, HeaderName, request::Parts},
};
use ipnet::IpNet;
use sori_wire::{error::ErrorCode, protocol::TICKET_HEADER};
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};

/// The client's address, as the limits see it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Client(pub IpAddr);

impl FromRequestParts<Arc<App>> for Client {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let Some(ConnectInfo(peer)) = peer else {
            app.warnings.without_peer();
            // All clients then share one address. This is safe, but they share one limit.
            return Ok(Self(Ipv4Addr::UNSPECIFIED.into()));
        };
        let peer = peer.ip().to_canonical();
        let trusted = app.trusted_proxies.iter().any(|net| net.contains(&peer));
        let forwards = parts.headers.contains_key(FORWARDED_FOR);
        match (trusted, forwards) {
            (true, true) => {
                let behind = forwarded(&parts.headers, peer, &app.trusted_proxies);
                if let Some(obstacle) = behind.obstacle {
                    app.warnings.stopped_by(&obstacle);
                }
                return Ok(Self(behind.client));
            }
            (true, false) => app.warnings.proxy_without_header(),
            (false, true) => app.warnings.forwarded_by_stranger(peer),
            (false, false) => {}
        }
        Ok(Self(peer))
    }
}

const FORWARDED_FOR: &str = "x-forwarded-for";
const SHOWN_CHARS: usize = 40;

/// Who is behind the trusted proxies, and what ended the list before the visitor, if that can be known.
struct Behind {
    client: IpAddr,
    obstacle: Option<Obstacle>,
}

/// Why all visitors behind a proxy may count as one client.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// A private address that is no trusted proxy, though it passes further addresses on.
    Proxy(IpAddr),
    /// A text that is no address.
    Unreadable(String),
}

/// The client behind trusted proxies. Each proxy appends the address that its request came from. So the list is read
/// from the right, up to the first address that is not a trusted proxy. The client may have invented everything to
/// the left of it, in any bytes. Empty elements do not count (RFC 9110, section 5.6.1.2).
fn forwarded(headers: &HeaderMap, peer: IpAddr, trusted: &[IpNet]) -> Behind {
    let mut client = peer;
    let mut obstacle = None;
    let values = headers.get_all(FORWARDED_FOR).iter().rev();
    let mut hops = values
        .flat_map(|value| value.as_bytes().rsplit(|byte| *byte == b','))
        .map(<[u8]>::trim_ascii)
        .filter(|hop| !hop.is_empty());
    while let Some(hop) = hops.next() {
        let Some(address) = hop_address(hop) else {
            obstacle = Some(Obstacle::Unreadable(shown(hop)));
            break;
        };
        client = address;
        if !trusted.iter().any(|net| net.contains(&address)) {
            let proxy = is_private(address) && hops.next().is_some();
            obstacle = proxy.then_some(Obstacle::Proxy(address));
            break;
        }
    }
    Behind { client, obstacle }
}

/// An address, with or without a port. A zone means nothing on this machine (RFC 4007, section 6).
fn hop_address(hop: &[u8]) -> Option<IpAddr> {
    let hop = core::str::from_utf8(hop).ok()?;
    let without_zone = match hop.split_once('%') {
        Some((address, rest)) => &[address, &rest[rest.find(']').unwrap_or(rest.len())..]].concat(),
        None => hop,
    };
    let plain = without_zone.parse::<IpAddr>();
    let with_port = || without_zone.parse::<SocketAddr>().map(|socket| socket.ip());
    let bracketed = || without_zone.trim_matches(['[', ']']).parse::<IpAddr>();
    let address = plain.or_else(|_| with_port()).or_else(|_| bracketed());
    address.ok().map(|address| address.to_canonical())
}

/// A text from a header, short enough for the log and without control characters.
fn shown(hop: &[u8]) -> String {
    let text = String::from_utf8_lossy(hop);
    let plain = |c: char| if c.is_ascii_graphic() { c } else { '?' };
    text.chars().take(SHOWN_CHARS).map(plain).collect()
}

/// The session of a valid ticket; `None` if tickets are not required.
#[derive(Debug)]
pub(super) struct Ticket(pub Option<Fingerprint>);

impl FromRequestParts<Arc<App>> for Ticket {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let secrets = app.secrets();
        if secrets.ticket.is_empty() {
            return Ok(Self(None));
        }
        let refused = |detail| Problem::new(ErrorCode::OriginNotAllowed, detail);
        let ticket = only(&parts.headers, &HeaderName::from_static(TICKET_HEADER));
        let ticket = ticket.ok_or_else(|| refused("Issuing needs a ticket of the site's."))?;
        let now = app.clock.now();
        let sessions = secrets
            .ticket
            .iter()
            .map(|secret| ticket::session(secret, ticket, now, app.ticket_ttl));
        // Tries every secret, even after one has matched, so that the time says nothing.
        let session = sessions.fold(None, |found, one| found.or(one));
        session
            .map(|session| Self(Some(Fingerprint::of(session))))
            .ok_or_else(|| {
                refused(
                    "The ticket is expired, lives too long or is not the site's. Reload the page.",
                )
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    fn behind(values: &[&[u8]]) -> Behind {
        let trusted = [
            "10.0.0.0/8".parse().unwrap(),
            "2001:db8::/32".parse().unwrap(),
        ];
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(FORWARDED_FOR, HeaderValue::from_bytes(value).unwrap());
        }
        forwarded(&headers, "10.0.0.1".parse().unwrap(), &trusted)
    }

    fn client_of(values: &[&[u8]]) -> String {
        behind(values).client.to_string()
    }

    fn client(values: &[&str]) -> String {
        let values: Vec<_> = values.iter().map(|value| value.as_bytes()).collect();
        client_of(&values)
    }

    #[test]
    fn bytes_of_the_clients_own_making_give_it_no_other_bucket() {
        assert_eq!(client_of(&[b"\xff, 198.51.100.2"]), "198.51.100.2");
        assert_eq!(
            client_of(&[b"\xff", b"198.51.100.2, 10.0.0.9"]),
            "198.51.100.2"
        );
        assert_eq!(client_of(&["소리,198.51.100.2".as_bytes()]), "198.51.100.2");
    }

    #[test]
    fn a_made_up_address_left_of_the_real_one_is_not_believed() {
        assert_eq!(
            client(&["203.0.113.7, 198.51.100.2, 10.0.0.9"]),
            "198.51.100.2"
        );
        assert_eq!(
            client(&["203.0.113.7", "198.51.100.2, 10.0.0.9"]),
            "198.51.100.2"
        );
        assert_eq!(client(&["203.0.113.7, junk, 10.0.0.9"]), "10.0.0.9");
    }

    #[test]
    fn an_address_may_carry_its_port() {
        assert_eq!(client(&["198.51.100.2:4711"]), "198.51.100.2");
        assert_eq!(client(&["[2001:db9::7]:4711"]), "2001:db9::7");
        assert_eq!(client(&["::ffff:198.51.100.2"]), "198.51.100.2");
        assert_eq!(client(&["2001:db9::7%eth0"]), "2001:db9::7");
        assert_eq!(client(&["[2001:db9::7%eth0]:4711"]), "2001:db9::7");
    }

    #[test]
    fn an_empty_element_ends_nothing() {
        assert_eq!(client(&["198.51.100.2, , 10.0.0.9,"]), "198.51.100.2");
        assert_eq!(client(&["198.51.100.2", "", "10.0.0.9"]), "198.51.100.2");
    }

    #[test]
    fn what_ends_the_list_before_the_visitor_is_known() {
        let obstacle = |text: &str| behind(&[text.as_bytes()]).obstacle;
        let proxy = Obstacle::Proxy("192.168.2.3".parse().unwrap());
        assert_eq!(obstacle("198.51.100.2, 192.168.2.3, 10.0.0.9"), Some(proxy));
        let hop = |text: &str| Some(Obstacle::Unreadable(text.into()));
        assert_eq!(obstacle("198.51.100.2, unknown"), hop("unknown"));
        assert_eq!(obstacle("\u{85}\t소"), hop("???"));
        assert_eq!(obstacle(&"x".repeat(5000)), hop(&"x".repeat(40)));
        // A visitor in the operator's own network; a visitor who has invented an address; a proxy alone.
        for fine in ["192.168.2.3", "1.1.1.1, 198.51.100.2", "10.0.0.9", ""] {
            assert_eq!(obstacle(fine), None, "{fine}");
        }
    }

    #[test]
    fn without_a_stranger_in_the_list_the_first_proxy_is_the_client() {
        assert_eq!(client(&["10.9.9.9, 10.0.0.9"]), "10.9.9.9");
        assert_eq!(client(&[""]), "10.0.0.1");
    }

    proptest! {
        #[test]
        fn any_header_gives_an_address(value in prop::collection::vec(0x80_u8.., 0..40)) {
            let _ = client_of(&[&value]);
        }

        #[test]
        fn what_stands_left_of_the_clients_address_changes_nothing(value in "[ -~]*") {
            let value = format!("{value},198.51.100.2");
            prop_assert_eq!(client(&[&value]), "198.51.100.2");
        }
    }
}
