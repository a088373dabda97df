//! Who asks: the page's origin, the client's address, the ticket's session.

use super::{App, problem::Problem};
use crate::{secret::Fingerprint, settings::Origin, ticket};
use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, header, request::Parts},
};
use ipnet::IpNet;
use sori_wire::{error::ErrorCode, protocol::TICKET_HEADER};
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};

/// The host of the page that asks, once its origin is allowed.
#[derive(Debug)]
pub(super) struct Page {
    /// The host, for siteverify's `hostname`.
    pub host: Box<str>,
}

impl FromRequestParts<Arc<App>> for Page {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let host = header_text(&parts.headers, header::HOST.as_str()).unwrap_or_default();
        match parts.headers.get(header::ORIGIN) {
            // The host is what the visitor says it is; the form of one is all it must have.
            None if app.allow_no_origin => format!("http://{host}")
                .parse::<Origin>()
                .map(|origin| Self {
                    host: origin.host().into(),
                })
                .map_err(|_| Problem::new(ErrorCode::BadRequest, "The request needs a Host.")),
            None => Err(refused("The request needs an Origin.")),
            Some(value) => {
                let origin = value.to_str().ok().and_then(|text| text.parse().ok());
                origin
                    .filter(|origin| is_allowed(&app.allowed_origins, origin, host))
                    .map(|origin: Origin| Self {
                        host: origin.host().into(),
                    })
                    .ok_or_else(|| refused("Pages of this origin may not use this backend."))
            }
        }
    }
}

/// Whether a page of `origin` may issue and verify at `host`.
#[must_use]
pub(super) fn is_allowed(allowed: &[Origin], origin: &Origin, host: &str) -> bool {
    if allowed.is_empty() {
        origin.is_host(host)
    } else {
        allowed.contains(origin)
    }
}

/// The client's address, as the limits see it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Client(pub IpAddr);

impl FromRequestParts<Arc<App>> for Client {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let Some(ConnectInfo(peer)) = peer else {
            app.warnings.without_peer();
            // All share one address then, which is safe, if tight.
            return Ok(Self(Ipv4Addr::UNSPECIFIED.into()));
        };
        let peer = peer.ip().to_canonical();
        let trusted =
            |address: IpAddr| app.trusted_proxies.iter().any(|net| net.contains(&address));
        if !parts.headers.contains_key(FORWARDED_FOR) {
            return Ok(Self(peer));
        }
        if !trusted(peer) {
            app.warnings.forwarded_by_stranger();
            return Ok(Self(peer));
        }
        Ok(Self(forwarded(&parts.headers, peer, &app.trusted_proxies)))
    }
}

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The client behind trusted proxies. Each proxy appends the address it was asked from, so the list is
/// read from the right, up to the first address that is no proxy of ours: what stands left of it, the
/// client may have made up.
fn forwarded(headers: &HeaderMap, peer: IpAddr, trusted: &[IpNet]) -> IpAddr {
    let mut client = peer;
    let values = headers.get_all(FORWARDED_FOR).iter().rev();
    for hop in values.flat_map(|value| value.to_str().unwrap_or("?").rsplit(',')) {
        let Some(address) = hop_address(hop.trim()) else {
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
fn hop_address(hop: &str) -> Option<IpAddr> {
    let plain = hop.parse::<IpAddr>();
    let with_port = || hop.parse::<SocketAddr>().map(|socket| socket.ip());
    let bracketed = || hop.trim_matches(['[', ']']).parse::<IpAddr>();
    let address = plain.or_else(|_| with_port()).or_else(|_| bracketed());
    address.ok().map(|address| address.to_canonical())
}

/// The session of a valid ticket; `None` where no tickets are asked for.
#[derive(Debug)]
pub(super) struct Ticket(pub Option<Fingerprint>);

impl FromRequestParts<Arc<App>> for Ticket {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let Some(secret) = &app.ticket_secret else {
            return Ok(Self(None));
        };
        let ticket = header_text(&parts.headers, TICKET_HEADER);
        let ticket = ticket.ok_or_else(|| refused("Issuing needs a ticket of the site's."))?;
        ticket::session(secret, ticket, app.clock.now())
            .map(|session| Self(Some(Fingerprint::of(session))))
            .ok_or_else(|| refused("The ticket is expired or not the site's. Reload the page."))
    }
}

fn header_text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn refused(detail: &'static str) -> Problem {
    Problem::new(ErrorCode::OriginNotAllowed, detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    fn client(values: &[&str]) -> String {
        let trusted = [
            "10.0.0.0/8".parse().unwrap(),
            "2001:db8::/32".parse().unwrap(),
        ];
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(FORWARDED_FOR, HeaderValue::from_str(value).unwrap());
        }
        forwarded(&headers, "10.0.0.1".parse().unwrap(), &trusted).to_string()
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
        fn any_header_gives_an_address(value in "[ -~]*") {
            let _ = client(&[&value]);
        }
    }
}
