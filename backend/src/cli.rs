//! The command line: `serve`, `emulate` and `check`.

use crate::{
    Settings, SettingsError,
    book::VerifiedBy,
    check::{self, CheckArgs},
    health, practice,
    server::{self, Bounds, Patience},
    settings::{Log, LogFormat, Quota, args::ServeArgs, refuse_unknown},
    start,
    upstream::Dialect,
};
use clap::{
    CommandFactory, Parser, Subcommand,
    error::{ContextKind, ContextValue},
};
use reqwest::Url;
use std::{
    io::{self, IsTerminal, Write},
    net::SocketAddr,
};
use tokio::{net::TcpListener, sync::watch};
use tracing_subscriber::{filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

type Error = Box<dyn core::error::Error + Send + Sync>;

/// The server side of Sori, an accessible audio captcha.
#[derive(Debug, Parser)]
#[command(name = "sori-backend", version, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the captcha to a site's pages: keys, audio, verifications and siteverify under /captcha.
    ///
    /// Each setting is a flag or, with a name that begins with SORI_, an environment variable; a flag wins.
    /// Times are written with their unit: 90s, 10m, 2h.
    Serve(Box<ServeArgs>),
    /// Serves an emulator of NAVER's audio captcha, for tests of any client written for NAVER
    Emulate(EmulateArgs),
    /// Asks a running backend whether it is well; for container health checks, where there is no curl
    Health {
        /// Such as http://127.0.0.1:8040/healthz, or /readyz
        #[arg(value_name = "URL")]
        url: Url,
    },
    /// Runs Sori's contract (openapi.yaml) against a backend in any language
    ///
    /// It spends two keys at most, and asks for --yes unless the backend declares practice.
    Check(Box<CheckArgs>),
}

/// The flags of `emulate`.
#[derive(Debug, clap::Args)]
pub struct EmulateArgs {
    /// Where the protocol is served; port 0 takes a free one
    #[arg(
        long,
        env = "SORI_LISTEN",
        value_name = "ADDR",
        default_value = "127.0.0.1:8041"
    )]
    listen: SocketAddr,
    /// Whose protocol: openapi (developers.naver.com, under /v1/captcha) or ncloud (NAVER Cloud Platform, under /scaptcha/v1 and /scaptcha-bin/v1)
    #[arg(long, value_enum, value_name = "DIALECT", default_value = "openapi")]
    dialect: Dialect,
    /// What is expected in X-Naver-Client-Id, or X-NCP-APIGW-API-KEY-ID
    #[arg(
        long,
        env = "SORI_CLIENT_ID",
        value_name = "ID",
        default_value = "practice-id",
        hide_env_values = true
    )]
    client_id: String,
    /// What is expected in X-Naver-Client-Secret, or X-NCP-APIGW-API-KEY
    #[arg(
        long,
        env = "SORI_CLIENT_SECRET",
        value_name = "SECRET",
        default_value = "practice-secret",
        hide_env_values = true
    )]
    client_secret: String,
    /// Calls a day in Korean time, or none
    #[arg(
        long,
        env = "SORI_DAILY_QUOTA",
        value_name = "CALLS",
        default_value = "1000"
    )]
    daily_quota: Quota,
    /// The digits that are always spoken
    #[arg(long, env = "SORI_PRACTICE_ANSWER", value_name = "DIGITS")]
    practice_answer: Option<String>,
    /// The language of the digits, ko or en
    #[arg(
        long,
        env = "SORI_PRACTICE_VOICE",
        value_name = "LANG",
        default_value = "ko"
    )]
    practice_voice: practice::Voice,
}

/// Reads the command line. Where that fails, or help was asked for, the program ends here.
#[must_use]
pub fn parse() -> Cli {
    Cli::try_parse().unwrap_or_else(|error| {
        let Some(variable) = variable_of(&error) else {
            error.exit()
        };
        // clap names the flag alone, but the value may stand in the environment.
        let note = format!("{error}\nThe environment variable of this setting is {variable}.\n");
        let _ = io::stderr().write_all(note.as_bytes());
        std::process::exit(error.exit_code())
    })
}

/// The environment variable of the argument that an error is about.
fn variable_of(error: &clap::Error) -> Option<String> {
    let Some(ContextValue::String(argument)) = error.get(ContextKind::InvalidArg) else {
        return None;
    };
    let flag = argument.split_whitespace().next()?.strip_prefix("--")?;
    Cli::command()
        .get_subcommands()
        .flat_map(clap::Command::get_arguments)
        .find(|known| known.get_long() == Some(flag))
        .and_then(|known| known.get_env()?.to_str().map(str::to_owned))
}

/// Runs the program until it is told to stop.
///
/// # Errors
/// What a setting, an address or the state keeps it from.
pub async fn run(cli: Cli) -> Result<(), Error> {
    match cli.command {
        Command::Serve(args) => {
            refuse_unknown(variables())?;
            serve(Settings::resolve(*args)?).await
        }
        Command::Emulate(args) => {
            refuse_unknown(variables())?;
            emulate(args).await
        }
        Command::Health { url } => {
            writeln!(io::stdout(), "{}", health::ask(url).await?)?;
            Ok(())
        }
        Command::Check(args) => run_check(*args).await,
    }
}

fn variables() -> impl Iterator<Item = std::ffi::OsString> {
    std::env::vars_os().map(|(name, _)| name)
}

async fn serve(settings: Settings) -> Result<(), Error> {
    log(settings.log)?;
    let (listener, address) = bind("SORI_LISTEN", settings.listen).await?;
    let admin = match settings.admin_listen {
        Some(address) => Some(bind("SORI_ADMIN_LISTEN", address).await?),
        None => None,
    };
    let (connections, grace) = (settings.max_connections, settings.shutdown_grace);
    if settings.verified_by == VerifiedBy::Backend && settings.siteverify_secret.is_none() {
        tracing::warn!(
            "without SORI_SITEVERIFY_SECRET no site can use siteverify: the secret made up in its place is \
             not shown"
        );
    }
    let backend = start(settings).await?;
    let stop = stop_signal()?;
    let bounds = |connections, open| Bounds {
        connections,
        grace,
        patience: Patience::default(),
        open,
    };
    let open = backend.metrics().connections.clone();
    ready(address)?;
    if let Some((listener, address)) = admin {
        tracing::info!(%address, "metrics are served");
        let bounds = bounds(64, prometheus_client::metrics::gauge::Gauge::default());
        tokio::spawn(server::serve(
            listener,
            backend.admin(),
            bounds,
            stopped(stop.clone()),
        ));
    }
    let stopping = async {
        stopped(stop).await;
        tracing::info!("stopping: what is in flight may end");
        backend.announce_stop();
    };
    server::serve(listener, backend.app(), bounds(connections, open), stopping).await;
    Ok(())
}

async fn emulate(args: EmulateArgs) -> Result<(), Error> {
    let answer = args
        .practice_answer
        .as_deref()
        .map(practice::Digits::parse)
        .transpose();
    let answer = answer.map_err(|error| SettingsError::new("SORI_PRACTICE_ANSWER", error))?;
    let options = practice::Options {
        dialect: args.dialect,
        client_id: args.client_id,
        client_secret: args.client_secret,
        daily_quota: args.daily_quota.0,
        answer,
        voice: args.practice_voice,
        ..practice::Options::default()
    };
    let stop = stop_signal()?;
    let running = practice::spawn(options, args.listen)
        .await
        .map_err(|error| SettingsError::new("SORI_LISTEN", format!("{}: {error}", args.listen)))?;
    ready(running.addr)?;
    stopped(stop).await;
    running.shutdown().await;
    Ok(())
}

async fn run_check(args: CheckArgs) -> Result<(), Error> {
    let report = check::check(args).await?;
    writeln!(io::stdout(), "{report}")?;
    if report.is_met() {
        Ok(())
    } else {
        Err("the contract was not met".into())
    }
}

async fn bind(setting: &str, address: SocketAddr) -> Result<(TcpListener, SocketAddr), Error> {
    let bound = async {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        Ok::<_, io::Error>((listener, address))
    };
    let bound = bound.await;
    Ok(bound.map_err(|error| SettingsError::new(setting, format!("{address}: {error}")))?)
}

/// The first line of output, which scripts wait for.
fn ready(address: SocketAddr) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "ready: http://{address}/")?;
    out.flush()
}

/// Becomes true at SIGINT or SIGTERM.
fn stop_signal() -> io::Result<watch::Receiver<bool>> {
    let (tell, told) = watch::channel(false);
    #[cfg(unix)]
    let mut terminate = {
        use tokio::signal::unix::{SignalKind, signal};
        signal(SignalKind::terminate())?
    };
    tokio::spawn(async move {
        #[cfg(unix)]
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
        tell.send_replace(true);
    });
    Ok(told)
}

async fn stopped(mut stop: watch::Receiver<bool>) {
    // The sender is gone only if its task was told to stop.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Logs to standard error. Only this crate's own lines follow the level: a dependency's would show URLs
/// and headers at the lower ones.
fn log(log: Log) -> Result<(), Error> {
    let dependencies = log.level.min(tracing::level_filters::LevelFilter::WARN);
    let targets = Targets::new()
        .with_default(dependencies)
        .with_target(env!("CARGO_CRATE_NAME"), log.level);
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr);
    let registry = tracing_subscriber::registry().with(targets);
    match log.format {
        LogFormat::Text => registry.with(lines.with_target(false)).try_init()?,
        LogFormat::Json => registry.with(lines.json().flatten_event(true)).try_init()?,
    }
    Ok(())
}
