//! The calls to the upstream that requests cause, from admission to end.
//!
//! They run in separate tasks. If a visitor leaves or a site gives up, the request ends but not the call. So the
//! ledger, the log, the metrics and the breaker see the result of every call.

use super::{App, problem::Problem};
use crate::{
    book::{End, Issue, KeyRefusal, Verdict},
    limit::Visitor,
    secret::Fingerprint,
    store::{Call, Claim, Issued, Refusal},
    upstream::{Failure, Fault, HeldBack},
};
use axum::body::Bytes;
use core::{future::Future, time::Duration};
use sori_wire::protocol::Key;
use std::sync::Arc;
use tokio::time;
use tracing::Instrument;

/// How soon a request looks again for the verdict that another, identical request is waiting for.
const ASK_AGAIN: Duration = Duration::from_millis(50);

/// Runs `work` to its end, even if nobody waits for it any more.
pub(super) async fn to_the_end<T: Send + 'static>(
    app: &App,
    work: impl Future<Output = T> + Send + 'static,
) -> T {
    match app.calls.spawn(work.in_current_span()).await {
        Ok(result) => result,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The process is ending, and this request with it.
            Err(_) => core::future::pending().await,
        },
    }
}

/// An admitted call. However it ends, even by a panic, the store is told.
struct OpenCall {
    app: Arc<App>,
    call: Call,
    open: bool,
}

impl OpenCall {
    fn new(app: &Arc<App>, call: Call) -> Self {
        let (app, open) = (Arc::clone(app), true);
        Self { app, call, open }
    }

    async fn end(mut self, end: End) {
        self.open = false;
        tell(&self.app, self.call, end).await;
    }

    /// Another step of the store has already ended the call.
    fn ended(mut self) {
        self.open = false;
    }
}

impl Drop for OpenCall {
    fn drop(&mut self) {
        if self.open && tokio::runtime::Handle::try_current().is_ok() {
            let (app, call) = (Arc::clone(&self.app), self.call);
            let lost = async move { tell(&app, call, End::Made(Verdict::Lost)).await };
            self.app.calls.spawn(lost);
        }
    }
}

async fn tell(app: &App, call: Call, end: End) {
    if let Err(error) = app.store.end_call(call, end).await {
        tracing::error!(%error, "the end of a call cannot be written down (help: troubleshooting#store_unavailable)");
    }
}

/// How a failed call is entered in the ledger.
fn end(failure: Failure) -> End {
    match failure {
        // The call was not sent, or was refused at once.
        Failure::Busy
        | Failure::NotSent
        | Failure::Rejected
        | Failure::Withdrawn
        | Failure::Throttled { .. }
        | Failure::Exhausted => End::GivenBack,
        Failure::InvalidKey => End::Made(Verdict::KeyGone),
        Failure::Unavailable | Failure::Unheard => End::Made(Verdict::Lost),
    }
}

/// Issues a key for a visitor of the page at `host`.
pub(super) async fn issue(app: Arc<App>, visitor: Visitor, host: Box<str>) -> Result<Key, Problem> {
    let pass = app.upstream.pass()?;
    let call = app.store.admit(&visitor).await?;
    let open = OpenCall::new(&app, call);
    match pass.issue().await {
        Ok(key) => {
            let issued = app.store.issue(call, Fingerprint::of(key.as_str()), &host);
            let issued = issued.await?;
            open.ended();
            match issued {
                Issued::Entered => Ok(key),
                Issued::Duplicate => {
                    Err(unavailable().because("the upstream issued a key that is out already"))
                }
            }
        }
        Err(fault) => {
            open.end(end(fault.failure)).await;
            Err(failed(&app, call, fault).await)
        }
    }
}

/// The reply to the visitor after a failed call. If the quota is used up, the store is told.
async fn failed(app: &App, call: Call, fault: Fault) -> Problem {
    let mut problem = Problem::from(fault.failure);
    if let Some(wait) = fault.wait {
        problem = problem.after(wait);
    }
    if fault.failure != Failure::Exhausted {
        return problem;
    }
    if let Err(error) = app.store.close_day(call).await {
        tracing::error!(%error, "that the day's quota is spent cannot be written down (help: troubleshooting#store_unavailable)");
    }
    match app.store.status().await {
        Ok(status) if let Some(wait) = status.closed_for => problem.after(wait),
        _ => problem,
    }
}

/// A key's audio. If it is already being fetched, the request waits for that fetch. So a visitor who sends ten
/// requests at once, or again because the first reply is slow, causes no more calls than another.
pub(super) async fn audio(app: Arc<App>, key: Key) -> Result<Bytes, Problem> {
    let fingerprint = Fingerprint::of(key.as_str());
    let begin = || fetch(Arc::clone(&app), key, fingerprint);
    let audio = app.fetches.join(fingerprint, begin).await;
    app.fetches.forget(fingerprint);
    audio
}

/// Fetches a key's audio completely before it is sent. A visitor's slow connection must not keep the upstream's
/// connection busy, and an incomplete WAV file must not be played.
async fn fetch(app: Arc<App>, key: Key, fingerprint: Fingerprint) -> Result<Bytes, Problem> {
    let pass = app.upstream.pass()?;
    app.store.admit_audio(fingerprint).await?;
    match pass.audio(&key).await {
        Ok(audio) => {
            app.store.hear(fingerprint).await?;
            Ok(audio)
        }
        Err(fault) => {
            app.store.audio_failed(fingerprint).await;
            Err(match fault.wait {
                Some(wait) => Problem::from(fault.failure).after(wait),
                None => fault.failure.into(),
            })
        }
    }
}

/// Why an answer was not checked.
#[derive(Debug)]
pub(super) enum NotJudged {
    Refused(Refusal),
    HeldBack(HeldBack),
    Failed(Failure, Option<Duration>),
}

impl From<Refusal> for NotJudged {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl NotJudged {
    pub(super) fn problem(self) -> Problem {
        match self {
            Self::Refused(refusal) => refusal.into(),
            Self::HeldBack(held_back) => held_back.into(),
            Self::Failed(failure, None) => failure.into(),
            Self::Failed(failure, Some(wait)) => Problem::from(failure).after(wait),
        }
    }
}

/// A verdict, and where the challenge came from.
pub(super) type Judged = (Verdict, Issue);

/// Has an answer checked, at most once for each key. The request that `bound_to` identifies may ask again.
pub(super) async fn judge(
    app: Arc<App>,
    key: Key,
    answer: String,
    bound_to: Option<Fingerprint>,
) -> Result<Judged, NotJudged> {
    let fingerprint = Fingerprint::of(key.as_str());
    // The call of the other request ends within this time, or its end will never be reported.
    let deadline = time::Instant::now() + app.upstream.longest();
    let (call, issue) = loop {
        match app.store.claim(fingerprint, bound_to).await? {
            Claim::Taken(call, issue) => break (call, issue),
            Claim::Judged(verdict, issue) => return Ok((verdict, issue)),
            Claim::UnderWay if time::Instant::now() < deadline => time::sleep(ASK_AGAIN).await,
            Claim::UnderWay => return Err(NotJudged::Failed(Failure::Unavailable, None)),
        }
    };
    let open = OpenCall::new(&app, call);
    if !can_be_right(&answer) {
        open.end(End::Dismissed).await;
        return Ok((Verdict::Wrong, issue));
    }
    let pass = match app.upstream.pass() {
        Ok(pass) => pass,
        Err(held_back) => {
            open.end(End::GivenBack).await;
            return Err(NotJudged::HeldBack(held_back));
        }
    };
    match pass.verify(&key, &answer).await {
        Ok(right) => {
            let verdict = if right {
                Verdict::Right
            } else {
                Verdict::Wrong
            };
            open.end(End::Made(verdict)).await;
            tracing::info!(?verdict, "an answer was judged");
            Ok((verdict, issue))
        }
        Err(fault) => {
            let failure = fault.failure;
            open.end(end(failure)).await;
            let problem = failed(&app, call, fault).await;
            Err(NotJudged::Failed(failure, problem.wait()))
        }
    }
}

/// No upstream accepts an answer with a control character, and some refuse the whole request.
fn can_be_right(answer: &str) -> bool {
    !answer
        .chars()
        .any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'))
}

fn unavailable() -> Problem {
    super::problem::unavailable()
}

/// Identifies a request, so that it gets the same reply if it comes again. Uses the name that the sender gave it and
/// its content, because a name alone may be used twice.
pub(super) fn bound_to(parts: &[&str]) -> Fingerprint {
    Fingerprint::of(&parts.join("\0"))
}

/// The reply for a key that has already been used.
pub(super) fn used() -> Problem {
    Refusal::Key(KeyRefusal::Used).into()
}
