//! NAVER's documented protocol over HTTP: `/v1/captcha/skey` and `/v1/captcha/scaptcha`.
//!
//! Choices where the documents are silent: an unknown `code` is a 400; a missing `key` is an unknown one;
//! a missing `value` is a wrong answer; the audio of one key is the same at every fetch. Errors that the
//! documents list by status alone carry that status as their `errorCode`, but for 429 (`010`, as reported).

use std::convert::Infallible;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

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

use super::desk::{Challenge, Desk, Refusal};
use super::digits::Digits;
use super::faults::{Call, Fault};
use super::speech::{self, Script};
use super::{Options, random_text};

/// As long as the keys in NAVER's examples.
const KEY_CHARS: usize = 16;
/// How the audio is cut into chunks: small enough that a client which reads one chunk only is found out.
const CHUNK: usize = 16 * 1024;

struct Emulator {
    options: Options,
    desk: Mutex<Desk>,
}

impl Emulator {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn router(options: Options) -> Router {
    let desk = Mutex::new(Desk::new(options.daily_quota, options.key_lifetime));
    let emulator = Arc::new(Emulator { options, desk });
    Router::new()
        .route("/v1/captcha/skey", get(skey))
        .route("/v1/captcha/scaptcha", get(scaptcha))
        .route_layer(middleware::from_fn_with_state(emulator.clone(), admit))
        .fallback(|| async { Failure::unknown_path() })
        .method_not_allowed_fallback(|| async { Failure::method() })
        .layer(middleware::map_response(never_cached))
        .with_state(emulator)
}

/// GET alone, with both credentials in their headers.
///
/// axum lets HEAD into a GET handler, which would issue a key that nobody sees.
async fn admit(State(emulator): State<Arc<Emulator>>, request: Request, next: Next) -> Response {
    if request.method() != Method::GET {
        return Failure::method().into_response();
    }
    if !carries_credentials(request.headers(), &emulator.options) {
        return Failure::unauthorised().into_response();
    }
    next.run(request).await
}

fn carries_credentials(headers: &HeaderMap, expected: &Options) -> bool {
    let holds = |name, value: &str| {
        headers
            .get(name)
            .is_some_and(|sent| sent.as_bytes() == value.as_bytes())
    };
    holds("x-naver-client-id", &expected.client_id)
        && holds("x-naver-client-secret", &expected.client_secret)
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
) -> Result<Response, Failure> {
    match query {
        Ok(Query(Skey { code: 0, .. })) => issue(&emulator).await,
        Ok(Query(Skey {
            code: 1,
            key,
            value,
        })) => verify(&emulator, &key, &value).await,
        Ok(_) | Err(_) => Err(Failure::parameters()),
    }
}

async fn issue(emulator: &Emulator) -> Result<Response, Failure> {
    if let Some(fault) = emulator.options.faults.of(Call::Issue) {
        return failing(fault, br#"{"key":"#).await;
    }
    let key = random_text(KEY_CHARS);
    let challenge = draw(&emulator.options);
    emulator
        .desk()
        .issue(SystemTime::now(), key.clone(), challenge)?;
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
    let result = emulator.desk().verify(SystemTime::now(), key, value)?;
    Ok(json_as(
        "application/json;charset=UTF-8",
        &Judged { result },
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
) -> Result<Response, Failure> {
    let Query(Scaptcha { key }) = query.map_err(|_| Failure::parameters())?;
    if let Some(fault) = emulator.options.faults.of(Call::Audio) {
        return failing(fault, b"RIFF").await;
    }
    let Challenge { digits, seed } = emulator.desk().hear(SystemTime::now(), &key)?;
    let Options { voice, pauses, .. } = emulator.options;
    let wav = speech::wav(&Script {
        digits,
        voice,
        pauses,
        seed,
    });
    Ok(chunked(wav))
}

/// A body whose length no header tells.
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
        Fault::SystemError => Err(Failure::system()),
        Fault::QuotaExceeded => Err(Refusal::QuotaExceeded.into()),
        Fault::Unauthorised => Err(Failure::unauthorised()),
        Fault::Forbidden => Err(Failure::forbidden()),
        Fault::InvalidKey => Err(Refusal::InvalidKey.into()),
        Fault::Html => {
            Ok(axum::response::Html("<!doctype html><title>점검 중</title>").into_response())
        }
        Fault::Cut => {
            let cut = async {
                // Lets the server send what it has before the connection breaks.
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
struct Judged {
    result: bool,
}

/// NAVER's error document.
struct Failure {
    status: StatusCode,
    code: &'static str,
    message: &'static str,
}

impl Failure {
    const fn new(status: StatusCode, code: &'static str, message: &'static str) -> Self {
        Self {
            status,
            code,
            message,
        }
    }

    const fn unauthorised() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "024",
            "Authentication failed (인증에 실패하였습니다.)",
        )
    }

    const fn forbidden() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "403",
            "Forbidden (API 권한이 없습니다.)",
        )
    }

    const fn parameters() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "400",
            "Bad request (요청 변수를 확인하십시오.)",
        )
    }

    const fn unknown_path() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "404",
            "Not found (존재하지 않는 API입니다.)",
        )
    }

    const fn method() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "405",
            "Method not allowed (허용하지 않는 HTTP 메서드입니다.)",
        )
    }

    const fn system() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "CT500", "System error")
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::InvalidKey => Self::new(
                StatusCode::FORBIDDEN,
                "CT001",
                "Invalid key. (키가 만료되거나 없는 키)",
            ),
            Refusal::AudioNotIssued => Self::new(
                StatusCode::BAD_REQUEST,
                "CT002",
                "Unissued wav(음성을 발급을 하지 않음)",
            ),
            Refusal::QuotaExceeded => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "010",
                "Query limit exceeded (하루 허용량을 초과하였습니다.)",
            ),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Document {
            error_message: &'static str,
            error_code: &'static str,
        }
        let document = Document {
            error_message: self.message,
            error_code: self.code,
        };
        let mut response = json_as("application/json;charset=UTF-8", &document);
        *response.status_mut() = self.status;
        response
    }
}
