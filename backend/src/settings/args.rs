//! The settings as flags and environment variables: the one table of names, defaults and units.
#![allow(
    rustdoc::bare_urls,
    reason = "the comments are the text of --help, which shows them as they stand"
)]

use super::{AllowedOrigin, Delay, HourlyShare, LogFormat, Quota, Span, values::network};
#[cfg(feature = "practice")]
use crate::practice::Voice;
use crate::{limit::Rates, secret::Secret};
use ipnet::IpNet;
use reqwest::Url;
use std::{net::SocketAddr, path::PathBuf};
use tracing::level_filters::LevelFilter;

/// The names of the upstreams, as values of `SORI_UPSTREAM`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
#[non_exhaustive]
pub enum UpstreamName {
    /// The emulator inside this process; it protects nothing.
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

/// Who has answers checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
#[non_exhaustive]
pub enum Verify {
    /// This backend: the site asks it at siteverify, or in inline mode the widget asks it.
    Backend,
    /// The site itself asks NAVER.
    External,
}

/// Which address serves siteverify.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
#[non_exhaustive]
pub enum SiteverifyAt {
    /// The visitors' address.
    Listen,
    /// Only the admin address.
    AdminListen,
}

/// The flags of `serve`. Each can be given in the environment instead; a flag wins over it.
#[derive(Clone, Debug, clap::Args)]
pub struct ServeArgs {
    /// The address for visitors' requests; with port 0 the system chooses a free port
    #[arg(
        long,
        env = "SORI_LISTEN",
        value_name = "ADDR",
        default_value = "127.0.0.1:8040"
    )]
    pub listen: SocketAddr,
    /// The address for /metrics, /healthz and /readyz, which visitors must not reach; none by default
    #[arg(long, env = "SORI_ADMIN_LISTEN", value_name = "ADDR")]
    pub admin_listen: Option<SocketAddr>,

    /// Which service issues keys and checks answers. Default: naver if NAVER's credentials are set; otherwise practice, which then works only on a loopback address
    #[arg(long, env = "SORI_UPSTREAM", value_enum, help_heading = "Upstream")]
    pub upstream: Option<UpstreamName>,
    /// Another URL of the upstream; it must be https unless the host is loopback. Default for naver: https://openapi.naver.com/v1/captcha. For ncloud, ncloud-gov and ncloud-fin, give only an origin, such as https://naveropenapi.apigw.ntruss.com
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
    /// A file that contains NAVER's client id
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
    /// A file that contains NAVER's client secret
    #[arg(
        long,
        env = "SORI_CLIENT_SECRET_FILE",
        value_name = "FILE",
        help_heading = "Upstream"
    )]
    pub client_secret_file: Option<PathBuf>,
    /// The longest time for one call to the upstream, including the time that it waits because SORI_UPSTREAM_CONCURRENCY calls are under way
    #[arg(
        long,
        env = "SORI_UPSTREAM_TIMEOUT",
        value_name = "TIME",
        default_value = "8s",
        help_heading = "Upstream"
    )]
    pub upstream_timeout: Span,
    /// The highest number of calls to the upstream at the same time (1 to 1024)
    #[arg(long, env = "SORI_UPSTREAM_CONCURRENCY", value_name = "CALLS", default_value = "32", value_parser = clap::value_parser!(u16).range(1..=1024), help_heading = "Upstream")]
    pub upstream_concurrency: u16,
    #[cfg(feature = "practice")]
    /// Practice mode: a fixed answer for tests. The emulator always speaks these digits. Works only on a loopback address, or with --practice-private
    #[arg(
        long,
        env = "SORI_PRACTICE_ANSWER",
        value_name = "DIGITS",
        help_heading = "Upstream"
    )]
    pub practice_answer: Option<String>,
    #[cfg(feature = "practice")]
    /// Practice mode: the language of the spoken digits, ko or en
    #[arg(
        long,
        env = "SORI_PRACTICE_VOICE",
        value_name = "LANG",
        default_value = "ko",
        help_heading = "Upstream"
    )]
    pub practice_voice: Voice,
    #[cfg(feature = "practice")]
    /// Practice mode: allows SORI_PRACTICE_ANSWER on an address other than loopback, for tests inside a private network. Only clients with a private or loopback IP address can then connect
    #[arg(long, env = "SORI_PRACTICE_PRIVATE", help_heading = "Upstream")]
    pub practice_private: bool,

    /// The number of calls to the upstream allowed per day (Korean time), or none for no limit. Issuing a key is one call and verifying its answer another, so 1000 calls are 500 challenges. Default: 1000. With ncloud, ncloud-gov and ncloud-fin the default is none, because you set their limit in the console; give the same limit here
    #[arg(
        long,
        env = "SORI_DAILY_QUOTA",
        value_name = "CALLS",
        help_heading = "Quota"
    )]
    pub daily_quota: Option<Quota>,
    /// Who has answers checked. With backend, this backend does. With external, your server asks NAVER itself, and the backend counts two calls for each key
    #[arg(
        long,
        env = "SORI_VERIFY",
        value_enum,
        default_value = "backend",
        help_heading = "Quota"
    )]
    pub verify: Verify,
    /// How long a call stays reserved for a key's verification. A later answer is still checked if the quota has calls left
    #[arg(
        long,
        env = "SORI_KEY_RESERVE",
        value_name = "TIME",
        default_value = "10m",
        help_heading = "Quota"
    )]
    pub key_reserve: Span,
    /// How long a visitor can answer a key
    #[arg(
        long,
        env = "SORI_KEY_TTL",
        value_name = "TIME",
        default_value = "2h",
        help_heading = "Quota"
    )]
    pub key_ttl: Span,
    /// The number of calls a day that stay unused as a reserve, because a failover of a shared store may lose its last writes
    #[arg(
        long,
        env = "SORI_QUOTA_MARGIN",
        value_name = "CALLS",
        default_value = "0",
        help_heading = "Quota"
    )]
    pub quota_margin: u32,
    /// Where the count of calls, the keys and the tokens are kept. One instance can keep them in memory (the default). Several instances must share a Redis or Valkey: redis://USER:PASSWORD@HOST:PORT/DATABASE (only HOST is required), with TLS rediss://, through Sentinels redis+sentinel://HOST,HOST/MASTER, or in a cluster redis+cluster://HOST,HOST. Write memory for the default
    #[arg(long, env = "SORI_STORE", value_name = "STORE", hide_env_values = true, value_parser = secret, help_heading = "Quota")]
    pub store: Option<Secret>,
    /// A file that contains the value of SORI_STORE, for a URL with a password
    #[arg(
        long,
        env = "SORI_STORE_FILE",
        value_name = "FILE",
        help_heading = "Quota"
    )]
    pub store_file: Option<PathBuf>,
    /// The prefix of all names in a shared store, so that other programs can use the same store: 1 to 32 characters of A-Z a-z 0-9 . _ -
    #[arg(
        long,
        env = "SORI_STORE_PREFIX",
        value_name = "NAME",
        default_value = "sori",
        help_heading = "Quota"
    )]
    pub store_prefix: String,
    /// A directory where one instance keeps today's number of calls and the keys that visitors have not answered yet, so that they survive a restart. Without it they are kept only in memory
    #[arg(
        long,
        env = "SORI_STATE_DIR",
        value_name = "DIR",
        help_heading = "Quota"
    )]
    pub state_dir: Option<PathBuf>,

    /// The secret that your server sends to siteverify; at least 32 bytes. In practice mode on a loopback address it is optional: the backend then prints the one it uses
    #[arg(long, env = "SORI_SITEVERIFY_SECRET", value_name = "SECRET", hide_env_values = true, value_parser = secret, help_heading = "Site")]
    pub siteverify_secret: Option<Secret>,
    /// A file that contains the siteverify secret
    #[arg(
        long,
        env = "SORI_SITEVERIFY_SECRET_FILE",
        value_name = "FILE",
        help_heading = "Site"
    )]
    pub siteverify_secret_file: Option<PathBuf>,
    /// An old siteverify secret that stays valid while you change to the new one
    #[arg(long, env = "SORI_SITEVERIFY_SECRET_PREVIOUS", value_name = "SECRET", hide_env_values = true, value_parser = secret, help_heading = "Site")]
    pub siteverify_secret_previous: Option<Secret>,
    /// A file that contains the old siteverify secret
    #[arg(
        long,
        env = "SORI_SITEVERIFY_SECRET_PREVIOUS_FILE",
        value_name = "FILE",
        help_heading = "Site"
    )]
    pub siteverify_secret_previous_file: Option<PathBuf>,
    /// The address where siteverify is served: listen (SORI_LISTEN, as for visitors) or admin-listen (only SORI_ADMIN_LISTEN)
    #[arg(
        long,
        env = "SORI_SITEVERIFY_AT",
        value_enum,
        default_value = "listen",
        help_heading = "Site"
    )]
    pub siteverify_at: SiteverifyAt,
    /// How long siteverify accepts a token of inline mode
    #[arg(
        long,
        env = "SORI_TOKEN_TTL",
        value_name = "TIME",
        default_value = "30m",
        help_heading = "Site"
    )]
    pub token_ttl: Span,
    /// The secret that your server signs tickets with; at least 32 bytes. If it is set, the backend issues a key only for a valid ticket
    #[arg(long, env = "SORI_TICKET_SECRET", value_name = "SECRET", hide_env_values = true, value_parser = secret, help_heading = "Site")]
    pub ticket_secret: Option<Secret>,
    /// A file that contains the ticket secret
    #[arg(
        long,
        env = "SORI_TICKET_SECRET_FILE",
        value_name = "FILE",
        help_heading = "Site"
    )]
    pub ticket_secret_file: Option<PathBuf>,
    /// An old ticket secret whose tickets stay valid while you change to the new one
    #[arg(long, env = "SORI_TICKET_SECRET_PREVIOUS", value_name = "SECRET", hide_env_values = true, value_parser = secret, help_heading = "Site")]
    pub ticket_secret_previous: Option<Secret>,
    /// A file that contains the old ticket secret
    #[arg(
        long,
        env = "SORI_TICKET_SECRET_PREVIOUS_FILE",
        value_name = "FILE",
        help_heading = "Site"
    )]
    pub ticket_secret_previous_file: Option<PathBuf>,
    /// The longest lifetime of a ticket. A ticket that expires later than this from now is rejected
    #[arg(
        long,
        env = "SORI_TICKET_TTL",
        value_name = "TIME",
        default_value = "24h",
        help_heading = "Site"
    )]
    pub ticket_ttl: Span,

    /// The origins of the pages that may use the backend, separated by commas, or same-host: pages whose host equals the request's Host header. An app's pages may have an origin such as capacitor://localhost. Default: same-host. Required if NAVER's credentials are set and SORI_LISTEN is not loopback
    #[arg(
        long,
        env = "SORI_ALLOWED_ORIGINS",
        value_name = "ORIGINS",
        value_delimiter = ',',
        help_heading = "Visitors"
    )]
    pub allowed_origins: Vec<AllowedOrigin>,
    /// Accepts requests for keys and verifications without an Origin header, for native apps
    #[arg(long, env = "SORI_ALLOW_NO_ORIGIN", help_heading = "Visitors")]
    pub allow_no_origin: bool,
    /// The proxies whose X-Forwarded-For header the backend trusts: IP addresses or networks (10.0.0.0/8), separated by commas
    #[arg(long, env = "SORI_TRUSTED_PROXIES", value_name = "NETS", value_delimiter = ',', value_parser = network, help_heading = "Visitors")]
    pub trusted_proxies: Vec<IpNet>,
    /// The highest number of keys for one client (one IPv4 address or IPv6 /64 network) in each span of time: N/10s, N/minute, N/hour, N/day separated by commas, or off
    #[arg(
        long,
        env = "SORI_CLIENT_RATE",
        value_name = "RATES",
        default_value = "25/10s,40/minute,100/hour,300/day",
        help_heading = "Visitors"
    )]
    pub client_rate: Rates,
    /// The highest number of keys for one IPv6 /48 network, in the same format as SORI_CLIENT_RATE
    #[arg(
        long,
        env = "SORI_NETWORK_RATE",
        value_name = "RATES",
        default_value = "40/10s,60/minute,110/hour,350/day",
        help_heading = "Visitors"
    )]
    pub network_rate: Rates,
    /// The highest number of keys for one session in a ticket, in the same format as SORI_CLIENT_RATE
    #[arg(
        long,
        env = "SORI_SESSION_RATE",
        value_name = "RATES",
        default_value = "20/minute,60/hour,100/day",
        help_heading = "Visitors"
    )]
    pub session_rate: Rates,
    /// The share of the daily quota that one hour may use, in percent (1 to 100), or off
    #[arg(
        long,
        env = "SORI_HOURLY_SHARE",
        value_name = "PERCENT",
        default_value = "25",
        help_heading = "Visitors"
    )]
    pub hourly_share: HourlyShare,

    /// The highest number of open connections (1 to 65535), if the limit of open files (ulimit -n) allows it
    #[arg(long, env = "SORI_MAX_CONNECTIONS", value_name = "COUNT", default_value = "2048", value_parser = clap::value_parser!(u16).range(1..), help_heading = "Operation")]
    pub max_connections: u16,
    /// The highest number of open connections from one IP address (1 to 65535); trusted proxies have no such limit. Default: a quarter of SORI_MAX_CONNECTIONS
    #[arg(long, env = "SORI_PEER_CONNECTIONS", value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..), help_heading = "Operation")]
    pub peer_connections: Option<u16>,
    /// How long the backend still accepts requests after SIGTERM. /readyz then returns 503, so that a load balancer stops sending requests. 0s for no delay. SIGINT has no delay
    #[arg(
        long,
        env = "SORI_SHUTDOWN_DELAY",
        value_name = "TIME",
        default_value = "5s",
        help_heading = "Operation"
    )]
    pub shutdown_delay: Delay,
    /// How long open requests may take to finish after SORI_SHUTDOWN_DELAY
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
    /// The format of the log on standard error: text lines for people, or JSON for programs
    #[arg(
        long,
        env = "SORI_LOG_FORMAT",
        value_enum,
        default_value = "text",
        help_heading = "Operation"
    )]
    pub log_format: LogFormat,
    /// The URL of an OpenTelemetry collector that receives traces as OTLP over HTTP, such as http://127.0.0.1:4318. The backend sends them to /v1/traces below this URL. Only in a program that was built with `--features otlp`
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
