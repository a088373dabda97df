//! What the backend is told: from flags, environment and files to values that cannot contradict.

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
pub use origin::{AllowedOrigin, Origin, host_of};
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
    /// Who issues keys and judges answers.
    pub upstream: UpstreamChoice,
    /// The longest one call to the upstream may take.
    pub upstream_timeout: Duration,
    /// The most calls to the upstream at once.
    pub upstream_concurrency: usize,
    /// Calls a day; `None` for no limit.
    pub daily_quota: Option<u32>,
    /// Who has answers judged, and so who counts the second call of each challenge.
    pub verified_by: VerifiedBy,
    /// What the site's server proves itself with; one is made up where practice has none.
    pub siteverify_secret: Option<Secret>,
    /// A second one, valid while the first is brought to all servers.
    pub siteverify_secret_previous: Option<Secret>,
    /// What the site signs tickets with; `None` if issuing needs no ticket.
    pub ticket_secret: Option<Secret>,
    /// A second one, valid while the first is brought to all servers.
    pub ticket_secret_previous: Option<Secret>,
    /// The longest life of a ticket.
    pub ticket_ttl: Duration,
    /// The pages that may issue and verify; empty: those whose host is the request's own.
    pub allowed_origins: Vec<Origin>,
    /// Whether a request without an `Origin` may issue and verify.
    pub allow_no_origin: bool,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Issues per IPv4 address or IPv6 /64.
    pub client_rate: Rates,
    /// Issues per IPv6 /48.
    pub network_rate: Rates,
    /// Issues per session of a ticket.
    pub session_rate: Rates,
    /// How much of the day's challenges one hour may take.
    pub hourly_share: HourlyShare,
    /// How long a verification stays reserved for a key.
    pub key_reserve: Duration,
    /// How long a key may be answered.
    pub key_ttl: Duration,
    /// How long a token may be redeemed.
    pub token_ttl: Duration,
    /// Where siteverify is served.
    pub siteverify_at: SiteverifyAt,
    /// Where the count, the keys and the tokens are kept.
    pub store: StoreChoice,
    /// Where the day's count outlives a restart, kept in memory.
    pub state_dir: Option<PathBuf>,
    /// The most open connections.
    pub max_connections: usize,
    /// The most open connections of one address that is no trusted proxy.
    pub peer_connections: usize,
    /// Whether clients with a public address are turned away: the fixed digits of practice are for tests.
    pub private_only: bool,
    /// How long requests are served on while `/readyz` says no.
    pub shutdown_delay: Duration,
    /// How long open requests may take to end after that.
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
        /// Where it is.
        address: Address,
        /// What its names begin with.
        prefix: String,
    },
}

/// Who issues keys and judges answers.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum UpstreamChoice {
    /// The emulator, in this process.
    #[cfg(feature = "practice")]
    Practice(practice::Options),
    /// One of NAVER's services, or what speaks its protocol.
    Naver(Naver),
}

/// Access to one of NAVER's services.
#[derive(Clone, Debug)]
pub struct Naver {
    /// Which.
    pub service: Service,
    /// Its address: for the open API up to and with `/captcha`, for NAVER Cloud Platform the origin.
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

    /// The calls a day that it allows, where the settings name no number.
    #[must_use]
    pub fn daily_quota(&self) -> Option<u32> {
        match self {
            #[cfg(feature = "practice")]
            Self::Practice(options) => options.daily_quota,
            Self::Naver(naver) => naver.service.daily_quota(),
        }
    }

    /// Whether answers mean nothing, since anyone can run it.
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
    /// Lines for people or JSON for machines.
    pub format: LogFormat,
}

/// Lines for people or JSON for machines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
#[non_exhaustive]
pub enum LogFormat {
    /// One line for people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// A setting that is unknown, missing, malformed or in contradiction with another. What the system said, such as of
/// a file that cannot be read, is the source.
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

    /// `what` of the setting cannot be used, since the system says `source`.
    pub(crate) fn because(setting: &str, what: impl fmt::Display, source: io::Error) -> Self {
        Self {
            source: Some(Arc::new(source)),
            ..Self::new(setting, what)
        }
    }

    /// What clap says of the arguments.
    #[expect(clippy::needless_pass_by_value, reason = "for map_err")]
    fn arguments(error: clap::Error) -> Self {
        Self {
            message: error.to_string().trim_end().to_owned(),
            missing: false,
            source: None,
        }
    }

    /// One error that says all of `errors`, a line each.
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
