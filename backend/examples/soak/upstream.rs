//! An upstream that fails at random, and counts as NAVER does.

use axum::{
    Router,
    extract::{RawQuery, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use rand::RngExt;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

/// What the upstream has seen.
#[derive(Default)]
pub(crate) struct Seen {
    keys: AtomicU64,
    /// Calls that NAVER would count: requests for a key or a verification that were not refused at once.
    pub(crate) counted: AtomicU64,
    pub(crate) faults: AtomicU64,
    /// If set, no call fails any more.
    pub(crate) well: AtomicBool,
}

/// One call in twenty fails, in one of five ways. Refusals for too many calls are rarer, because after each one the
/// backend makes no call for a second.
async fn fault(seen: &Seen) -> Option<Response> {
    if seen.well.load(Ordering::Relaxed) {
        return None;
    }
    let kind = rand::rng().random_range(0..800);
    let refused = |status: u16, body: &'static str| {
        (StatusCode::from_u16(status).unwrap(), body).into_response()
    };
    let counted = || seen.counted.fetch_add(1, Ordering::Relaxed);
    let answer = match kind {
        0 => refused(
            429,
            r#"{"errorCode":"012","errorMessage":"Rate limit exceeded."}"#,
        ),
        1..=12 => {
            counted();
            refused(
                500,
                r#"{"errorCode":"CT500","errorMessage":"System error"}"#,
            )
        }
        13..=24 => {
            counted();
            refused(200, "<!doctype html><title>점검 중</title>")
        }
        25..=30 => {
            counted();
            tokio::time::sleep(Duration::from_secs(3)).await;
            refused(504, "")
        }
        31..=40 => refused(
            401,
            r#"{"errorCode":"024","errorMessage":"Scope Status Invalid"}"#,
        ),
        _ => return None,
    };
    seen.faults.fetch_add(1, Ordering::Relaxed);
    Some(answer)
}

async fn skey(State(seen): State<Arc<Seen>>, query: RawQuery) -> Response {
    if let Some(fault) = fault(&seen).await {
        return fault;
    }
    seen.counted.fetch_add(1, Ordering::Relaxed);
    let query = query.0.unwrap_or_default();
    if query.contains("code=1") {
        let right = query.contains("value=12345");
        return format!(r#"{{"result":{right}}}"#).into_response();
    }
    let key = seen.keys.fetch_add(1, Ordering::Relaxed);
    format!(r#"{{"key":"soak-key-{key}"}}"#).into_response()
}

async fn scaptcha() -> Vec<u8> {
    [b"RIFF\x40\0\0\0WAVE".to_vec(), vec![0; 50_000]].concat()
}

/// Starts the upstream and returns its base address.
pub(crate) async fn start(seen: &Arc<Seen>) -> String {
    let router = Router::new()
        .route("/v1/captcha/skey", get(skey))
        .route("/v1/captcha/scaptcha", get(scaptcha))
        .with_state(Arc::clone(seen));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let upstream = format!("http://{}/v1/captcha", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    upstream
}
