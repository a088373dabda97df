//! Settings that are allowed but risky in production. The log names them once at the start.

use super::{Origin, Settings, StoreChoice, UpstreamChoice};
use crate::upstream::Dialect;
use std::collections::BTreeSet;

/// The length of a client secret of NAVER Cloud Platform.
const CLOUD_KEY_CHARS: usize = 40;
/// The length of a client secret of the open API.
const OPEN_SECRET_CHARS: usize = 10;

impl Settings {
    /// A warning for each risk in these settings, as a sentence for the operator.
    #[must_use]
    pub fn risks(&self) -> Vec<String> {
        #[cfg_attr(
            not(feature = "practice"),
            expect(
                clippy::infallible_destructuring_match,
                reason = "there is more to match with the feature"
            )
        )]
        let naver = match &self.upstream {
            #[cfg(feature = "practice")]
            UpstreamChoice::Practice(_) => return self.risks_of_practice(),
            UpstreamChoice::Naver(naver) => naver,
        };
        let loopback = self.listen.ip().is_loopback();
        let mut risks = Vec::new();
        let mut warn = |holds: bool, text: String| {
            if holds {
                risks.push(text);
            }
        };
        warn(
            self.state_dir.is_none() && matches!(self.store, StoreChoice::Memory),
            "without SORI_STATE_DIR a restart forgets how much of the day's quota is spent, and the keys \
             that are out (help: troubleshooting#no-state-dir)"
                .into(),
        );
        warn(
            self.allowed_origins.is_empty(),
            "without SORI_ALLOWED_ORIGINS every name that leads to this server counts as the site's own, an \
             attacker's too (DNS rebinding); name the origins of the site's pages (help: troubleshooting#rebinding)"
                .into(),
        );
        warn(
            loopback && self.trusted_proxies.is_empty(),
            "SORI_LISTEN is a loopback address, so visitors come through a proxy, and SORI_TRUSTED_PROXIES \
             names none: they all count as one client (help: troubleshooting#proxy-unknown)"
                .into(),
        );
        warn(
            self.trusted_proxies.iter().any(|net| net.prefix_len() == 0),
            "SORI_TRUSTED_PROXIES trusts every address, so each visitor can invent one in X-Forwarded-For, and \
             no limit holds; name the proxies alone (help: troubleshooting#proxy-unknown)"
                .into(),
        );
        warn(
            !loopback,
            format!(
                "SORI_LISTEN is {}: keys, answers and siteverify's secret cross the network in plain text \
                 unless a proxy puts HTTPS in front of it (help: troubleshooting#plain-text)",
                self.listen
            ),
        );
        let length = naver.client_secret.expose().len();
        let cloud = naver.service.dialect() == Dialect::Ncloud;
        warn(!cloud && length == CLOUD_KEY_CHARS, CLOUD.into());
        warn(cloud && length == OPEN_SECRET_CHARS, OPEN.into());
        let sites: BTreeSet<_> = self
            .allowed_origins
            .iter()
            .filter(|origin| origin.is_web())
            .map(site)
            .collect();
        warn(
            sites.len() > 1,
            format!(
                "SORI_ALLOWED_ORIGINS names more than one site, and one client id serves one application \
                 (NAVER's terms of use 6.2 and 7.3 (6)) sites={sites:?} (help: troubleshooting#several-origins)"
            ),
        );
        risks
    }

    #[cfg(feature = "practice")]
    fn risks_of_practice(&self) -> Vec<String> {
        let mut risks = vec![
            "practice mode: the captcha protects nothing, since anyone can run its upstream \
             (help: troubleshooting#practice)"
                .into(),
        ];
        if self.private_only {
            risks.push(
                "SORI_PRACTICE_PRIVATE: the answer is always the same, and clients with a public address are \
                 turned away (help: troubleshooting#fixed-answer)"
                    .into(),
            );
        }
        risks
    }
}

const CLOUD: &str = "SORI_CLIENT_SECRET has 40 characters, as a key of NAVER Cloud Platform has; NAVER's open API \
                     (developers.naver.com) issues shorter ones and refuses a cloud key with error 024 \
                     (help: troubleshooting#ncloud-secret)";

const OPEN: &str = "SORI_CLIENT_SECRET has 10 characters, as a client secret of NAVER's open API (developers.naver.com) \
                    has; NAVER Cloud Platform issues longer keys and refuses it \
                    (help: troubleshooting#ncloud-secret)";

/// Roughly the registrable part of a host: the last two labels, or three for suffixes such as `co.kr`.
fn site(origin: &Origin) -> String {
    let labels: Vec<_> = origin.host().rsplit('.').collect();
    let second_level =
        matches!(labels[..], [country, kind, _, ..] if country.len() == 2 && kind.len() <= 3);
    let kept = if second_level { 3 } else { 2 };
    let mut kept: Vec<_> = labels.into_iter().take(kept).collect();
    kept.reverse();
    kept.join(".")
}
