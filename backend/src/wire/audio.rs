//! `GET /audio/{key}`: the spoken challenge.

use super::{App, challenge, problem::Problem};
use crate::secret::Fingerprint;
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
    // Escapes of bytes that are no text make no key either.
    let key = key.ok().and_then(|Path(key)| Key::parse(&key));
    let key = key.ok_or_else(challenge::no_key)?;
    let fingerprint = Fingerprint::of(key.as_str());
    app.audio.check()?;
    app.store.admit_audio(fingerprint)?;
    let pass = app.upstream.pass().map_err(challenge::held_back)?;
    // Whole, before the first byte goes on: a visitor's slow line must not hold the upstream's, and
    // what is no whole WAV file must not be played.
    let audio = pass.audio(&key).await?;
    app.store.hear(fingerprint)?;
    app.warnings.heard(app.clock.uptime(), app.key_ttl);
    Ok(([(header::CONTENT_TYPE, "audio/wav")], app.audio.hold(audio)))
}
