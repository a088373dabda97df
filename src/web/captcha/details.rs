//! What the `detail` of an element's events holds.

use serde::Serialize;
use wasm_bindgen::JsValue;

use crate::captcha::{
    event::Signal,
    state::{Captcha, Phase},
};

#[derive(Serialize)]
#[serde(untagged)]
enum Detail<'a> {
    StateChange {
        state: &'static str,
    },
    Issued {
        #[serde(rename = "expiresIn")]
        expires_in: Option<u32>,
    },
    Verified {
        token: &'a str,
    },
    Error {
        code: &'static str,
        retryable: bool,
        #[serde(rename = "retryAfter")]
        retry_after: Option<u32>,
    },
    Nothing,
}

/// The detail of one event.
pub(super) fn of(captcha: &Captcha, signal: Signal) -> JsValue {
    let detail = match (signal, captcha.phase, captcha.fault) {
        (Signal::StateChange, ..) => Detail::StateChange {
            state: captcha.state().as_str(),
        },
        (Signal::Issued, ..) => Detail::Issued {
            expires_in: captcha.issued().and_then(|issued| issued.expires_in),
        },
        (Signal::Verified, Phase::Verified, _) => Detail::Verified {
            token: &captcha.token,
        },
        (Signal::Error, _, Some(fault)) => Detail::Error {
            code: fault.code.as_str(),
            retryable: fault.code.is_retryable(),
            retry_after: fault.retry_after.map(u32::from),
        },
        _ => Detail::Nothing,
    };
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    detail.serialize(&serializer).unwrap_or(JsValue::NULL)
}
