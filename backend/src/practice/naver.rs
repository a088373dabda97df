//! NAVER's documented protocol over HTTP, in the dialect from the options.
//!
//! What was chosen where the documentation says nothing: an unknown `code` gets 400; a missing `key` counts as an
//! unknown key; a missing `value` counts as a wrong answer; the audio of a key is the same at every fetch.

use std::convert::Infallible;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::{Body, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use futures_util::stream::{self, StreamExt};
use rand::RngExt;
use serde::{Deserialize, Serialize};

use super::desk::{Challenge, Desk};
use super::digits::Digits;
use super::failure::Failure;
use super::faults::{Call, Fault};
use super::speech::{self, Script};
use super::{Options, ncloud, openapi, random_text};
use crate::upstream::Dialect;

/// As long as the keys in NAVER's examples.
const KEY_CHARS: usize = 16;
/// The size of the chunks of audio. They are small, so that tests find a client that reads only one chunk.
const CHUNK: usize = 16 * 1024;

struct Emulator {
    options: Options,
    desk: Mutex<Desk>,
}

impl Emulator {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// NAVER's error document.
    fn refuse(&self, failure: Failure) -> Response {
        let (status, document) = match self.options.dialect {
            Dialect::Openapi => openapi::refusal(failure),
            Dialect::Ncloud => ncloud::refusal(failure),
        };
        let mut response = json_as("application/json;charset=UTF-8", &document);
        *response.status_mut() =
            StatusCode::from_u16(status).expect("the dialects name statuses of HTTP");
        response
    }
}

pub(super) fn router(options: Options) -> Router {
    let desk = Mutex::new(Desk::new(options.daily_quota, options.key_lifetime));
    let (keys, audio): (_, &[_]) = match options.dialect {
        Dialect::Openapi => (openapi::KEYS_PATH, &openapi::AUDIO_PATHS),
        Dialect::Ncloud => (ncloud::KEYS_PATH, &ncloud::AUDIO_PATHS),
    };
    let emulator = Arc::new(Emulator { options, desk });
    let mut router = Router::new().route(keys, get(skey));
    for path in audio {
        router = router.route(path, get(scaptcha));
    }
    let refuse = |failure| {
        move |State(emulator): State<Arc<Emulator>>| async move { emulator.refuse(failure) }
    };
    router
        .route_layer(middleware::from_fn_with_state(emulator.clone(), admit))
        .fallback(refuse(Failure::UnknownPath))
        .method_not_allowed_fallback(refuse(Failure::Method))
        .layer(middleware::map_response(never_cached))
        .with_state(emulator)
}

/// Accepts only GET, and only with both credentials in their headers.
///
/// axum also sends HEAD to a GET handler, which would issue a key that nobody sees.
async fn admit(State(emulator): State<Arc<Emulator>>, request: Request, next: Next) -> Response {
    if request.method() != Method::GET {
        return emulator.refuse(Failure::Method);
    }
    if !carries_credentials(request.headers(), &emulator.options) {
        return emulator.refuse(Failure::Unauthorised);
    }
    next.run(request).await
}

fn carries_credentials(headers: &HeaderMap, expected: &Options) -> bool {
    let holds = |name, value: &str| {
        headers
            .get(name)
            .is_some_and(|sent| sent.as_bytes() == value.as_bytes())
    };
    let (id, secret) = match expected.dialect {
        Dialect::Openapi => (openapi::ID_HEADER, openapi::SECRET_HEADER),
        Dialect::Ncloud => (ncloud::ID_HEADER, ncloud::SECRET_HEADER),
    };
    holds(id, &expected.client_id) && holds(secret, &expected.client_secret)
}

async fn never_cached(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

#[derive(Deserialize)]
struct Skey {
    #[serde(default)]
    code: u8,
    #[serde(default)]
    key: String,
    #[serde(default)]
    value: String,
}

async fn skey(
    State(emulator): State<Arc<Emulator>>,
    query: Result<Query<Skey>, QueryRejection>,
) -> Response {
    let response = match query {
        Ok(Query(Skey { code: 0, .. })) => issue(&emulator).await,
        Ok(Query(Skey {
            code: 1,
            key,
            value,
        })) => verify(&emulator, &key, &value).await,
        Ok(_) | Err(_) => Err(Failure::Parameters),
    };
    response.unwrap_or_else(|failure| emulator.refuse(failure))
}

async fn issue(emulator: &Emulator) -> Result<Response, Failure> {
    if let Some(fault) = emulator.options.faults.of(Call::Issue) {
        return failing(fault, br#"{"key":"#).await;
    }
    let key = random_text(KEY_CHARS);
    let challenge = draw(&emulator.options);
    let now = emulator.options.clock.now();
    emulator.desk().issue(now, key.clone(), challenge)?;
    Ok(json_as("text/plain;charset=UTF-8", &Key { key }))
}

fn draw(options: &Options) -> Challenge {
    let mut rng = rand::rng();
    let digits = options
        .answer
        .clone()
        .unwrap_or_else(|| Digits::draw(&mut rng));
    Challenge {
        digits,
        seed: rng.random(),
    }
}

async fn verify(emulator: &Emulator, key: &str, value: &str) -> Result<Response, Failure> {
    if let Some(fault) = emulator.options.faults.of(Call::Verify) {
        return failing(fault, br#"{"result":"#).await;
    }
    let now = emulator.options.clock.now();
    let result = emulator.desk().verify(now, key, value)?;
    Ok(json_as(
        "application/json;charset=UTF-8",
        &Judged {
            result,
            response_time: (emulator.options.dialect == Dialect::Ncloud)
                .then_some(ncloud::RESPONSE_TIME),
        },
    ))
}

#[derive(Deserialize)]
struct Scaptcha {
    #[serde(default)]
    key: String,
}

async fn scaptcha(
    State(emulator): State<Arc<Emulator>>,
    query: Result<Query<Scaptcha>, QueryRejection>,
) -> Response {
    let response = match query {
        Ok(Query(Scaptcha { key })) => audio(&emulator, &key).await,
        Err(_) => Err(Failure::Parameters),
    };
    response.unwrap_or_else(|failure| emulator.refuse(failure))
}

async fn audio(emulator: &Emulator, key: &str) -> Result<Response, Failure> {
    if let Some(fault) = emulator.options.faults.of(Call::Audio) {
        return failing(fault, b"RIFF").await;
    }
    let now = emulator.options.clock.now();
    let Challenge { digits, seed } = emulator.desk().hear(now, key)?;
    let Options { voice, pauses, .. } = emulator.options;
    let wav = speech::wav(&Script {
        digits,
        voice,
        pauses,
        seed,
    });
    Ok(chunked(wav))
}

/// A body without a `Content-Length`.
fn chunked(wav: Vec<u8>) -> Response {
    let wav = Bytes::from(wav);
    let starts = (0..wav.len()).step_by(CHUNK);
    let chunks: Vec<_> = starts
        .map(|start| Ok::<_, Infallible>(wav.slice(start..wav.len().min(start + CHUNK))))
        .collect();
    let kind = [(header::CONTENT_TYPE, "audio/wav;charset=UTF-8")];
    (kind, Body::from_stream(stream::iter(chunks))).into_response()
}

fn json_as(kind: &'static str, body: &impl Serialize) -> Response {
    let mut response = Json(body).into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

async fn failing(fault: Fault, begin: &'static [u8]) -> Result<Response, Failure> {
    match fault {
        Fault::SystemError => Err(Failure::System),
        Fault::QuotaExceeded => Err(Failure::QuotaExceeded),
        Fault::Throttled => Err(Failure::Throttled),
        Fault::Unauthorised => Err(Failure::Unauthorised),
        Fault::Forbidden => Err(Failure::Forbidden),
        Fault::InvalidKey => Err(Failure::InvalidKey),
        Fault::Html => {
            Ok(axum::response::Html("<!doctype html><title>점검 중</title>").into_response())
        }
        Fault::Cut => {
            let cut = async {
                // Lets the server send what it already has before the connection breaks.
                tokio::task::yield_now().await;
                Err(io::Error::other("cut on purpose"))
            };
            let pieces = stream::iter([Ok(Bytes::from_static(begin))]).chain(stream::once(cut));
            Ok(Body::from_stream(pieces).into_response())
        }
        Fault::Stall => std::future::pending().await,
    }
}

#[derive(Serialize)]
struct Key {
    key: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Judged {
    result: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_time: Option<f64>,
}
