//! The headers, paths and refusals of NAVER Cloud Platform's gateway.
//!
//! The documentation lists the captcha's own error codes, but not in which JSON format they come; here they come in
//! the gateway's format. A call for an API that is not selected in the console gets the same refusal as a call over
//! the limit.

use super::failure::Failure;
use serde_json::{Value, json};

pub(super) const ID_HEADER: &str = "x-ncp-apigw-api-key-id";
pub(super) const SECRET_HEADER: &str = "x-ncp-apigw-api-key";
pub(super) const AUDIO_PATHS: [&str; 1] = ["/scaptcha-bin/v1/scaptcha"];
pub(super) const KEYS_PATH: &str = "/scaptcha/v1/skey";
/// In seconds; the documentation shows this value as the time that a reply took.
pub(super) const RESPONSE_TIME: f64 = 22.9;

pub(super) fn refusal(failure: Failure) -> (u16, Value) {
    let (status, code, message) = match failure {
        Failure::Unauthorised => (401, "200", "Authentication Failed"),
        Failure::Forbidden => (401, "210", "Permission Denied"),
        Failure::Parameters | Failure::Method => (400, "100", "Bad Request Exception"),
        Failure::UnknownPath => (404, "300", "Not Found Exception"),
        Failure::System => (500, "CT500", "System Error"),
        Failure::InvalidKey => (403, "CT001", "Invalid Key"),
        Failure::AudioNotIssued => (400, "CT002", "Unissued image or wav"),
        Failure::QuotaExceeded => (429, "400", "Quota Exceeded"),
        Failure::Throttled => (429, "410", "Throttle Limited"),
    };
    (
        status,
        json!({"error": {"errorCode": code, "message": message}}),
    )
}
