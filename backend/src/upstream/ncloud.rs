//! The API gateway of NAVER Cloud Platform. It has two base paths on one host, and its error replies are
//! `{"error":{"errorCode":"300","message":"…"}}`. The documentation lists the captcha's own codes (`CT001` and so on)
//! without their JSON format, so both formats are read.
//!
//! The documentation's example of an audio request has the client id and secret in the query. Here they are always in
//! headers, because a query ends up in the logs of every proxy.

use super::judge::{Failure, Refusal};

/// The origin for commercial customers.
pub(super) const COMMERCIAL: &str = "https://naveropenapi.apigw.ntruss.com";
/// The origin for public institutions.
pub(super) const GOVERNMENT: &str = "https://naveropenapi.apigw.gov-ntruss.com";
/// The origin for financial institutions.
pub(super) const FINANCE: &str = "https://naveropenapi.apigw-pub.fin-ntruss.com";

pub(super) const CREDENTIAL_HEADERS: [&str; 2] = ["x-ncp-apigw-api-key-id", "x-ncp-apigw-api-key"];
pub(super) const KEYS: &str = "scaptcha/v1/skey";
pub(super) const AUDIO: &str = "scaptcha-bin/v1/scaptcha";

/// What an error reply means; `None` if it is not in the documentation.
///
/// The gateway's codes: <https://api.ncloud-docs.com/docs/api-call-lgc-errorhandling>.
pub(super) fn failure(status: u16, refusal: &Refusal) -> Option<Failure> {
    Some(match (refusal.code.as_deref(), status) {
        (Some("CT001"), _) => Failure::InvalidKey,
        (Some("CT002"), _) => Failure::Unheard,
        (Some("CT500"), _) => return None,
        // Either the customer's limit is reached, or the captcha is not selected for the application: the gateway
        // uses the same code for both.
        (Some("400"), 429) => Failure::Exhausted,
        // "Throttle Limited", "Rate Limited".
        (Some("410" | "420"), 429) => Failure::Throttled { explained: true },
        (_, 429) => Failure::Throttled { explained: false },
        // The call was withdrawn (`SE05`), or the URL is wrong. Neither goes away by itself.
        (_, 404) => Failure::Withdrawn,
        // 200 "Authentication Failed", 210 "Permission Denied".
        (_, 401 | 403) => Failure::Rejected,
        _ => return None,
    })
}
