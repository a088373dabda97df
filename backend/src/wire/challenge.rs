//! `POST /keys` and `POST /verifications`: the two requests that use quota.

use super::{
    App,
    body::SmallBody,
    calls::{self, NotJudged},
    origin::Page,
    problem::Problem,
    visitor::{Client, Ticket},
};
use crate::{
    book::Verdict,
    limit::Visitor,
    secret::{Fingerprint, hex, random},
    upstream::Failure,
};
use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use sori_wire::{
    error::ErrorCode,
    protocol::{ANSWER_MAX_CHARS, Key},
};
use std::sync::Arc;

pub(super) async fn issue(
    State(app): State<Arc<App>>,
    page: Page,
    Ticket(session): Ticket,
    Client(address): Client,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let visitor = Visitor { address, session };
    let issue = calls::issue(Arc::clone(&app), visitor, page.host);
    let key = calls::to_the_end(&app, issue).await?;
    let expires_in = app.key_ttl.as_secs();
    Ok((
        StatusCode::CREATED,
        Json(json!({"key": key.as_str(), "expiresIn": expires_in})),
    ))
}

#[derive(Deserialize)]
struct Answer {
    key: String,
    answer: String,
}

fn read(body: &[u8]) -> Option<Answer> {
    // A derived `Deserialize` also reads a struct from an array.
    let is_object = body.trim_ascii_start().starts_with(b"{");
    is_object.then(|| serde_json::from_slice(body).ok())?
}

pub(super) async fn verify(
    State(app): State<Arc<App>>,
    _page: Page,
    body: SmallBody,
) -> Result<Json<Value>, Problem> {
    // A form on another site cannot send this type without a CORS preflight.
    if body.media_type != "application/json" {
        return Err(malformed("The body must be application/json."));
    }
    let Answer { key, answer } = read(&body.bytes).ok_or_else(|| {
        malformed("The body must be an object with the texts `key` and `answer`.")
    })?;
    let key = Key::parse(&key).ok_or_else(no_key)?;
    if !is_answer(&answer) {
        return Err(malformed("The answer must have 1 to 64 characters."));
    }
    let fingerprint = Fingerprint::of(key.as_str());
    let verify = judge(Arc::clone(&app), key, answer);
    let verdict = calls::to_the_end(&app, verify).await;
    match verdict.map_err(NotJudged::problem)? {
        Verdict::Right => {}
        Verdict::Wrong => return Ok(Json(json!({"verified": false}))),
        Verdict::KeyGone => return Err(Failure::InvalidKey.into()),
        Verdict::Lost => return Err(calls::used()),
    }
    // Not in the task of the call: a visitor who left before the verdict can ask for it again, and so can one whose
    // token could not be stored.
    let token = hex(&random::<16>());
    app.store
        .grant(fingerprint, Fingerprint::of(&token))
        .await?;
    Ok(Json(json!({"verified": true, "token": token})))
}

/// The same answer to the same key counts as the same request.
async fn judge(app: Arc<App>, key: Key, answer: String) -> Result<Verdict, NotJudged> {
    let bound_to = calls::bound_to(&["verifications", &answer]);
    let (verdict, _) = calls::judge(Arc::clone(&app), key, answer, Some(bound_to)).await?;
    match verdict {
        Verdict::Right => app.metrics.verdict("right"),
        Verdict::Wrong => app.metrics.verdict("wrong"),
        Verdict::KeyGone | Verdict::Lost => {}
    }
    Ok(verdict)
}

pub(super) fn is_answer(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= ANSWER_MAX_CHARS
}

pub(super) fn no_key() -> Problem {
    Problem::new(ErrorCode::InvalidKey, "This is no key. Issue a new one.")
}

fn malformed(detail: &'static str) -> Problem {
    Problem::new(ErrorCode::BadRequest, detail)
}
