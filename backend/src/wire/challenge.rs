//! `POST /keys` and `POST /verifications`: the two calls that cost quota.

use super::{
    App,
    body::SmallBody,
    origin::Page,
    problem::{Problem, unavailable},
    visitor::{Client, Ticket},
};
use crate::{
    book::{Issue, KeyRefusal},
    clock::Moment,
    limit::Visitor,
    secret::{Fingerprint, hex, random},
    store::{Admitted, Unwritable},
    upstream::{Failure, Fault},
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
    let pass = app.upstream.pass().map_err(held_back)?;
    app.admit(&Visitor { address, session })?;
    let admitted = app.store.admit_issue()??;
    let call = Call::open(&app, admitted);
    let key = match pass.issue().await {
        Ok(key) => key,
        Err(fault) => return Err(call.failed(fault)),
    };
    let fingerprint = Fingerprint::of(key.as_str());
    if !app.store.issue(admitted, fingerprint, &page.host)? {
        return Err(unavailable().because("the upstream issued a key that is out already"));
    }
    call.enter();
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

pub(super) async fn verify(
    State(app): State<Arc<App>>,
    _page: Page,
    body: SmallBody,
) -> Result<Json<Value>, Problem> {
    // A form of another site cannot send this type without asking first (CORS preflight).
    if body.media_type != "application/json" {
        return Err(malformed("The body must be application/json."));
    }
    let Answer { key, answer } = serde_json::from_slice(&body.bytes)
        .map_err(|_| malformed("The body must be an object with the texts `key` and `answer`."))?;
    let key = Key::parse(&key).ok_or_else(no_key)?;
    if !is_answer(&answer) {
        return Err(malformed("The answer must have 1 to 64 characters."));
    }
    let verdict = judge(&app, &key, &answer).await;
    let (verified, issue) = verdict.map_err(NotJudged::problem)?;
    app.metrics
        .verdict(if verified { "right" } else { "wrong" });
    if !verified {
        return Ok(Json(json!({"verified": false})));
    }
    let token = hex(&random::<16>());
    app.store.grant(Fingerprint::of(&token), &issue)?;
    Ok(Json(json!({"verified": true, "token": token})))
}

/// Why an answer was not judged.
#[derive(Debug)]
pub(super) enum NotJudged {
    Key(KeyRefusal),
    HeldBack(Moment),
    Fault(Fault),
    Unwritable(Unwritable),
}

impl NotJudged {
    pub(super) fn problem(self) -> Problem {
        match self {
            Self::Key(refusal) => refusal.into(),
            Self::HeldBack(until) => held_back(until),
            Self::Fault(fault) => fault.into(),
            Self::Unwritable(error) => error.into(),
        }
    }
}

/// Has an answer judged, at most once for each key.
pub(super) async fn judge(app: &App, key: &Key, answer: &str) -> Result<(bool, Issue), NotJudged> {
    let claim = app.store.claim(Fingerprint::of(key.as_str()));
    let (admitted, issue) = claim
        .map_err(NotJudged::Unwritable)?
        .map_err(NotJudged::Key)?;
    let call = Call::open(app, admitted);
    let pass = match app.upstream.pass() {
        Ok(pass) => pass,
        Err(until) => {
            call.withdraw();
            return Err(NotJudged::HeldBack(until));
        }
    };
    match pass.verify(key, answer).await {
        Ok(verdict) => Ok((verdict, issue)),
        Err(fault) => Err(NotJudged::Fault(call.fault(fault))),
    }
}

/// An admitted call. However it ends, the book learns of it: by a panic too, and where the visitor leaves
/// and this is dropped in the midst of the call. Then it counts as made, and nothing stays reserved.
struct Call<'a> {
    app: &'a App,
    admitted: Admitted,
    end: End,
}

#[derive(PartialEq)]
enum End {
    Sent,
    NotSent,
    Entered,
}

impl<'a> Call<'a> {
    fn open(app: &'a App, admitted: Admitted) -> Self {
        let end = End::Sent;
        Self { app, admitted, end }
    }

    /// The key that it brought is in the book, which ended it.
    fn enter(mut self) {
        self.end = End::Entered;
    }

    /// It was not made after all.
    fn withdraw(mut self) {
        self.end = End::NotSent;
    }

    fn fault(mut self, fault: Fault) -> Fault {
        if matches!(fault.failure, Failure::Busy | Failure::NotSent) {
            self.end = End::NotSent;
        }
        if fault.failure == Failure::Exhausted {
            self.app.store.upstream_exhausted(self.admitted);
        }
        fault
    }

    fn failed(self, fault: Fault) -> Problem {
        let (app, exhausted) = (self.app, fault.failure == Failure::Exhausted);
        let problem = Problem::from(self.fault(fault));
        match app.store.closed_until() {
            Some(until) if exhausted => problem.until(until),
            _ => problem,
        }
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        if self.end != End::Entered {
            self.app.store.over(self.admitted, self.end == End::Sent);
        }
    }
}

pub(super) fn is_answer(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= ANSWER_MAX_CHARS
}

pub(super) fn no_key() -> Problem {
    Problem::new(ErrorCode::InvalidKey, "This is no key. Issue a new one.")
}

pub(super) fn held_back(until: Moment) -> Problem {
    unavailable().until(until)
}

fn malformed(detail: &'static str) -> Problem {
    Problem::new(ErrorCode::BadRequest, detail)
}
