//! What an operator can see and do about the daily quota: `sori-backend quota show` and `quota open`, and the two
//! routes at the admin address that these commands call.

use crate::{clock::Moment, store::Status, wire::App};
use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[cfg(feature = "cli")]
pub(crate) mod command;

/// How much of the quota is used, as the admin address reports it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    /// Calls a day; `null` for no limit.
    quota: Option<u32>,
    spent: u32,
    reserved: u32,
    left: Option<u32>,
    /// Whether the upstream has said that the quota is used up.
    closed: bool,
    /// Until when the backend makes no calls because of that.
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_until: Option<String>,
    /// Keys and tokens that are remembered.
    #[serde(skip_serializing_if = "Option::is_none")]
    keys: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tokens: Option<usize>,
}

impl Report {
    fn of(status: &Status, now: Moment) -> Self {
        let usage = status.usage;
        Self {
            quota: usage.quota,
            spent: usage.spent,
            reserved: usage.reserved,
            left: usage.left(),
            closed: usage.closed,
            closed_until: status.closed_for.map(|wait| (now + wait).to_string()),
            keys: status.keys,
            tokens: status.tokens,
        }
    }
}

/// `GET /quota` and `POST /quota/open`. Serve them at an address that no visitor can reach.
pub(crate) fn routes(app: &Arc<App>) -> Router {
    Router::new()
        .route("/quota", get(show))
        .route("/quota/open", post(open))
        .with_state(Arc::clone(app))
}

async fn show(State(app): State<Arc<App>>) -> Response {
    match app.store.status().await {
        Ok(status) => Json(Report::of(&status, app.clock.now())).into_response(),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, error.to_string()).into_response(),
    }
}

async fn open(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    // A web page in an operator's browser must not be able to do this.
    if headers.contains_key(header::ORIGIN) {
        return (StatusCode::FORBIDDEN, "not for pages").into_response();
    }
    if let Err(error) = app.store.reopen_day().await {
        return (StatusCode::SERVICE_UNAVAILABLE, error.to_string()).into_response();
    }
    app.upstream.start_over();
    tracing::warn!("an operator opened the day again");
    show(State(app)).await
}
