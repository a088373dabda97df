//! `GET /audio/{key}`: the spoken challenge.

use super::{App, challenge, problem::Problem};
use crate::secret::Fingerprint;
use axum::{
    extract::{Path, State},
    http::header,
    response::IntoResponse,
};
use sori_wire::protocol::Key;
use std::sync::Arc;

pub(super) async fn fetch(
    State(app): State<Arc<App>>,
    Path(key): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    let key = Key::parse(&key).ok_or_else(challenge::no_key)?;
    let fingerprint = Fingerprint::of(key.as_str());
    app.store.admit_audio(fingerprint)?;
    let pass = app.upstream.pass().map_err(challenge::held_back)?;
    // Whole, before the first byte goes on: a visitor's slow line must not hold the upstream's, and
    // what is no whole WAV file must not be played.
    let audio = pass.audio(&key).await?;
    app.store.hear(fingerprint)?;
    Ok(([(header::CONTENT_TYPE, "audio/wav")], audio))
}
