//! The settings: from flags, environment and files to values that cannot contradict each other.

pub mod args;
pub(crate) mod credential;
mod environment;
mod origin;
pub mod reference;
mod resolve;
mod risks;
mod values;

pub use args::SiteverifyAt;
pub use environment::{refuse_unknown, setting_names};
pub use origin::{AllowedOrigin, Origin, canonical_host, host_of};
pub use values::{Delay, HourlyShare, Quota, Span, is_private};

#[cfg(feature = "practice")]
use crate::practice;
use crate::{
    book::VerifiedBy, limit::Rates, secret::Secret, store::redis::Address, upstream::Service,
};
use core::{fmt, time::Duration};
use ipnet::IpNet;
use reqwest::Url;
use std::{io, net::SocketAddr, path::PathBuf, sync::Arc};

/// All settings of a running backend, checked against each other.
///
/// A minor version may add fields, so begin with [`Settings::naver`], [`Settings::from_env`] or, with the feature
/// `practice`, [`Settings::practice`], and change what differs:
///
/// ```
/// # #[cfg(feature = "practice")] {
/// use sori_backend::Settings;
/// let settings = Settings { token_ttl: std::time::Duration::from_secs(600), ..Settings::practice() };
/// assert!(settings.upstream.is_practice());
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where visitors are served.
    pub listen: SocketAddr,
    /// Where metrics are served; nowhere if `None`.
    pub admin_listen: Option<SocketAddr>,
    /// Which service issues keys and checks answers.
    pub upstream: UpstreamChoice,
    /// The longest one call to the upstream may take.
    pub upstream_timeout: Duration,
    /// The highest number of calls to the upstream at the same time.
    pub upstream_concurrency: usize,
    /// Calls a day; `None` for no limit.
    pub daily_quota: Option<u32>,
    /// Who has answers checked, and so who counts the second call of each challenge.
    pub verified_by: VerifiedBy,
    /// The secret that the site's server sends to siteverify. In practice mode without a setting it is a built-in
    /// one.
    pub siteverify_secret: Option<Secret>,
    /// The old siteverify secret, valid while the site's servers change to the new one.
    pub siteverify_secret_previous: Option<Secret>,
    /// The secret that the site signs tickets with; `None` if no ticket is required.
    pub ticket_secret: Option<Secret>,
    /// The old ticket secret, valid while the site's servers change to the new one.
    pub ticket_secret_previous: Option<Secret>,
    /// The longest life of a ticket.
    pub ticket_ttl: Duration,
    /// The origins of the pages that may use the backend. If empty, every page whose host is that of the request.
    pub allowed_origins: Vec<Origin>,
    /// Whether requests without an `Origin` are accepted.
    pub allow_no_origin: bool,
    /// The proxies whose `X-Forwarded-For` is trusted.
    pub trusted_proxies: Vec<IpNet>,
    /// How many keys are issued for one IPv4 address or IPv6 /64 network.
    pub client_rate: Rates,
    /// How many keys are issued for one IPv6 /48 network.
    pub network_rate: Rates,
    /// How many keys are issued for one session of a ticket.
    pub session_rate: Rates,
    /// The share of the daily quota that one hour may use.
    pub hourly_share: HourlyShare,
    /// How long a verification stays reserved for a key.
    pub key_reserve: Duration,
    /// How long a visitor can answer a key.
    pub key_ttl: Duration,
    /// How long siteverify accepts a token.
    pub token_ttl: Duration,
    /// Where siteverify is served.
    pub siteverify_at: SiteverifyAt,
    /// Where the count, the keys and the tokens are kept.
    pub store: StoreChoice,
    /// Where one instance keeps today's number of calls across a restart; only in memory if `None`.
    pub state_dir: Option<PathBuf>,
    /// The highest number of open connections.
    pub max_connections: usize,
    /// The highest number of open connections from one address that is not a trusted proxy.
    pub peer_connections: usize,
    /// Whether clients with a public IP address are rejected, because the fixed answer of practice mode is only for
    /// tests.
    pub private_only: bool,
    /// How long requests are still accepted after SIGTERM, while `/readyz` returns 503.
    pub shutdown_delay: Duration,
    /// How long open requests may take to finish after that.
    pub shutdown_grace: Duration,
    /// What is logged, and how.
    pub log: Log,
    /// The OpenTelemetry collector that the program sends its traces to; nowhere if `None`. A site that embeds the
    /// backend sets up its own `tracing` subscriber.
    pub otlp_endpoint: Option<Url>,
}

/// Where the count, the keys and the tokens are kept.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum StoreChoice {
    /// In the memory of this one instance.
    Memory,
    /// In a Redis or Valkey, which several instances can share.
    Shared {
        /// Its URL.
        address: Address,
        /// The prefix of all names in it.
        prefix: String,
    },
}

/// Which service issues keys and checks answers.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum UpstreamChoice {
    /// The emulator, in this process.
    #[cfg(feature = "practice")]
    Practice(practice::Options),
    /// One of NAVER's services, or another server with the same protocol.
    Naver(Naver),
}

/// Access to one of NAVER's services.
#[derive(Clone, Debug)]
pub struct Naver {
    /// Which of NAVER's services.
    pub service: Service,
    /// Its URL: for the open API up to and including `/captcha`, for NAVER Cloud Platform only the origin.
    pub url: Url,
    /// The application's client id.
    pub client_id: Secret,
    /// The application's client secret.
    pub client_secret: Secret,
}

impl UpstreamChoice {
    /// Its name in settings, headers and metrics.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            #[cfg(feature = "practice")]
            Self::Practice(_) => "practice",
            Self::Naver(naver) => naver.service.name(),
        }
    }

    /// How many calls a day it allows, if the settings give no number.
    #[must_use]
    pub fn daily_quota(&self) -> Option<u32> {
        match self {
            #[cfg(feature = "practice")]
            Self::Practice(options) => options.daily_quota,
            Self::Naver(naver) => naver.service.daily_quota(),
        }
    }

    /// Whether it is the practice upstream, which protects nothing.
    #[must_use]
    pub fn is_practice(&self) -> bool {
        !matches!(self, Self::Naver(_))
    }
}

/// What is logged, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Log {
    /// The least severe level that is written.
    pub level: tracing::level_filters::LevelFilter,
    /// Text lines for people, or JSON for programs.
    pub format: LogFormat,
}

/// Text lines for people, or JSON for programs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
#[non_exhaustive]
pub enum LogFormat {
    /// One line for people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// A setting that is unknown, missing, malformed or contradicts another. If the system reported an error, for example
/// about a file that cannot be read, that error is the source.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct SettingsError {
    message: String,
    missing: bool,
    #[source]
    source: Option<Arc<io::Error>>,
}

impl SettingsError {
    pub(crate) fn new(setting: &str, problem: impl fmt::Display) -> Self {
        let problem = problem.to_string();
        Self {
            missing: problem.starts_with("missing: "),
            message: format!("{setting}: {problem}"),
            source: None,
        }
    }

    /// The value `what` of the setting cannot be used, because the system reports `source`.
    pub(crate) fn because(setting: &str, what: impl fmt::Display, source: io::Error) -> Self {
        Self {
            source: Some(Arc::new(source)),
            ..Self::new(setting, what)
        }
    }

    /// The message of clap about the arguments.
    #[expect(clippy::needless_pass_by_value, reason = "for map_err")]
    fn arguments(error: clap::Error) -> Self {
        Self {
            message: error.to_string().trim_end().to_owned(),
            missing: false,
            source: None,
        }
    }

    /// One error with the messages of all `errors`, one on each line.
    fn all(errors: &[Self]) -> Self {
        let messages: Vec<_> = errors.iter().map(|error| error.message.as_str()).collect();
        Self {
            message: messages.join("\n"),
            missing: true,
            source: None,
        }
    }

    fn is_missing(&self) -> bool {
        self.missing
    }
}
