//! Reads a siteverify request in any of the formats that clients use.

use super::{Code, Refused};
use crate::wire::{body::SmallBody, fields::Fields};
use axum::{
    extract::{FromRequest, Request},
    http::{HeaderMap, Method, StatusCode, header},
};
use std::sync::atomic::{AtomicBool, Ordering};

/// Headers in which other services expect a secret.
const SECRET_HEADERS: [&str; 2] = ["authorization", "x-api-key"];

/// The fields of the request.
pub(super) async fn read(request: Request) -> Result<Fields, Refused> {
    // Only browsers send these headers, and a browser must never have the secret.
    let from_a_page = ["origin", "sec-fetch-site"];
    if from_a_page
        .iter()
        .any(|name| request.headers().contains_key(*name))
    {
        let message = "siteverify is for the site's own server, never for a page.";
        return Err(Code::BadRequest
            .with_message(message)
            .with_status(StatusCode::FORBIDDEN));
    }
    let in_header = SECRET_HEADERS
        .into_iter()
        .find(|name| request.headers().contains_key(*name));
    let fields = read_fields(request).await?;
    match in_header {
        Some(header) if fields.secret.is_none() => Err(Code::MissingSecret.with_message(format!(
            "`secret` is missing: it is a parameter of the body, and the header {header} is not read."
        ))),
        _ => Ok(fields),
    }
}

fn is_compressed(headers: &HeaderMap) -> bool {
    let coding = headers.get(header::CONTENT_ENCODING);
    coding.is_some_and(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

async fn read_fields(request: Request) -> Result<Fields, Refused> {
    let query = request.uri().query().unwrap_or_default().to_owned();
    let unreadable = |message| Code::BadRequest.with_message(message);
    match *request.method() {
        Method::POST => {
            if is_compressed(request.headers()) {
                let message = "The body has a Content-Encoding: send it as it is, uncompressed.";
                let refused = Code::BadRequest.with_message(message);
                return Err(refused.with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
            }
            let body = SmallBody::from_request(request, &())
                .await
                .map_err(|problem| {
                    Code::BadRequest
                        .with_message(problem.detail)
                        .with_status(problem.status)
                })?;
            let fields = Fields::of_body(&body).await.map_err(unreadable)?;
            if fields.is_whole() {
                return Ok(fields);
            }
            let elsewhere = Fields::of_query(&query).map_err(unreadable)?;
            if fields.secret.is_none() && elsewhere.secret.is_some() {
                let message = "`secret` stands in the query of the URL. A POST carries its parameters in the \
                               body, as application/x-www-form-urlencoded, multipart/form-data or \
                               application/json.";
                return Err(Code::MissingSecret.with_message(message));
            }
            if fields.response.is_none() && fields.key.is_none() && !elsewhere.is_empty() {
                let message =
                    "Parameters stand in the query of the URL. A POST carries them in the body.";
                return Err(Code::MissingResponse.with_message(message));
            }
            Ok(fields)
        }
        Method::GET => {
            warn_of_query();
            Fields::of_query(&query).map_err(unreadable)
        }
        _ => {
            let message =
                "siteverify is asked by POST, or by GET with the parameters in the query.";
            let refused = Code::BadRequest.with_message(message);
            Err(refused.with_status(StatusCode::METHOD_NOT_ALLOWED))
        }
    }
}

/// Logged once.
fn warn_of_query() {
    static SAID: AtomicBool = AtomicBool::new(false);
    if !SAID.swap(true, Ordering::Relaxed) {
        tracing::warn!(
            "siteverify is asked by GET: the secret stands in the URL, which proxies write into their logs; \
             let the site's server send a POST if it can (help: troubleshooting#siteverify-get)"
        );
    }
}
