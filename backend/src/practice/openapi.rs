//! `openapi.naver.com`'s headers, paths and refusals.
//!
//! For errors that the documentation lists only by status, the `errorCode` is that status. The exception is 429, with
//! `010` and `012`, as people have reported.

use super::failure::Failure;
use serde_json::{Value, json};

pub(super) const ID_HEADER: &str = "x-naver-client-id";
pub(super) const SECRET_HEADER: &str = "x-naver-client-secret";
/// Some sites also use the second path for the audio.
pub(super) const AUDIO_PATHS: [&str; 2] = ["/v1/captcha/scaptcha", "/v1/captcha/scaptcha.bin"];
pub(super) const KEYS_PATH: &str = "/v1/captcha/skey";

pub(super) fn refusal(failure: Failure) -> (u16, Value) {
    let (status, code, message) = match failure {
        Failure::Unauthorised => (401, "024", "Authentication failed (인증에 실패하였습니다.)"),
        Failure::Forbidden => (403, "403", "Forbidden (API 권한이 없습니다.)"),
        Failure::Parameters => (400, "400", "Bad request (요청 변수를 확인하십시오.)"),
        Failure::UnknownPath => (404, "404", "Not found (존재하지 않는 API입니다.)"),
        Failure::Method => (
            405,
            "405",
            "Method not allowed (허용하지 않는 HTTP 메서드입니다.)",
        ),
        Failure::System => (500, "CT500", "System error"),
        Failure::InvalidKey => (403, "CT001", "Invalid key. (키가 만료되거나 없는 키)"),
        Failure::AudioNotIssued => (400, "CT002", "Unissued wav(음성을 발급을 하지 않음)"),
        Failure::QuotaExceeded => (
            429,
            "010",
            "Query limit exceeded (하루 허용량을 초과하였습니다.)",
        ),
        Failure::Throttled => (
            429,
            "012",
            "Rate limit exceeded. (속도 제한을 초과했습니다.)",
        ),
    };
    (status, json!({"errorMessage": message, "errorCode": code}))
}
