//! `POST /siteverify`: the site's server asks whether a form may pass.
//!
//! Shape and codes are those that clients of reCAPTCHA, hCaptcha and Turnstile read, so that they work by
//! a change of the URL alone. Every request that could be judged is answered with 200.

use super::{
    App,
    body::SmallBody,
    challenge::{self, NotJudged},
    problem::Problem,
};
use crate::{
    book::{Issue, KeyRefusal, TokenRefusal},
    secret::{Fingerprint, Secret},
    upstream::Failure,
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use sori_wire::{
    error::ErrorCode,
    protocol::{Key, split_response},
};
use std::sync::Arc;

/// Why a form may not pass, in the words of the services named above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum No {
    MissingSecret,
    InvalidSecret,
    MissingResponse,
    InvalidResponse,
    BadRequest,
    TimeoutOrDuplicate,
    InternalError,
}

impl No {
    const fn as_str(self) -> &'static str {
        match self {
            Self::MissingSecret => "missing-input-secret",
            Self::InvalidSecret => "invalid-input-secret",
            Self::MissingResponse => "missing-input-response",
            Self::InvalidResponse => "invalid-input-response",
            Self::BadRequest => "bad-request",
            Self::TimeoutOrDuplicate => "timeout-or-duplicate",
            Self::InternalError => "internal-error",
        }
    }
}

pub(super) async fn judge(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: SmallBody,
) -> Result<Response, Problem> {
    // Only browsers send it, and no browser may hold the secret.
    if headers.contains_key(header::ORIGIN) {
        return Err(Problem::new(
            ErrorCode::OriginNotAllowed,
            "siteverify is for the site's own server, never for a page.",
        ));
    }
    app.warnings.siteverify_asked();
    let judged = match fields(&body) {
        Some(fields) => answer(&app, fields).await,
        None => Err((No::BadRequest, None)),
    };
    Ok(match judged {
        Ok(issue) => {
            app.metrics.verdict("passed");
            Json(json!({
                "success": true,
                "challenge_ts": issue.issued.to_string(),
                "hostname": issue.host,
                "error-codes": [],
            }))
            .into_response()
        }
        Err((no, cause)) => {
            app.metrics.verdict(no.as_str());
            let answer = json!({"success": false, "error-codes": [no.as_str()]});
            let mut response = Json(answer).into_response();
            // What is an error elsewhere is logged and counted as one here too.
            if let Some(problem) = cause {
                response.extensions_mut().insert(problem.note());
            }
            response
        }
    })
}

async fn answer(app: &App, fields: Fields) -> Result<Issue, (No, Option<Problem>)> {
    let plain = |no| (no, None);
    let secret = fields.secret.filter(|secret| !secret.is_empty());
    let secret = secret.ok_or_else(|| plain(No::MissingSecret))?;
    if !is_valid(&app.secrets().site, &secret) {
        return Err(plain(No::InvalidSecret));
    }
    let (key, answer) = match (fields.response, fields.key, fields.answer) {
        (Some(response), ..) if response.is_empty() => return Err(plain(No::MissingResponse)),
        (Some(response), ..) => match split_response(&response) {
            Some((key, answer)) => (key.into_owned(), answer.into_owned()),
            None => return redeem(app, &response),
        },
        (None, Some(key), Some(answer)) => (key, answer),
        _ => return Err(plain(No::MissingResponse)),
    };
    let Some(key) = Key::parse(&key).filter(|_| challenge::is_answer(&answer)) else {
        return Err(plain(No::InvalidResponse));
    };
    match challenge::judge(app, &key, &answer).await {
        Ok((true, issue)) => Ok(issue),
        Ok((false, _)) => Err(plain(No::InvalidResponse)),
        Err(refusal) => Err(refused(refusal)),
    }
}

fn refused(refusal: NotJudged) -> (No, Option<Problem>) {
    match &refusal {
        NotJudged::Key(KeyRefusal::Unknown | KeyRefusal::Unheard) => (No::InvalidResponse, None),
        NotJudged::Key(KeyRefusal::Expired | KeyRefusal::Used | KeyRefusal::Overfetched) => {
            (No::TimeoutOrDuplicate, None)
        }
        NotJudged::Fault(fault) if fault.failure == Failure::InvalidKey => {
            (No::TimeoutOrDuplicate, None)
        }
        _ => (No::InternalError, Some(refusal.problem())),
    }
}

fn redeem(app: &App, token: &str) -> Result<Issue, (No, Option<Problem>)> {
    match app.store.redeem(Fingerprint::of(token)) {
        Ok(Ok(issue)) => Ok(issue),
        Ok(Err(TokenRefusal::Unknown)) => Err((No::InvalidResponse, None)),
        Ok(Err(TokenRefusal::Spent)) => Err((No::TimeoutOrDuplicate, None)),
        Err(error) => Err((No::InternalError, Some(error.into()))),
    }
}

/// Every secret is compared, whichever matches: the time says nothing.
fn is_valid(secrets: &[Secret], candidate: &str) -> bool {
    secrets
        .iter()
        .fold(false, |valid, secret| secret.matches(candidate) | valid)
}

/// What is read of a request; `remoteip`, `sitekey` and anything else is ignored.
#[derive(Debug, Default, PartialEq)]
struct Fields {
    secret: Option<String>,
    response: Option<String>,
    key: Option<String>,
    answer: Option<String>,
}

impl Fields {
    /// `None` for a field that is there twice: readers differ on which one counts.
    fn enter(mut self, name: &str, value: String) -> Option<Self> {
        let field = match name {
            "secret" => &mut self.secret,
            "response" => &mut self.response,
            "key" => &mut self.key,
            "answer" => &mut self.answer,
            _ => return Some(self),
        };
        field.replace(value).is_none().then_some(self)
    }
}

fn fields(body: &SmallBody) -> Option<Fields> {
    match body.media_type.as_str() {
        "application/json" => {
            let object: serde_json::Map<String, Value> =
                serde_json::from_slice(&body.bytes).ok()?;
            let mut texts = object.into_iter().filter_map(|(name, value)| match value {
                Value::String(text) => Some((name, text)),
                _ => None,
            });
            texts.try_fold(Fields::default(), |fields, (name, text)| {
                fields.enter(&name, text)
            })
        }
        "application/x-www-form-urlencoded" => form_urlencoded::parse(&body.bytes)
            .try_fold(Fields::default(), |fields, (name, text)| {
                fields.enter(&name, text.into_owned())
            }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(media_type: &str, text: &[u8]) -> Option<Fields> {
        fields(&SmallBody {
            media_type: media_type.into(),
            bytes: text.to_vec().into(),
        })
    }

    #[test]
    fn a_field_that_is_there_twice_is_refused() {
        let form = "application/x-www-form-urlencoded";
        assert_eq!(read(form, b"secret=a&response=b&response=c"), None);
        assert!(read(form, b"secret=a&remoteip=b&remoteip=c").is_some());
    }

    proptest! {
        #[test]
        fn any_body_is_read_or_refused(text in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = read("application/json", &text);
            let _ = read("application/x-www-form-urlencoded", &text);
        }

        #[test]
        fn a_form_reads_as_it_was_written(secret in "\\PC*", response in "\\PC*") {
            let text = form_urlencoded::Serializer::new(String::new())
                .append_pair("response", &response)
                .append_pair("secret", &secret)
                .finish();
            let fields = read("application/x-www-form-urlencoded", text.as_bytes()).unwrap();
            prop_assert_eq!(fields.secret, Some(secret));
            prop_assert_eq!(fields.response, Some(response));
        }
    }
}
