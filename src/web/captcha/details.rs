//! The `detail` of the element's events.

use serde::ser::{Serialize, SerializeMap as _, Serializer};
use wasm_bindgen::JsValue;

use crate::captcha::{
    event::Signal,
    state::{Captcha, Phase},
};

enum Detail<'a> {
    StateChange {
        state: &'static str,
    },
    Issued {
        expires_in: Option<u32>,
    },
    Verified {
        token: &'a str,
    },
    Error {
        code: &'static str,
        retryable: bool,
        retry_after: Option<u32>,
    },
    Nothing,
}

/// Written by hand: for a derived struct, serde-wasm-bindgen keeps the names of the fields in a hash map, which would
/// add 0.9 kB.
impl Serialize for Detail<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Self::Nothing = self {
            return serializer.serialize_unit();
        }
        let mut map = serializer.serialize_map(None)?;
        match *self {
            Self::StateChange { state } => map.serialize_entry("state", state)?,
            Self::Issued { expires_in } => map.serialize_entry("expiresIn", &expires_in)?,
            Self::Verified { token } => map.serialize_entry("token", token)?,
            Self::Error {
                code,
                retryable,
                retry_after,
            } => {
                map.serialize_entry("code", code)?;
                map.serialize_entry("retryable", &retryable)?;
                map.serialize_entry("retryAfter", &retry_after)?;
            }
            Self::Nothing => {}
        }
        map.end()
    }
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
    detail.serialize(&serializer).expect("texts and numbers")
}
