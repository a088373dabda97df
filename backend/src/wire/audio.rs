//! `GET /audio/{key}`: the spoken challenge.

use super::{App, calls, challenge, problem::Problem};
use axum::{
    extract::{Path, State, rejection::PathRejection},
    http::header,
    response::IntoResponse,
};
use sori_wire::protocol::Key;
use std::sync::Arc;

pub(super) async fn fetch(
    State(app): State<Arc<App>>,
    key: Result<Path<String>, PathRejection>,
) -> Result<impl IntoResponse, Problem> {
    // A percent-encoded path that is not valid UTF-8 is not a key either.
    let key = key.ok().and_then(|Path(key)| Key::parse(&key));
    let key = key.ok_or_else(challenge::no_key)?;
    app.audio.check()?;
    let audio = calls::to_the_end(&app, calls::audio(Arc::clone(&app), key)).await?;
    app.warnings.heard(app.clock.uptime(), app.key_ttl);
    Ok(([(header::CONTENT_TYPE, "audio/wav")], app.audio.hold(audio)))
}
