//! The API gateway of NAVER Cloud Platform: two bases on one host, and refusals of the gateway as
//! `{"error":{"errorCode":"300","message":"…"}}`. The documentation gives the captcha's own codes (`CT001`
//! and so on) without their form, so both forms are read.
//!
//! The documentation's example of an audio request carries id and secret in the query. Here they are only
//! ever in headers: a query ends in the logs of every proxy.

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

/// What a refusal means; `None` for one that is not documented.
///
/// The gateway's codes: <https://api.ncloud-docs.com/docs/api-call-lgc-errorhandling>.
pub(super) fn failure(status: u16, refusal: &Refusal) -> Option<Failure> {
    Some(match (refusal.code.as_deref(), status) {
        (Some("CT001"), _) => Failure::InvalidKey,
        (Some("CT002"), _) => Failure::Unheard,
        (Some("CT500"), _) => return None,
        // The limit that the customer has set, or the captcha is not selected for the application: the
        // gateway uses one code for both.
        (Some("400"), 429) => Failure::Exhausted,
        // "Throttle Limited", "Rate Limited".
        (Some("410" | "420"), 429) => Failure::Throttled { explained: true },
        (_, 429) => Failure::Throttled { explained: false },
        // Withdrawn (`SE05`), or the address is wrong: lasting either way.
        (_, 404) => Failure::Withdrawn,
        // 200 "Authentication Failed", 210 "Permission Denied".
        (_, 401 | 403) => Failure::Rejected,
        _ => return None,
    })
}
