//! The wire between widget, site and backend: paths, member names, what a key looks like, and how an
//! error reply is read. Widget and backend share it, so it uses no type of a browser or a server.

use alloc::{borrow::Cow, string::String, vec::Vec};

use crate::error::ErrorCode;

/// `POST` here issues a key.
pub const KEYS_PATH: &str = "/keys";
/// `GET` here, with the key as last segment, fetches the audio.
pub const AUDIO_PATH: &str = "/audio";
/// `POST` here verifies an answer in inline mode.
pub const VERIFICATIONS_PATH: &str = "/verifications";
/// `POST` here, by the site's own server only, verifies a response.
pub const SITEVERIFY_PATH: &str = "/siteverify";
/// The media type of every error reply (RFC 9457).
pub const PROBLEM_JSON: &str = "application/problem+json";
/// The header that names the upstream in every reply of the practice backend.
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

    /// Parses a key; `None` if the text is not a key.
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

/// Does not show the key, because debug output ends up in logs.
impl core::fmt::Debug for Key {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Key(…)")
    }
}

/// The prefix of a `response` that holds key and answer. A token is hexadecimal, so it never has this prefix.
pub const RESPONSE_PREFIX: &str = "ka_";

const BASE64URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The `response` of a siteverify request for a key and an answer: [`RESPONSE_PREFIX`], and base64url without padding
/// (RFC 4648, section 5) of `KEY:ANSWER`. Some servers refuse other characters than `[A-Za-z0-9_-]` before they ask
/// siteverify.
///
/// ```
/// use sori_wire::protocol::join_response;
/// assert_eq!(join_response("t521bp3qM7Qyk2X2", "12345"), "ka_dDUyMWJwM3FNN1F5azJYMjoxMjM0NQ");
/// ```
#[must_use]
pub fn join_response(key: &str, answer: &str) -> String {
    let mut out = String::from(RESPONSE_PREFIX);
    let (mut bits, mut count) = (0u32, 0);
    let mut digit = |value: u32| out.push(char::from(BASE64URL[(value & 63) as usize]));
    for byte in key.bytes().chain([b':']).chain(answer.bytes()) {
        bits = bits << 8 | u32::from(byte);
        count += 8;
        while count >= 6 {
            count -= 6;
            digit(bits >> count);
        }
    }
    if count > 0 {
        digit(bits << (6 - count));
    }
    out
}

/// Splits the `response` of a siteverify request into key and answer: as [`join_response`] makes it, or as plain
/// `KEY:ANSWER`; `None` if it is a token.
///
/// ```
/// use sori_wire::protocol::split_response;
/// let (key, answer) = split_response("t521bp3qM7Qyk2X2:12345").unwrap();
/// assert_eq!((&*key, &*answer), ("t521bp3qM7Qyk2X2", "12345"));
/// assert!(split_response("9f86d081884c7d659a2feaa0c55ad015").is_none());
/// ```
#[must_use]
pub fn split_response(response: &str) -> Option<(Cow<'_, str>, Cow<'_, str>)> {
    if let Some((key, answer)) = response.split_once(':') {
        return Some((key.into(), answer.into()));
    }
    let text = decode(response.strip_prefix(RESPONSE_PREFIX)?)?;
    let (key, answer) = text.split_once(':')?;
    Some((String::from(key).into(), String::from(answer).into()))
}

fn decode(digits: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0u32, 0);
    for digit in digits.bytes() {
        let value = BASE64URL.iter().position(|it| *it == digit)?;
        bits = bits << 6 | value as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    // The remaining bits are padding and must be 0. A single leftover character has more bits than padding can have.
    if count >= 6 || bits & ((1 << count) - 1) != 0 {
        return None;
    }
    String::from_utf8(bytes).ok()
}

/// What an error reply means. Our own `code` decides first, then NAVER's `errorCode`, then the status. A proxy that
/// only passes NAVER's replies on sends `errorCode`.
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
        (Some("010"), _) => ErrorCode::QuotaExceeded,
        (_, 429) => ErrorCode::RateLimited,
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
    fn a_response_fits_the_alphabet_that_servers_check_and_reads_back() {
        for answer in [
            "1",
            "12",
            "123",
            "12345",
            "1PUNUST",
            "오늘:12",
            "\u{10ffff}",
        ] {
            let response = join_response("t521bp3qM7Qyk2X2", answer);
            let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
            assert!(response.bytes().all(plain), "{response}");
            let (key, read) = split_response(&response).unwrap();
            assert_eq!((&*key, &*read), ("t521bp3qM7Qyk2X2", answer));
        }
    }

    #[test]
    fn what_is_no_response_is_no_half_read_answer() {
        for bad in [
            "ka_",
            "ka_A",
            "ka_AAAAA",
            "ka_dDU+",
            "ka_dDU=",
            "ka_dDU",
            "ka_DToBgh",
            "ka_한글",
            "Ka_dDU6MQ",
        ] {
            assert!(split_response(bad).is_none(), "{bad}");
        }
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
            classify(429, Some("quota_exceeded"), None),
            ErrorCode::QuotaExceeded
        );
    }

    /// Proxies and CDNs answer 429 too, and NAVER does when many call within the same second (012).
    #[test]
    fn only_a_quota_that_is_used_up_closes_the_day() {
        assert_eq!(classify(429, None, Some("010")), ErrorCode::QuotaExceeded);
        for naver_code in [None, Some("012"), Some("")] {
            for code in [None, Some("nonsense")] {
                assert_eq!(classify(429, code, naver_code), ErrorCode::RateLimited);
            }
        }
    }

    #[test]
    fn a_success_status_that_is_no_success_is_a_bad_response() {
        assert_eq!(classify(200, None, None), ErrorCode::BadResponse);
        assert_eq!(classify(404, None, None), ErrorCode::BadResponse);
    }
}
