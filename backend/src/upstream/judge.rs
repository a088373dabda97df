//! What a reply of the upstream means. Pure. The body decides and not the status or the content type: NAVER's own
//! documentation shows `{"result":true}` with status 403, and keys arrive as JSON with the type text/plain.

use super::{Dialect, said::Said};
use axum::http::{HeaderMap, HeaderName};
use serde_json::Value;
use sori_wire::protocol::Key;

/// Why a call failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No call was possible at this time, because too many others were under way. It was not sent, and says nothing
    /// about the upstream.
    Busy,
    /// No connection was made, so the upstream has counted nothing.
    NotSent,
    /// It failed on the way, or the reply is not one of those in the documentation.
    Unavailable,
    /// The upstream says that the quota is used up.
    Exhausted,
    /// The upstream got too many calls in a short time. It accepts calls again some seconds later.
    Throttled {
        /// Whether an error code said so, and not only the status.
        explained: bool,
    },
    /// The upstream refuses the credentials.
    Rejected,
    /// The upstream does not offer this call, or no longer.
    Withdrawn,
    /// The upstream does not know the key any more.
    InvalidKey,
    /// The upstream says that the key's audio was never fetched.
    Unheard,
}

/// The content of an error reply, in either of its formats.
#[derive(Debug, Default)]
pub(super) struct Refusal {
    /// The documentation shows a string, but numbers have been seen too.
    pub(super) code: Option<String>,
    /// The message, for the log.
    pub(super) message: Option<String>,
}

impl Refusal {
    fn of(reply: &Value) -> Self {
        // The gateway of NAVER Cloud Platform puts the error into an object.
        let places = [&reply["error"], reply];
        let found = |name| {
            places
                .into_iter()
                .find_map(|place| text_or_number(&place[name]))
        };
        Self {
            code: found("errorCode"),
            message: found("errorMessage").or_else(|| found("message")),
        }
    }
}

fn text_or_number(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => number.as_u64().map(|number| number.to_string()),
        _ => None,
    }
}

/// `Null` if it is no JSON. Each member is read by itself, so that one of another type does not spoil the others: the
/// key that was issued is spent.
pub(super) fn json(text: &[u8]) -> Value {
    // Some gateways write a byte order mark first.
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    serde_json::from_slice(text).unwrap_or_default()
}

fn failure(dialect: Dialect, status: u16, body: &Value) -> Failure {
    dialect.failure(status, &Refusal::of(body))
}

/// Reads the reply to a call that issues a key.
///
/// # Errors
/// If it contains no key.
pub fn key(dialect: Dialect, status: u16, text: &[u8]) -> Result<Key, Failure> {
    let body = json(text);
    let key = body["key"].as_str().and_then(Key::parse);
    key.filter(|_| status == 200)
        .ok_or_else(|| failure(dialect, status, &body))
}

/// Reads the reply to a verification.
///
/// # Errors
/// If it contains no verdict.
pub fn verdict(dialect: Dialect, status: u16, text: &[u8]) -> Result<bool, Failure> {
    let body = json(text);
    let verdict = body["result"].as_bool();
    verdict.ok_or_else(|| failure(dialect, status, &body))
}

/// Checks that the reply to a fetch of audio is a WAV file.
///
/// # Errors
/// If it is not.
pub fn audio(dialect: Dialect, status: u16, bytes: &[u8]) -> Result<(), Failure> {
    if status == 200 && is_wav(bytes) {
        return Ok(());
    }
    Err(failure(dialect, status, &json(bytes)))
}

/// A reply, for the log.
#[derive(Clone, Copy, Debug)]
pub struct Reply<'a> {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The whole body.
    pub body: &'a [u8],
}

impl<'a> Reply<'a> {
    /// A header, if it is text.
    pub(super) fn header(&self, name: HeaderName) -> Option<&'a str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// What a good reply would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A key or a verdict.
    Json,
    /// Audio.
    Wav,
}

/// The reason that the upstream gave, or how its reply looks, and what the operator can do, for the log. It is short,
/// on one line, and without the texts in `hidden`.
#[must_use]
pub fn reason(
    dialect: Dialect,
    reply: &Reply<'_>,
    wanted: Wanted,
    failure: Failure,
    hidden: &[&str],
) -> String {
    let refusal = Refusal::of(&json(reply.body));
    let said = Said::new(dialect, reply.status, &refusal, failure, hidden);
    if refusal.code.is_some() || refusal.message.is_some() {
        return said.to_string();
    }
    said.of_unreadable(reply, wanted, failure, hidden)
        .to_string()
}

/// The headers of a file without a sample.
const WAV_HEADERS: usize = 44;

/// Whether it is a RIFF file of type WAVE with at least one sample. The length in its header is not checked: browsers
/// play what has arrived, and HTTP shows if a body was cut off.
fn is_wav(bytes: &[u8]) -> bool {
    bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WAVE") && bytes.len() > WAV_HEADERS
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OPENAPI: Dialect = Dialect::Openapi;
    const NCLOUD: Dialect = Dialect::Ncloud;
    const BURST: Failure = Failure::Throttled { explained: true };
    const UNEXPLAINED: Failure = Failure::Throttled { explained: false };

    #[test]
    fn a_verdict_counts_under_any_status() {
        assert_eq!(verdict(OPENAPI, 403, br#"{"result":true}"#), Ok(true));
        assert_eq!(verdict(OPENAPI, 200, br#"{"result":false}"#), Ok(false));
        assert_eq!(
            verdict(OPENAPI, 200, br#"{"result":true,"responseTime":22.9}"#),
            Ok(true)
        );
    }

    #[test]
    fn both_meanings_of_403_are_told_apart() {
        let expired = br#"{"errorMessage":"Invalid key.","errorCode":"CT001"}"#;
        assert_eq!(verdict(OPENAPI, 403, expired), Err(Failure::InvalidKey));
        assert_eq!(verdict(OPENAPI, 403, b"{}"), Err(Failure::Rejected));
    }

    #[test]
    fn what_is_no_key_is_no_key() {
        assert_eq!(
            key(OPENAPI, 200, br#"{"key":"t521bp3qM7Qyk2X2"}"#)
                .unwrap()
                .as_str(),
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
            assert_eq!(
                key(OPENAPI, 200, bad.as_bytes()),
                Err(Failure::Unavailable),
                "{bad}"
            );
        }
        assert_eq!(key(OPENAPI, 429, b""), Err(UNEXPLAINED));
        assert_eq!(
            key(OPENAPI, 401, br#"{"errorCode":"024"}"#),
            Err(Failure::Rejected)
        );
        assert_eq!(key(OPENAPI, 302, b""), Err(Failure::Unavailable));
    }

    #[test]
    fn a_burst_is_told_from_the_end_of_the_day() {
        let code = |code: &str| format!(r#"{{"errorMessage":"…","errorCode":"{code}"}}"#);
        let flat = |c: &str| key(OPENAPI, 429, code(c).as_bytes());
        assert_eq!(flat("010"), Err(Failure::Exhausted));
        assert_eq!(flat("012"), Err(BURST));
        assert_eq!(flat("999"), Err(UNEXPLAINED));
        for number in ["400", r#""400""#] {
            let nested = |n| format!(r#"{{"error":{{"errorCode":{n},"message":"…"}}}}"#);
            let refused = key(NCLOUD, 429, nested(number).as_bytes());
            assert_eq!(refused, Err(Failure::Exhausted), "{number}");
            let throttled = nested(r#""410""#);
            assert_eq!(verdict(NCLOUD, 429, throttled.as_bytes()), Err(BURST));
        }
    }

    #[test]
    fn the_captchas_own_codes_are_read_in_either_form() {
        let nested = br#"{"error":{"errorCode":"CT001","message":"Invalid Key"}}"#;
        let flat = br#"{"errorCode":"CT001","errorMessage":"Invalid Key"}"#;
        for text in [&nested[..], flat] {
            assert_eq!(verdict(NCLOUD, 403, text), Err(Failure::InvalidKey));
        }
    }

    #[test]
    fn a_gateway_that_knows_no_such_path_is_no_refusal_of_the_key() {
        let text = br#"{"error":{"errorCode":"300","message":"Not Found Exception"}}"#;
        assert_eq!(audio(NCLOUD, 404, text), Err(Failure::Withdrawn));
        let text = br#"{"error":{"errorCode":"200","message":"Authentication Failed"}}"#;
        assert_eq!(key(NCLOUD, 401, text), Err(Failure::Rejected));
    }

    #[test]
    fn a_wav_is_served_whatever_length_it_declares() {
        for declared in [0, 8, 60, 68, 76, u32::MAX] {
            let mut wav = b"RIFF".to_vec();
            wav.extend(declared.to_le_bytes());
            wav.extend(b"WAVEfmt ");
            wav.resize(68, 0);
            assert_eq!(audio(OPENAPI, 200, &wav), Ok(()), "{declared}");
            assert_eq!(audio(OPENAPI, 200, &wav[..44]), Err(Failure::Unavailable));
        }
        let html = b"<html>not a sound, though it is long enough for one</html>";
        assert_eq!(audio(OPENAPI, 200, html), Err(Failure::Unavailable));
        assert_eq!(
            audio(OPENAPI, 400, br#"{"errorCode":"CT002"}"#),
            Err(Failure::Unheard)
        );
    }

    proptest! {
        #[test]
        fn any_answer_is_judged(status in 100_u16..600, text in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = key(OPENAPI, status, &text);
            let _ = verdict(OPENAPI, status, &text);
            let _ = audio(OPENAPI, status, &text);
            let _ = key(NCLOUD, status, &text);
        }
    }
}
