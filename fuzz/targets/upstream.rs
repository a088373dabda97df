//! Any response of an upstream can be read, and the reason in it can go into a log. Two bytes are the status, and the
//! rest is the body.
#![no_main]

use axum::{body::Bytes, http::HeaderMap};
use libfuzzer_sys::fuzz_target;
use sori_backend::upstream::{
    Dialect, Failure,
    judge::{self, Reply, Wanted},
};

fuzz_target!(|bytes: &[u8]| {
    let [high, low, body @ ..] = bytes else {
        return;
    };
    let status = 100 + u16::from_be_bytes([*high, *low]) % 500;
    let body = Bytes::copy_from_slice(body);
    for dialect in [Dialect::Openapi, Dialect::Ncloud] {
        if let Ok(key) = judge::key(dialect, status, &body) {
            assert!(status == 200 && !key.as_str().is_empty());
        }
        let _ = judge::verdict(dialect, status, &body);
        if judge::audio(dialect, status, &body).is_ok() {
            assert!(body.starts_with(b"RIFF"));
        }
        let reply = Reply {
            status,
            headers: &HeaderMap::new(),
            body: &body,
        };
        let hidden = ["a secret"];
        let said = judge::reason(dialect, &reply, Wanted::Json, Failure::Unavailable, &hidden);
        assert!(!said.chars().any(char::is_control), "{said:?}");
        assert!(said.chars().count() < 1000, "{said}");
    }
});
