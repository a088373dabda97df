//! The wire between widget, site and backend: paths, member names, what a key looks like, and how an
//! answer that is no success is read. Shared with the backend, so it knows neither browser nor server.

use alloc::string::String;

use crate::error::ErrorCode;

/// `POST` here issues a key.
pub const KEYS_PATH: &str = "/keys";
/// `GET` here, with the key as last segment, fetches the audio.
pub const AUDIO_PATH: &str = "/audio";
/// `POST` here verifies an answer in inline mode.
pub const VERIFICATIONS_PATH: &str = "/verifications";
/// `POST` here, by the site's own server only.
pub const SITEVERIFY_PATH: &str = "/siteverify";
/// The media type of every error answer (RFC 9457).
pub const PROBLEM_JSON: &str = "application/problem+json";
/// The header that names the upstream in every answer of the practice backend.
pub const UPSTREAM_HEADER: &str = "sori-upstream";
/// The header that carries a ticket to the backend.
pub const TICKET_HEADER: &str = "sori-ticket";
/// The most bytes of audio that either side accepts: 4 MiB.
pub const AUDIO_MAX_BYTES: usize = 4 << 20;
/// The most characters of an answer that the backend accepts.
pub const ANSWER_MAX_CHARS: usize = 64;

/// A challenge's key: 1 to 128 characters of `A-Z a-z 0-9 - _`, so it is safe as a path segment, in
/// a header and before the colon of `KEY:ANSWER`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Key(String);

impl Key {
    /// The most characters a key may have.
    pub const MAX_CHARS: usize = 128;

    /// Reads a key; `None` for text that is no key.
    ///
    /// ```
    /// use sori_wire::protocol::Key;
    /// assert!(Key::parse("t521bp3qM7Qyk2X2").is_some());
    /// assert!(Key::parse("../etc").is_none());
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=Self::MAX_CHARS).contains(&text.len());
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        (fits && text.bytes().all(plain)).then(|| Self(text.into()))
    }

    /// The key's text. It is a secret of one visitor: never log it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Shows no key: debug output ends in logs.
impl core::fmt::Debug for Key {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Key(…)")
    }
}

/// Splits the `response` of a siteverify request, `KEY:ANSWER`; `None` where it is a token.
///
/// ```
/// use sori_wire::protocol::split_response;
/// let (key, answer) = split_response("t521bp3qM7Qyk2X2:12345").unwrap();
/// assert_eq!((key, answer), ("t521bp3qM7Qyk2X2", "12345"));
/// ```
#[must_use]
pub fn split_response(response: &str) -> Option<(&str, &str)> {
    response.split_once(':')
}

/// What an answer that is no success means: our own `code` first, then NAVER's `errorCode` (a plain
/// pass-through proxy sends that), then the status.
///
/// A 403 has two meanings at NAVER: `CT001` is an invalid key; without a code it is a missing permission.
#[must_use]
pub fn classify(status: u16, code: Option<&str>, naver_code: Option<&str>) -> ErrorCode {
    if let Some(code) = code.and_then(ErrorCode::from_name) {
        return code;
    }
    match (naver_code, status) {
        (Some("CT001"), _) => ErrorCode::InvalidKey,
        (Some("CT002"), _) => ErrorCode::AudioNotIssued,
        (Some("CT500"), _) => ErrorCode::UpstreamUnavailable,
        (Some("010"), _) | (_, 429) => ErrorCode::QuotaExceeded,
        (Some("024"), _) | (_, 401 | 403) => ErrorCode::UpstreamRejected,
        (_, 413) => ErrorCode::PayloadTooLarge,
        (_, 500..=599) => ErrorCode::UpstreamUnavailable,
        _ => ErrorCode::BadResponse,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_cannot_leave_its_path_segment() {
        for bad in ["", ".", "..", "a/b", "a%2Fb", "a:b", "a b", "키", "a\r\nb"] {
            assert!(Key::parse(bad).is_none(), "{bad:?}");
        }
        assert!(Key::parse(&"k".repeat(128)).is_some());
        assert!(Key::parse(&"k".repeat(129)).is_none());
    }

    #[test]
    fn debug_output_hides_the_key() {
        let key = Key::parse("t521bp3qM7Qyk2X2").unwrap();
        assert!(!format!("{key:?}").contains("t521"));
    }

    #[test]
    fn both_meanings_of_403_are_told_apart() {
        assert_eq!(classify(403, None, Some("CT001")), ErrorCode::InvalidKey);
        assert_eq!(classify(403, None, None), ErrorCode::UpstreamRejected);
    }

    #[test]
    fn our_own_code_wins_over_the_status() {
        assert_eq!(
            classify(429, Some("rate_limited"), None),
            ErrorCode::RateLimited
        );
        assert_eq!(
            classify(429, Some("nonsense"), None),
            ErrorCode::QuotaExceeded
        );
    }

    #[test]
    fn a_success_status_that_is_no_success_is_a_bad_response() {
        assert_eq!(classify(200, None, None), ErrorCode::BadResponse);
        assert_eq!(classify(404, None, None), ErrorCode::BadResponse);
    }
}
