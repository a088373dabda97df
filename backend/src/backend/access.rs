//! The URL of the upstream, and the credentials for it.

use super::StartError;
#[cfg(feature = "practice")]
use crate::practice;
use crate::{
    clock::Clock,
    secret::Fingerprint,
    settings::UpstreamChoice,
    upstream::{Access, is_loopback},
};

/// The practice upstream that runs in this process.
#[cfg(feature = "practice")]
pub(super) type Practice = practice::Running;
/// This build has no practice upstream.
#[cfg(not(feature = "practice"))]
pub(super) type Practice = core::convert::Infallible;

/// The URL of the upstream and the credentials. If it is the practice upstream, this starts it first.
pub(super) async fn access(
    upstream: &UpstreamChoice,
    #[cfg_attr(
        not(feature = "practice"),
        expect(unused_variables, reason = "NAVER has a clock of its own")
    )]
    clock: &Clock,
) -> Result<(Access, Option<Practice>), StartError> {
    match upstream {
        UpstreamChoice::Naver(naver) => {
            let access = Access {
                dialect: naver.service.dialect(),
                base: naver.url.clone(),
                client_id: naver.client_id.clone(),
                client_secret: naver.client_secret.clone(),
            };
            Ok((access, None))
        }
        #[cfg(feature = "practice")]
        UpstreamChoice::Practice(options) => {
            let anywhere = (std::net::Ipv4Addr::LOCALHOST, 0).into();
            let options = practice::Options {
                clock: clock.clone(),
                ..options.clone()
            };
            let running = practice::spawn(options.clone(), anywhere)
                .await
                .map_err(StartError::Practice)?;
            let access = Access {
                dialect: options.dialect,
                base: reqwest::Url::parse(&running.base())
                    .map_err(|error| StartError::Upstream(error.into()))?,
                client_id: crate::Secret::new(options.client_id.as_str()),
                client_secret: crate::Secret::new(options.client_secret.as_str()),
            };
            Ok((access, Some(running)))
        }
    }
}

/// What a journal belongs to: the calls of one client id at one upstream. All practice upstreams count as one: each
/// start makes a new one, but its port is not worth telling apart.
pub(super) fn binding(access: &Access) -> Fingerprint {
    let base = match access.base.port() {
        Some(_) if is_loopback(&access.base) => "loopback",
        _ => access.base.as_str(),
    };
    Fingerprint::of(&format!("{base}\0{}", access.client_id.expose()))
}
