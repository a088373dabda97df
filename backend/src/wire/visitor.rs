//! Who sent the request: the client's IP address and the ticket's session.

use super::{App, origin::only, problem::Problem};
use crate::{secret::Fingerprint, ticket};
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
            (true, true) => return Ok(Self(forwarded(&parts.headers, peer, &app.trusted_proxies))),
            (true, false) => app.warnings.proxy_without_header(),
            (false, true) => app.warnings.forwarded_by_stranger(peer),
            (false, false) => {}
        }
        Ok(Self(peer))
    }
}

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The client behind trusted proxies. Each proxy appends the address that its request came from. So the list is read
/// from the right, up to the first address that is not a trusted proxy. The client may have invented everything to
/// the left of it, in any bytes.
fn forwarded(headers: &HeaderMap, peer: IpAddr, trusted: &[IpNet]) -> IpAddr {
    let mut client = peer;
    let values = headers.get_all(FORWARDED_FOR).iter().rev();
    for hop in values.flat_map(|value| value.as_bytes().rsplit(|byte| *byte == b',')) {
        let Some(address) = hop_address(hop) else {
            break;
        };
        client = address;
        if !trusted.iter().any(|net| net.contains(&address)) {
            break;
        }
    }
    client
}

/// An address, with or without a port.
fn hop_address(hop: &[u8]) -> Option<IpAddr> {
    let hop = core::str::from_utf8(hop).ok()?.trim();
    let plain = hop.parse::<IpAddr>();
    let with_port = || hop.parse::<SocketAddr>().map(|socket| socket.ip());
    let bracketed = || hop.trim_matches(['[', ']']).parse::<IpAddr>();
    let address = plain.or_else(|_| with_port()).or_else(|_| bracketed());
    address.ok().map(|address| address.to_canonical())
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

    fn client_of(values: &[&[u8]]) -> String {
        let trusted = [
            "10.0.0.0/8".parse().unwrap(),
            "2001:db8::/32".parse().unwrap(),
        ];
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(FORWARDED_FOR, HeaderValue::from_bytes(value).unwrap());
        }
        forwarded(&headers, "10.0.0.1".parse().unwrap(), &trusted).to_string()
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
