//! What an upstream's answer means. Pure: NAVER's documentation is judged by the body, since its own
//! sample shows `{"result":true}` under status 403, and its key JSON is served as text/plain.

use serde::Deserialize;
use sori_wire::{
    error::ErrorCode,
    protocol::{Key, classify},
};

/// Why a call brought nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// All turns were taken for too long: it was not sent, and says nothing about the upstream.
    Busy,
    /// No connection was made, so the upstream has counted nothing.
    NotSent,
    /// It failed on the way, or the answer is none of the documented ones.
    Unavailable,
    /// The upstream says that the day's quota is spent.
    Exhausted,
    /// The upstream refuses the credentials.
    Rejected,
    /// The upstream does not know the key any more.
    InvalidKey,
    /// The upstream says that the key's audio was never fetched.
    Unheard,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    key: Option<String>,
    result: Option<bool>,
    error_code: Option<String>,
}

fn body(text: &[u8]) -> Body {
    serde_json::from_slice(text).unwrap_or(Body {
        key: None,
        result: None,
        error_code: None,
    })
}

fn failure(status: u16, body: &Body) -> Failure {
    match classify(status, None, body.error_code.as_deref()) {
        ErrorCode::QuotaExceeded => Failure::Exhausted,
        ErrorCode::UpstreamRejected => Failure::Rejected,
        ErrorCode::InvalidKey => Failure::InvalidKey,
        ErrorCode::AudioNotIssued => Failure::Unheard,
        _ => Failure::Unavailable,
    }
}

/// Reads the answer to an issue.
///
/// # Errors
/// If it holds no key.
pub fn key(status: u16, text: &[u8]) -> Result<Key, Failure> {
    let body = body(text);
    let key = body.key.as_deref().and_then(Key::parse);
    key.filter(|_| status == 200)
        .ok_or_else(|| failure(status, &body))
}

/// Reads the answer to a verification.
///
/// # Errors
/// If it holds no verdict.
pub fn verdict(status: u16, text: &[u8]) -> Result<bool, Failure> {
    let body = body(text);
    body.result.ok_or_else(|| failure(status, &body))
}

/// Whether the answer to a fetch is a whole WAV file.
///
/// # Errors
/// If it is not.
pub fn audio(status: u16, bytes: &[u8]) -> Result<(), Failure> {
    if status == 200 && is_whole_wav(bytes) {
        return Ok(());
    }
    Err(failure(status, &body(bytes)))
}

/// A RIFF file of form WAVE that is as long as it says. Writers that do not know the length in advance
/// leave 0 or a number near 2 or 4 GiB there, which says nothing.
fn is_whole_wav(bytes: &[u8]) -> bool {
    let Some((head, _)) = bytes.split_first_chunk::<12>() else {
        return false;
    };
    let declared = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
    let unknown = declared == 0 || declared >= 0x7fff_0000;
    head.starts_with(b"RIFF")
        && head.ends_with(b"WAVE")
        && (unknown || u64::from(declared) + 8 <= bytes.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_verdict_counts_under_any_status() {
        assert_eq!(verdict(403, br#"{"result":true}"#), Ok(true));
        assert_eq!(verdict(200, br#"{"result":false}"#), Ok(false));
        assert_eq!(
            verdict(200, br#"{"result":true,"responseTime":22.9}"#),
            Ok(true)
        );
    }

    #[test]
    fn both_meanings_of_403_are_told_apart() {
        let expired = br#"{"errorMessage":"Invalid key.","errorCode":"CT001"}"#;
        assert_eq!(verdict(403, expired), Err(Failure::InvalidKey));
        assert_eq!(verdict(403, b"{}"), Err(Failure::Rejected));
    }

    #[test]
    fn what_is_no_key_is_no_key() {
        assert_eq!(
            key(200, br#"{"key":"t521bp3qM7Qyk2X2"}"#).unwrap().as_str(),
            "t521bp3qM7Qyk2X2"
        );
        for bad in [
            "<html>",
            "",
            "{}",
            r#"{"key":""}"#,
            r#"{"key":"../x"}"#,
            r#"{"key":7}"#,
        ] {
            assert_eq!(key(200, bad.as_bytes()), Err(Failure::Unavailable), "{bad}");
        }
        assert_eq!(key(429, b""), Err(Failure::Exhausted));
        assert_eq!(key(401, br#"{"errorCode":"024"}"#), Err(Failure::Rejected));
        assert_eq!(key(302, b""), Err(Failure::Unavailable));
    }

    #[test]
    fn a_wav_that_is_shorter_than_it_says_is_not_served() {
        let mut wav = b"RIFF\x10\0\0\0WAVE".to_vec();
        assert_eq!(audio(200, &wav), Err(Failure::Unavailable));
        wav.extend([0; 12]);
        assert_eq!(audio(200, &wav), Ok(()));
        assert_eq!(audio(200, b"RIFF\xff\xff\xff\xffWAVEfmt "), Ok(()));
        assert_eq!(
            audio(200, b"<html>not a sound</html>"),
            Err(Failure::Unavailable)
        );
        assert_eq!(
            audio(400, br#"{"errorCode":"CT002"}"#),
            Err(Failure::Unheard)
        );
    }

    proptest! {
        #[test]
        fn any_answer_is_judged(status in 100_u16..600, text in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = key(status, &text);
            let _ = verdict(status, &text);
            let _ = audio(status, &text);
        }
    }
}
