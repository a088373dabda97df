//! The practice upstream's own settings.

use crate::{
    practice::{self, Digits},
    secret::Secret,
    settings::{SettingsError, UpstreamChoice, args::ServeArgs},
    upstream::Service,
};

pub(super) fn upstream(args: &ServeArgs, loopback: bool) -> Result<UpstreamChoice, SettingsError> {
    if args.upstream_url.is_some() {
        return Err(SettingsError::new(
            "SORI_UPSTREAM_URL",
            "it needs SORI_CLIENT_ID and SORI_CLIENT_SECRET; practice runs in this process",
        ));
    }
    let answer = match &args.practice_answer {
        None => None,
        Some(_) if !loopback && !args.practice_private => {
            return Err(SettingsError::new(
                "SORI_PRACTICE_ANSWER",
                format!(
                    "refused off loopback, and SORI_LISTEN is {}; for tests inside a private network, \
                     SORI_PRACTICE_PRIVATE=true allows it",
                    args.listen
                ),
            ));
        }
        Some(digits) => Some(
            Digits::parse(digits)
                .map_err(|error| SettingsError::new("SORI_PRACTICE_ANSWER", error))?,
        ),
    };
    Ok(UpstreamChoice::Practice(practice::Options {
        answer,
        voice: args.practice_voice,
        daily_quota: args
            .daily_quota
            .map_or(Service::Openapi.daily_quota(), |quota| quota.0),
        ..practice::Options::default()
    }))
}

/// Refuses settings that must not be given together with real credentials.
pub(super) fn refuse_beside_credentials(args: &ServeArgs) -> Result<(), SettingsError> {
    let given = [
        (args.practice_answer.is_some(), "SORI_PRACTICE_ANSWER"),
        (args.practice_private, "SORI_PRACTICE_PRIVATE"),
    ];
    match given.into_iter().find(|(given, _)| *given) {
        Some((_, name)) => Err(SettingsError::new(
            name,
            "refused together with real credentials",
        )),
        None => Ok(()),
    }
}

/// Whether clients with a public IP address are rejected: the answer is fixed, and the address is not loopback.
pub(super) fn is_private_only(args: &ServeArgs) -> bool {
    args.practice_private && args.practice_answer.is_some() && !args.listen.ip().is_loopback()
}

/// The siteverify secret, if the site was given no other.
pub(super) fn siteverify_secret() -> Option<Secret> {
    Some(Secret::new(practice::SITEVERIFY_SECRET))
}
