//! Replaces the practice upstream in a build without the feature `practice`.

use crate::{
    secret::Secret,
    settings::{SettingsError, UpstreamChoice, args::ServeArgs},
};

pub(super) fn upstream(
    _args: &ServeArgs,
    _loopback: bool,
) -> Result<UpstreamChoice, SettingsError> {
    Err(SettingsError::new(
        "SORI_CLIENT_ID",
        "missing: this program was built without the practice upstream (the feature `practice`), so it needs \
         NAVER's credentials",
    ))
}

#[expect(clippy::unnecessary_wraps, reason = "what it stands in for can refuse")]
pub(super) fn refuse_beside_credentials(_args: &ServeArgs) -> Result<(), SettingsError> {
    Ok(())
}

pub(super) fn is_private_only(_args: &ServeArgs) -> bool {
    false
}

pub(super) fn siteverify_secret() -> Option<Secret> {
    None
}
