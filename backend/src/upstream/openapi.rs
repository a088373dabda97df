//! `openapi.naver.com`. It has one base URL, and its error replies are `{"errorCode":"024","errorMessage":"…"}`.

use super::judge::{Failure, Refusal};

/// The base that `/skey` and `/scaptcha` are appended to.
pub(super) const BASE: &str = "https://openapi.naver.com/v1/captcha";

pub(super) const CREDENTIAL_HEADERS: [&str; 2] = ["x-naver-client-id", "x-naver-client-secret"];
pub(super) const KEYS: &str = "skey";
pub(super) const AUDIO: &str = "scaptcha";

/// What an error reply means; `None` if it is not in the documentation.
pub(super) fn failure(status: u16, refusal: &Refusal) -> Option<Failure> {
    let code = refusal.code.as_deref().map(with_zeros);
    Some(match (code.as_deref(), status) {
        (Some("CT001"), _) => Failure::InvalidKey,
        (Some("CT002"), _) => Failure::Unheard,
        (Some("CT500"), _) => return None,
        (Some("010"), _) => Failure::Exhausted,
        (Some("012"), _) => Failure::Throttled { explained: true },
        // At first this is taken for too many calls in a short time, because a used-up quota has its own code.
        (_, 429) => Failure::Throttled { explained: false },
        // The call was withdrawn (`SE05`), or the URL is wrong. Neither goes away by itself.
        (_, 404) => Failure::Withdrawn,
        // A 403 without a code of the captcha: the audio captcha is not selected for the application.
        (Some("024"), _) | (_, 401 | 403) => Failure::Rejected,
        _ => return None,
    })
}

/// A code that was written as a number has lost its leading zeros: the documented codes have three digits.
fn with_zeros(code: &str) -> String {
    if code.bytes().all(|b| b.is_ascii_digit()) {
        format!("{code:0>3}")
    } else {
        code.to_owned()
    }
}
