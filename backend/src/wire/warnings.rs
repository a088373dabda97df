//! Warnings about the set-up that become visible through visitors' requests. Each is logged once, not once for each
//! request.

use super::visitor::Obstacle;
use crate::{
    limit::{Refused, Scope},
    settings::is_private,
};
use core::time::Duration;
use std::{
    net::IpAddr,
    sync::{
        Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
};

#[derive(Debug, Default)]
pub(crate) struct Warnings {
    stranger: AtomicBool,
    /// What ended X-Forwarded-For before the visitor.
    obstacle: OnceLock<String>,
    silent_proxy: AtomicBool,
    peer: AtomicBool,
    prefix: AtomicBool,
    /// One bit for each scope.
    limited: AtomicU8,
    asked: AtomicBool,
    /// When the first keys' audio was delivered.
    heard: Mutex<Vec<Duration>>,
}

/// How many keys must expire unchecked before the log says that the site does not check: some visitors give up.
const EXPIRED_UNASKED: usize = 3;

/// Whether it is said for the first time.
pub(super) fn first(said: &AtomicBool) -> bool {
    !said.swap(true, Ordering::Relaxed)
}

impl Warnings {
    /// `peer` sends the header and is not a trusted proxy.
    pub(super) fn forwarded_by_stranger(&self, peer: IpAddr) {
        if first(&self.stranger) {
            // A visitor's IP address must not be in a log. A private address belongs to the operator's network.
            let peer = is_private(peer).then(|| peer.to_string());
            tracing::warn!(
                peer,
                "X-Forwarded-For comes from an address that is not in SORI_TRUSTED_PROXIES and is not \
                 believed; if it is your proxy, all its visitors count as one client (help: \
                 troubleshooting#proxy-unknown)"
            );
        }
    }

    /// X-Forwarded-For cannot be read up to the visitor.
    pub(super) fn stopped_by(&self, obstacle: &Obstacle) {
        if self.obstacle.get().is_some() {
            return;
        }
        let hop = match obstacle {
            Obstacle::Proxy(address) => address.to_string(),
            Obstacle::Unreadable(text) => text.clone(),
        };
        if self.obstacle.set(hop.clone()).is_err() {
            return;
        }
        match obstacle {
            Obstacle::Proxy(_) => tracing::warn!(
                proxy = hop,
                "X-Forwarded-For contains a proxy that is not in SORI_TRUSTED_PROXIES, and all its visitors \
                 count as one client; if it is yours, add it there (help: troubleshooting#proxy-unknown)"
            ),
            Obstacle::Unreadable(_) => tracing::warn!(
                hop,
                "X-Forwarded-For contains what is no address, and all visitors behind its proxy count as one \
                 client; have the proxy write addresses (help: troubleshooting#proxy-unknown)"
            ),
        }
    }

    pub(super) fn proxy_without_header(&self) {
        if first(&self.silent_proxy) {
            tracing::warn!(
                "a proxy of SORI_TRUSTED_PROXIES sends no X-Forwarded-For, so all its visitors count as one \
                 client (help: troubleshooting#proxy-unknown)"
            );
        }
    }

    pub(super) fn without_peer(&self) {
        if first(&self.peer) {
            tracing::warn!(
                "the server that embeds the backend does not tell the clients' addresses (axum's \
                 ConnectInfo), so all visitors count as one client (help: troubleshooting#no-peer)"
            );
        }
    }

    pub(super) fn path_without_prefix(&self) {
        if first(&self.prefix) {
            tracing::warn!(
                "a call came without /captcha in front of its path; if a proxy strips it, have it pass the whole \
                 path on (nginx: proxy_pass without a path, and without a slash at its end) (help: \
                 troubleshooting#no-prefix)"
            );
        }
    }

    /// The site's server called siteverify, so it checks its form.
    pub(super) fn siteverify_asked(&self) {
        self.asked.store(true, Ordering::Relaxed);
    }

    /// A key's audio was delivered at `now`; the key is valid for `ttl`.
    pub(super) fn heard(&self, now: Duration, ttl: Duration) {
        if self.asked.load(Ordering::Relaxed) {
            return;
        }
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        if heard.len() < EXPIRED_UNASKED {
            heard.push(now);
            return;
        }
        let expired = heard.last().is_some_and(|last| *last + ttl <= now);
        if expired && first(&self.asked) {
            tracing::warn!(
                "keys have expired, and siteverify was never asked: does the site's server check the form? \
                 Without that the captcha protects nothing (help: troubleshooting#never-asked)"
            );
        }
    }

    /// Logs the first refusal by each limit.
    pub(super) fn limited(&self, refused: &Refused) {
        let bit = 1 << refused.scope as u8;
        if self.limited.fetch_or(bit, Ordering::Relaxed) & bit != 0 {
            return;
        }
        let (limit, setting) = (refused.to_string(), refused.scope.setting());
        if refused.scope == Scope::Site {
            tracing::warn!(
                limit,
                "visitors are refused: all together asked for more than {setting} leaves to one hour of the \
                 day's quota (help: troubleshooting#limit)"
            );
        } else if self.stranger.load(Ordering::Relaxed) {
            tracing::warn!(
                limit,
                "a visitor is refused by {setting}, and the proxy is unknown: X-Forwarded-For comes from an \
                 address that is not in SORI_TRUSTED_PROXIES, so all its visitors count as one client (help: \
                 troubleshooting#proxy-unknown)"
            );
        } else if let Some(hop) = self.obstacle.get() {
            tracing::warn!(
                limit,
                hop,
                "a visitor is refused by {setting}, and the proxy is unknown: X-Forwarded-For can be read up to \
                 this hop, which is not in SORI_TRUSTED_PROXIES, so all its visitors count as one client (help: \
                 troubleshooting#proxy-unknown)"
            );
        } else {
            tracing::warn!(
                limit,
                "a visitor is refused by {setting}; if many share an address (a school, a mobile network, a \
                 proxy that SORI_TRUSTED_PROXIES does not name), raise it (help: troubleshooting#limit)"
            );
        }
    }
}
