//! The settings as flags and environment variables: the one table of names, defaults and units.
#![allow(
    rustdoc::bare_urls,
    reason = "the comments are the text of --help, which shows them as they stand"
)]

use super::{AllowedOrigin, Delay, HourlyShare, LogFormat, Quota, Span};
#[cfg(feature = "practice")]
use crate::practice::Voice;
use crate::{limit::Rates, secret::Secret};
use ipnet::IpNet;
use reqwest::Url;
use std::{net::SocketAddr, path::PathBuf};
use tracing::level_filters::LevelFilter;

/// The names of the upstreams.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
#[non_exhaustive]
pub enum UpstreamName {
    /// The emulator, in this process: anyone can solve it.
    Practice,
    /// NAVER's open API, with the keys of developers.naver.com.
    Naver,
    /// NAVER Cloud Platform.
    Ncloud,
    /// NAVER Cloud Platform for public institutions.
    NcloudGov,
    /// NAVER Cloud Platform for financial institutions.
    NcloudFin,
}

/// Who has answers judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
#[non_exhaustive]
pub enum Verify {
    /// This backend, asked by the site or, inline, by the widget.
    Backend,
    /// The site itself, at NAVER.
    External,
}

/// Who may reach siteverify.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
#[non_exhaustive]
pub enum SiteverifyAt {
    /// Whoever reaches the visitors' address.
    Listen,
    /// Whoever reaches the admin address alone.
    AdminListen,
}

/// The flags of `serve`. Each can be given in the environment instead; a flag wins over it.
#[derive(Clone, Debug, clap::Args)]
pub struct ServeArgs {
    /// The address for visitors; port 0 takes a free port
    #[arg(
        long,
        env = "SORI_LISTEN",
        value_name = "ADDR",
        default_value = "127.0.0.1:8040"
    )]
    pub listen: SocketAddr,
    /// The address for /metrics, /healthz and /readyz, apart from visitors; none by default
    #[arg(long, env = "SORI_ADMIN_LISTEN", value_name = "ADDR")]
    pub admin_listen: Option<SocketAddr>,

    /// Who issues keys and judges answers. Default: naver with credentials; without, practice, on a loopback address only
    #[arg(long, env = "SORI_UPSTREAM", value_enum, help_heading = "Upstream")]
    pub upstream: Option<UpstreamName>,
    /// Another address of the upstream; https unless loopback. Default for naver: https://openapi.naver.com/v1/captcha; for the ncloud ones it is the origin alone, such as https://naveropenapi.apigw.ntruss.com
    #[arg(
        long,
        env = "SORI_UPSTREAM_URL",
        value_name = "URL",
        help_heading = "Upstream"
    )]
    pub upstream_url: Option<Url>,
    /// NAVER's client id (ncloud: the application's Client ID)
    #[arg(long, env = "SORI_CLIENT_ID", value_name = "ID", hide_env_values = true, value_parser = secret, help_heading = "Upstream")]
    pub client_id: Option<Secret>,
    /// A file that holds NAVER's client id
    #[arg(
        long,
        env = "SORI_CLIENT_ID_FILE",
        value_name = "FILE",
        help_heading = "Upstream"
    )]
    pub client_id_file: Option<PathBuf>,
    /// NAVER's client secret (ncloud: the application's Client Secret); other users of the machine can read flags, so prefer the file
    #[arg(long, env = "SORI_CLIENT_SECRET", value_name = "SECRET", hide_env_values = true, value_parser = secret, help_heading = "Upstream")]
    pub client_secret: Option<Secret>,
    /// A file that holds NAVER's client secret
    #[arg(
        long,
        env = "SORI_CLIENT_SECRET_FILE",
        value_name = "FILE",
        help_heading = "Upstream"
    )]
    pub client_secret_file: Option<PathBuf>,
    /// The longest time for one call to the upstream, including the wait for its turn
    #[arg(
        long,
        env = "SORI_UPSTREAM_TIMEOUT",
        value_name = "TIME",
        default_value = "8s",
        help_heading = "Upstream"
    )]
    pub upstream_timeout: Span,
    /// The most calls to the upstream at once (1 to 1024)
    #[arg(long, env = "SORI_UPSTREAM_CONCURRENCY", value_name = "CALLS", default_value = "32", value_parser = clap::value_parser!(u16).range(1..=1024), help_heading = "Upstream")]
    pub upstream_concurrency: u16,
    #[cfg(feature = "practice")]
    /// Practice: the digits that are always spoken, for tests; a loopback address only, or with --practice-private
    #[arg(
        long,
        env = "SORI_PRACTICE_ANSWER",
        value_name = "DIGITS",
        help_heading = "Upstream"
    )]
    pub practice_answer: Option<String>,
    #[cfg(feature = "practice")]
    /// Practice: the language of the digits, ko or en
    #[arg(
        long,
        env = "SORI_PRACTICE_VOICE",
        value_name = "LANG",
        default_value = "ko",
        help_heading = "Upstream"
    )]
    pub practice_voice: Voice,
    #[cfg(feature = "practice")]
    /// Practice: lets the digits be fixed off loopback, for tests inside a private network; clients with a public address are then turned away
    #[arg(long, env = "SORI_PRACTICE_PRIVATE", help_heading = "Upstream")]
    pub practice_private: bool,

    /// Calls a day in Korean time, or none; issuing and verifying count, so 1000 are 500 challenges. Default: 1000; with the ncloud upstreams none, since their limit is what you set in the console: give it here too
    #[arg(
        long,
        env = "SORI_DAILY_QUOTA",
        value_name = "CALLS",
        help_heading = "Quota"
    )]
    pub daily_quota: Option<Quota>,
    /// Who has answers judged; with external, the site asks NAVER itself and each key counts two calls
    #[arg(
        long,
        env = "SORI_VERIFY",
        value_enum,
        default_value = "backend",
        help_heading = "Quota"
    )]
    pub verify: Verify,
    /// How long a call stays reserved for a key's verification; a later answer is judged while calls are left
    #[arg(
        long,
        env = "SORI_KEY_RESERVE",
        value_name = "TIME",
        default_value = "10m",
        help_heading = "Quota"
    )]
    pub key_reserve: Span,
    /// How long a key may be answered
    #[arg(
        long,
        env = "SORI_KEY_TTL",
        value_name = "TIME",
        default_value = "2h",
        help_heading = "Quota"
    )]
    pub key_ttl: Span,
    /// Calls a day that stay unspent, against writes that a failover of a shared store may lose
    #[arg(
        long,
        env = "SORI_QUOTA_MARGIN",
        value_name = "CALLS",
        default_value = "0",
        help_heading = "Quota"
    )]
    pub quota_margin: u32,
    /// Where the count, the keys and the tokens are kept: memory, for one instance, or a Redis or Valkey that several share: redis://USER:PASSWORD@HOST:PORT/DATABASE (only HOST is needed), with TLS rediss://, through Sentinels redis+sentinel://HOST,HOST/MASTER, a cluster redis+cluster://HOST,HOST
    #[arg(long, env = "SORI_STORE", value_name = "STORE", hide_env_values = true, value_parser = secret, help_heading = "Quota")]
    pub store: Option<Secret>,
    /// A file with the value of SORI_STORE, for an address with a password
    #[arg(
        long,
        env = "SORI_STORE_FILE",
        value_name = "FILE",
        help_heading = "Quota"
    )]
    pub store_file: Option<PathBuf>,
    /// The prefix of all names in a shared store, so that other programs can use it too: 1 to 32 of A-Z a-z 0-9 . _ -
    #[arg(
        long,
        env = "SORI_STORE_PREFIX",
        value_name = "NAME",
        default_value = "sori",
        help_heading = "Quota"
    )]
    pub store_prefix: String,
    /// A directory for the day's count and for keys without an answer yet, so that they survive a restart; by default they are in memory only
    #[arg(
        long,
        env = "SORI_STATE_DIR",
        value_name = "DIR",
        help_heading = "Quota"
    )]
    pub state_dir: Option<PathBuf>,

    /// The secret that the site's server sends to siteverify; at least 32 bytes. Practice on a loopback address makes one
    #[arg(long, env = "SORI_SITEVERIFY_SECRET", value_name = "SECRET", hide_env_values = true, value_parser = secret, help_heading = "Site")]
    pub siteverify_secret: Option<Secret>,
    /// A file with the secret
    #[arg(
        long,
        env = "SORI_SITEVERIFY_SECRET_FILE",
        value_name = "FILE",
        help_heading = "Site"
    )]
    pub siteverify_secret_file: Option<PathBuf>,
    /// A second secret that is also valid, for the time of a change
    #[arg(long, env = "SORI_SITEVERIFY_SECRET_PREVIOUS", value_name = "SECRET", hide_env_values = true, value_parser = secret, help_heading = "Site")]
    pub siteverify_secret_previous: Option<Secret>,
    /// A file with the second secret
    #[arg(
        long,
        env = "SORI_SITEVERIFY_SECRET_PREVIOUS_FILE",
        value_name = "FILE",
        help_heading = "Site"
    )]
    pub siteverify_secret_previous_file: Option<PathBuf>,
    /// Where siteverify is served: beside the visitors' calls, or at the admin address alone
    #[arg(
        long,
        env = "SORI_SITEVERIFY_AT",
        value_enum,
        default_value = "listen",
        help_heading = "Site"
    )]
    pub siteverify_at: SiteverifyAt,
    /// How long a token of an inline verification may be redeemed
    #[arg(
        long,
        env = "SORI_TOKEN_TTL",
        value_name = "TIME",
        default_value = "30m",
        help_heading = "Site"
    )]
    pub token_ttl: Span,
    /// The secret that the site signs tickets with, at least 32 bytes; a key is then issued only for a ticket
    #[arg(long, env = "SORI_TICKET_SECRET", value_name = "SECRET", hide_env_values = true, value_parser = secret, help_heading = "Site")]
    pub ticket_secret: Option<Secret>,
    /// A file with the secret
    #[arg(
        long,
        env = "SORI_TICKET_SECRET_FILE",
        value_name = "FILE",
        help_heading = "Site"
    )]
    pub ticket_secret_file: Option<PathBuf>,
    /// A second secret whose tickets are also valid, for the time of a change
    #[arg(long, env = "SORI_TICKET_SECRET_PREVIOUS", value_name = "SECRET", hide_env_values = true, value_parser = secret, help_heading = "Site")]
    pub ticket_secret_previous: Option<Secret>,
    /// A file with the second secret
    #[arg(
        long,
        env = "SORI_TICKET_SECRET_PREVIOUS_FILE",
        value_name = "FILE",
        help_heading = "Site"
    )]
    pub ticket_secret_previous_file: Option<PathBuf>,
    /// The longest lifetime of a ticket: one that expires later is refused
    #[arg(
        long,
        env = "SORI_TICKET_TTL",
        value_name = "TIME",
        default_value = "24h",
        help_heading = "Site"
    )]
    pub ticket_ttl: Span,

    /// The origins whose pages may issue and verify, separated by commas, or same-host: any page whose host is the request's own. Default: same-host; required with NAVER's credentials off loopback
    #[arg(
        long,
        env = "SORI_ALLOWED_ORIGINS",
        value_name = "ORIGINS",
        value_delimiter = ',',
        help_heading = "Visitors"
    )]
    pub allowed_origins: Vec<AllowedOrigin>,
    /// Lets requests without an Origin issue and verify, for native apps
    #[arg(long, env = "SORI_ALLOW_NO_ORIGIN", help_heading = "Visitors")]
    pub allow_no_origin: bool,
    /// The proxies whose X-Forwarded-For is believed: addresses or networks (10.0.0.0/8), separated by commas
    #[arg(long, env = "SORI_TRUSTED_PROXIES", value_name = "NETS", value_delimiter = ',', value_parser = network, help_heading = "Visitors")]
    pub trusted_proxies: Vec<IpNet>,
    /// Issues per IPv4 address or IPv6 /64: the most in any such span, N/10s, N/minute, N/hour, N/day separated by commas, or off
    #[arg(
        long,
        env = "SORI_CLIENT_RATE",
        value_name = "RATES",
        default_value = "25/10s,40/minute,100/hour,300/day",
        help_heading = "Visitors"
    )]
    pub client_rate: Rates,
    /// Issues per IPv6 /48, in the same form
    #[arg(
        long,
        env = "SORI_NETWORK_RATE",
        value_name = "RATES",
        default_value = "40/10s,60/minute,110/hour,350/day",
        help_heading = "Visitors"
    )]
    pub network_rate: Rates,
    /// Issues per session of a ticket, in the same form
    #[arg(
        long,
        env = "SORI_SESSION_RATE",
        value_name = "RATES",
        default_value = "20/minute,60/hour,100/day",
        help_heading = "Visitors"
    )]
    pub session_rate: Rates,
    /// The share of the day's challenges that any one hour may take, in percent (1 to 100), or off
    #[arg(
        long,
        env = "SORI_HOURLY_SHARE",
        value_name = "PERCENT",
        default_value = "25",
        help_heading = "Visitors"
    )]
    pub hourly_share: HourlyShare,

    /// The most open connections (1 to 65535), as far as the limit of open files allows
    #[arg(long, env = "SORI_MAX_CONNECTIONS", value_name = "COUNT", default_value = "2048", value_parser = clap::value_parser!(u16).range(1..), help_heading = "Operation")]
    pub max_connections: u16,
    /// The most open connections of one address, trusted proxies apart (1 to 65535). Default: a quarter of all
    #[arg(long, env = "SORI_PEER_CONNECTIONS", value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..), help_heading = "Operation")]
    pub peer_connections: Option<u16>,
    /// How long requests are served on after SIGTERM while /readyz says no, so that a load balancer stops sending them; 0s for none. SIGINT does not wait
    #[arg(
        long,
        env = "SORI_SHUTDOWN_DELAY",
        value_name = "TIME",
        default_value = "5s",
        help_heading = "Operation"
    )]
    pub shutdown_delay: Delay,
    /// How long open requests may take to end after that
    #[arg(
        long,
        env = "SORI_SHUTDOWN_GRACE",
        value_name = "TIME",
        default_value = "10s",
        help_heading = "Operation"
    )]
    pub shutdown_grace: Span,
    /// The least severe level that is logged: error, warn, info, debug, trace or off
    #[arg(
        long,
        env = "SORI_LOG",
        value_name = "LEVEL",
        default_value = "info",
        help_heading = "Operation"
    )]
    pub log: LevelFilter,
    /// Lines for people or JSON for machines, on standard error
    #[arg(
        long,
        env = "SORI_LOG_FORMAT",
        value_enum,
        default_value = "text",
        help_heading = "Operation"
    )]
    pub log_format: LogFormat,
    /// Where traces are sent: an OpenTelemetry collector's address for OTLP over HTTP, such as http://127.0.0.1:4318; the collector is asked at /v1/traces below it. Only in a program that was built with `--features otlp`
    #[arg(
        long,
        env = "SORI_OTLP_ENDPOINT",
        value_name = "URL",
        help_heading = "Operation"
    )]
    pub otlp_endpoint: Option<Url>,
}

/// Accepts any text: clap repeats a refused value in its message, and a secret must not be repeated.
/// What is wrong with one is said when the settings are resolved.
#[expect(clippy::unnecessary_wraps, reason = "clap's signature")]
fn secret(text: &str) -> Result<Secret, core::convert::Infallible> {
    Ok(Secret::new(text))
}

/// A network, or an address as the network of one.
fn network(text: &str) -> Result<IpNet, String> {
    let address = || text.parse::<std::net::IpAddr>().map(IpNet::from);
    text.parse()
        .or_else(|_| address())
        .map_err(|_| format!("`{text}` is neither an address nor a network such as 10.0.0.0/8"))
}
