//! `POST /siteverify`: the site's server asks whether a form may pass.
//!
//! Format and codes are those that clients of reCAPTCHA, hCaptcha and Turnstile read, so that only their URL has to
//! change. Every request whose answer could be checked gets 200. Every other request is refused in the same format,
//! and `messages` says why.
//!
//! `GET` works like `POST`, because well-known clients (Ruby's recaptcha gem, Spring tutorials) can send nothing
//! else. The secret is then in the URL, which proxies log; our own log never contains it.

mod question;
mod response;

use super::{
    App,
    calls::{self, NotJudged},
    challenge,
    fields::Fields,
    problem::Problem,
};
use crate::{
    book::{Issue, KeyRefusal, TokenRefusal, Verdict},
    secret::{Fingerprint, Secret},
    store::Refusal,
    upstream::Failure,
};
use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use response::Given;
use serde_json::json;
use sori_wire::protocol::Key;
use std::sync::Arc;

/// Why a form is not accepted, in the error codes of the services named above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Code {
    MissingSecret,
    InvalidSecret,
    MissingResponse,
    InvalidResponse,
    BadRequest,
    TimeoutOrDuplicate,
    InternalError,
}

impl Code {
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

/// A refusal: a code for programs, a message for people, and a problem for the log.
#[derive(Debug)]
struct Refused {
    code: Code,
    message: Option<String>,
    status: StatusCode,
    problem: Option<Problem>,
}

impl From<Code> for Refused {
    fn from(code: Code) -> Self {
        Self {
            code,
            message: None,
            status: StatusCode::OK,
            problem: None,
        }
    }
}

impl Code {
    /// Adds the message.
    fn with_message(self, message: impl Into<String>) -> Refused {
        Refused {
            message: Some(message.into()),
            ..self.into()
        }
    }
}

impl Refused {
    /// A request that cannot be checked at all has a status that says so.
    fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// A problem of the other routes is logged and counted here too.
    fn of(problem: Problem) -> Self {
        Self {
            message: Some(problem.detail.to_owned()),
            problem: Some(problem),
            ..Code::InternalError.into()
        }
    }
}

type Judged = Result<Issue, Refused>;

pub(super) async fn judge(State(app): State<Arc<App>>, request: Request) -> Response {
    let judged = match question::read(request).await {
        Ok(fields) => {
            app.warnings.siteverify_asked();
            calls::to_the_end(&app, counted(Arc::clone(&app), fields)).await
        }
        Err(refused) => {
            app.metrics.verdict(refused.code.as_str());
            Err(refused)
        }
    };
    match judged {
        Ok(issue) => Json(json!({
            "success": true,
            "challenge_ts": issue.issued.to_string(),
            "hostname": issue.host,
            "error-codes": [],
        }))
        .into_response(),
        Err(refused) => refused.into_response(),
    }
}

/// The reply at an address that does not serve siteverify.
pub(super) fn elsewhere(where_it_is: &str) -> Response {
    let refused = Code::BadRequest.with_message(where_it_is);
    refused.with_status(StatusCode::NOT_FOUND).into_response()
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut answer = json!({"success": false, "error-codes": [self.code.as_str()]});
        if let Some(message) = self.message {
            answer["messages"] = json!([message]);
        }
        let mut response = (self.status, Json(answer)).into_response();
        // What would be accepted (RFC 9110, sections 15.5.6 and 15.5.16).
        let accepted = match self.status {
            StatusCode::METHOD_NOT_ALLOWED => Some((header::ALLOW, "GET, POST")),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Some((header::ACCEPT_ENCODING, "identity")),
            _ => None,
        };
        if let Some((name, value)) = accepted {
            let value = HeaderValue::from_static(value);
            response.headers_mut().insert(name, value);
        }
        if let Some(problem) = self.problem {
            response.extensions_mut().insert(problem.note());
        }
        response
    }
}

async fn counted(app: Arc<App>, fields: Fields) -> Judged {
    let judged = answer(&app, fields).await;
    let outcome = judged
        .as_ref()
        .map_or_else(|refused| refused.code.as_str(), |_| "passed");
    app.metrics.verdict(outcome);
    judged
}

async fn answer(app: &Arc<App>, fields: Fields) -> Judged {
    let secret = fields.secret.filter(|secret| !secret.is_empty());
    let secret = secret.ok_or_else(|| Code::MissingSecret.with_message("`secret` is missing."))?;
    if !is_valid(&app.secrets().site, &secret) {
        return Err(Code::InvalidSecret.with_message("`secret` is not SORI_SITEVERIFY_SECRET."));
    }
    let name = fields.idempotency_key.filter(|name| !name.is_empty());
    let missing = || {
        Code::MissingResponse.with_message(if fields.misnamed {
            "`response` is missing: send the value of the form's field NAME-response under that name."
        } else {
            "`response` is missing, or `key` and `answer`."
        })
    };
    let (key, answer) = match (fields.response, fields.key, fields.answer) {
        (Some(response), ..) => match response::read(&response) {
            Ok(Given::Answer(key, answer)) => (key, answer),
            Ok(Given::Token(token)) => return redeem(app, token, name.as_deref()).await,
            Err(response::Unusable::Empty) => {
                return Err(Code::MissingResponse.with_message("`response` is empty."));
            }
            Err(response::Unusable::Malformed(message)) => {
                return Err(Code::InvalidResponse.with_message(message));
            }
        },
        (None, Some(key), Some(answer)) => match Key::parse(&key) {
            Some(key) => (key, answer),
            None => return Err(Code::InvalidResponse.with_message("`key` is no key.")),
        },
        _ => return Err(missing()),
    };
    if !challenge::is_answer(&answer) {
        return Err(Code::InvalidResponse.into());
    }
    let bound_to = name.map(|name| calls::bound_to(&["siteverify", &name, &answer]));
    match calls::judge(Arc::clone(app), key, answer, bound_to).await {
        Ok((Verdict::Right, issue)) => Ok(issue),
        Ok((Verdict::Wrong, _)) => Err(Code::InvalidResponse.into()),
        Ok((Verdict::KeyGone, _)) => Err(Code::TimeoutOrDuplicate.into()),
        Ok((Verdict::Lost, _)) => Err(Refused::of(Failure::Unavailable.into())),
        Err(NotJudged::Refused(refusal)) => Err(refused(refusal)),
        Err(NotJudged::Failed(Failure::InvalidKey, _)) => Err(Code::TimeoutOrDuplicate.into()),
        Err(other) => Err(Refused::of(other.problem())),
    }
}

async fn redeem(app: &App, token: &str, name: Option<&str>) -> Judged {
    let bound_to = name.map(|name| calls::bound_to(&["token", name]));
    let redeemed = app.store.redeem(Fingerprint::of(token), bound_to).await;
    redeemed.map_err(refused)
}

fn refused(refusal: Refusal) -> Refused {
    match refusal {
        Refusal::Key(KeyRefusal::Unknown | KeyRefusal::Unheard)
        | Refusal::Token(TokenRefusal::Unknown) => Code::InvalidResponse.into(),
        Refusal::Key(KeyRefusal::Expired | KeyRefusal::Used | KeyRefusal::Overfetched)
        | Refusal::Token(TokenRefusal::Spent) => Code::TimeoutOrDuplicate.into(),
        Refusal::Limited(_) | Refusal::Exhausted { .. } | Refusal::Unavailable(_) => {
            Refused::of(refusal.into())
        }
    }
}

/// Compares with every secret, even after one has matched, so that the time says nothing.
fn is_valid(secrets: &[Secret], candidate: &str) -> bool {
    secrets
        .iter()
        .fold(false, |valid, secret| secret.matches(candidate) | valid)
}
