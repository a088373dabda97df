//! `openapi.naver.com`: one base, and refusals as `{"errorCode":"024","errorMessage":"…"}`.

use super::judge::{Failure, Refusal};

/// The base that `/skey` and `/scaptcha` are appended to.
pub(super) const BASE: &str = "https://openapi.naver.com/v1/captcha";

pub(super) const CREDENTIAL_HEADERS: [&str; 2] = ["x-naver-client-id", "x-naver-client-secret"];
pub(super) const KEYS: &str = "skey";
pub(super) const AUDIO: &str = "scaptcha";

/// What a refusal means; `None` for one that is not documented.
pub(super) fn failure(status: u16, refusal: &Refusal) -> Option<Failure> {
    Some(match (refusal.code.as_deref(), status) {
        (Some("CT001"), _) => Failure::InvalidKey,
        (Some("CT002"), _) => Failure::Unheard,
        (Some("CT500"), _) => return None,
        (Some("010"), _) => Failure::Exhausted,
        (Some("012"), _) => Failure::Throttled { explained: true },
        // Taken for a burst at first: the day's end has a code of its own.
        (_, 429) => Failure::Throttled { explained: false },
        // A 403 without a captcha's code: the audio captcha is not ticked for the application.
        // Withdrawn (`SE05`), or the address is wrong: lasting either way.
        (_, 404) => Failure::Withdrawn,
        (Some("024"), _) | (_, 401 | 403) => Failure::Rejected,
        _ => return None,
    })
}
