//! The command line: `serve`, `emulate` and `check`.

mod log;
mod signals;
#[cfg_attr(not(feature = "otlp"), path = "cli/no_traces.rs")]
mod traces;

use crate::{
    Backend, Settings, SettingsError,
    causes::with_causes,
    check::{self, CheckArgs},
    health, import, practice,
    quota::command::{self as quota, QuotaArgs},
    server::{self, Bounds},
    settings::{Quota, args::ServeArgs, refuse_unknown},
    start,
    upstream::Dialect,
};
use clap::{
    CommandFactory, Parser, Subcommand,
    error::{ContextKind, ContextValue},
};
use core::{pin::pin, time::Duration};
use listenfd::ListenFd;
use log::log;
use reqwest::Url;
use sd_notify::NotifyState;
use signals::{Signal, Signals};
use std::{
    io::{self, Write},
    net::SocketAddr,
};
use tokio::{net::TcpListener, sync::watch};

type Error = Box<dyn core::error::Error + Send + Sync>;

/// Scrapers and probes.
const ADMIN_CONNECTIONS: usize = 64;

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
    /// Takes the day's count from the journal in SORI_STATE_DIR to the shared SORI_STORE
    ///
    /// With the settings of `serve`, once, after the instance that kept the journal has ended.
    Import(Box<ServeArgs>),
    /// Runs Sori's contract (openapi.yaml) against a backend in any language
    ///
    /// It spends two keys at most, and asks for --yes unless the backend declares practice.
    Check(Box<CheckArgs>),
    /// Shows how the day's quota stands, or opens a day again that the upstream has closed
    ///
    /// It asks a running backend at its admin address.
    Quota(QuotaArgs),
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
            refuse_unknown(std::env::vars_os())?;
            serve(*args).await
        }
        Command::Emulate(args) => {
            refuse_unknown(std::env::vars_os())?;
            emulate(args).await
        }
        Command::Import(args) => {
            refuse_unknown(std::env::vars_os())?;
            writeln!(io::stdout(), "{}", take_along(*args).await?)?;
            Ok(())
        }
        Command::Health { url } => {
            writeln!(io::stdout(), "{}", health::ask(url).await?)?;
            Ok(())
        }
        Command::Check(args) => run_check(*args).await,
        Command::Quota(args) => {
            writeln!(io::stdout(), "{}", quota::run(args).await?)?;
            Ok(())
        }
    }
}

async fn take_along(mut args: ServeArgs) -> Result<String, Error> {
    let dir = args.state_dir.take().ok_or_else(|| {
        SettingsError::new(
            "SORI_STATE_DIR",
            "missing: where the journal is that was kept so far",
        )
    })?;
    let settings = Settings::resolve(args)?;
    let _traces = log(&settings)?;
    Ok(import(&settings, dir).await?)
}

async fn serve(args: ServeArgs) -> Result<(), Error> {
    let settings = Settings::resolve(args.clone())?;
    let traces = log(&settings)?;
    let served = serve_with(args, settings).await;
    traces.end().await;
    served
}

async fn serve_with(args: ServeArgs, settings: Settings) -> Result<(), Error> {
    let (listener, address) = match passed_by_systemd(settings.listen)? {
        Some(passed) => passed,
        None => bind("SORI_LISTEN", settings.listen)?,
    };
    let admin = match settings.admin_listen {
        Some(address) => Some(bind("SORI_ADMIN_LISTEN", address)?),
        None => None,
    };
    let (delay, longest) = (settings.shutdown_delay, settings.upstream_timeout);
    let bounds = bounds(&settings);
    let hints = hints(&settings, address);
    let backend = start(settings).await?;
    let bounds = Bounds {
        traffic: backend.metrics().traffic.clone(),
        ..bounds
    };
    let mut signals = Signals::listen()?;
    ready(address, &hints)?;
    tell_systemd(&[NotifyState::Ready]);
    if let Some((listener, address)) = admin {
        tracing::info!(%address, "metrics and health are served");
        let bounds = Bounds {
            connections: ADMIN_CONNECTIONS,
            peer_connections: ADMIN_CONNECTIONS,
            ..Bounds::default()
        };
        // To the very end: what watches a stop must not lose sight of it.
        let forever = core::future::pending();
        tokio::spawn(server::serve(listener, backend.admin(), bounds, forever));
    }
    let (stop, mut stopped) = watch::channel(None);
    let stopping = async {
        if let Ok(delay) = stopped.wait_for(Option::is_some).await.map(|delay| *delay) {
            tokio::time::sleep(delay.unwrap_or_default()).await;
            tracing::info!("no new connections are taken; what is in flight may end");
        }
    };
    let mut serving = pin!(server::serve(listener, backend.app(), bounds, stopping));
    loop {
        let signal = tokio::select! {
            () = &mut serving => {
                // Clients that left have left their calls behind.
                if !backend.finish_calls(longest).await {
                    tracing::warn!("calls to the upstream were still under way at the end");
                }
                return Ok(());
            }
            signal = signals.next() => signal,
        };
        let delay = match signal {
            Signal::Hangup => {
                read_secrets_again(&backend, &args);
                continue;
            }
            _ if stop.borrow().is_some() => return Err("a second signal ended it at once".into()),
            Signal::Terminate => delay,
            Signal::Interrupt => Duration::ZERO,
        };
        tracing::info!(
            ?delay,
            "stopping: /readyz says no, and requests are served on for the delay"
        );
        backend.announce_stop();
        tell_systemd(&[NotifyState::Stopping]);
        stop.send_replace(Some(delay));
    }
}

/// Where systemd started it (`Type=notify`); elsewhere nothing is told to nobody.
fn tell_systemd(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "systemd cannot be told");
    }
}

/// How many connections fit, beside what the upstream and the admin address need.
fn bounds(settings: &Settings) -> Bounds {
    let wanted = settings.max_connections;
    let connections = match server::files::raise_limit() {
        Some(files) => server::files::connections(wanted, files, settings.upstream_concurrency),
        None => wanted,
    };
    if connections < wanted {
        tracing::warn!(
            wanted,
            connections,
            "the limit of open files (ulimit -n) allows fewer connections than SORI_MAX_CONNECTIONS \
             (help: troubleshooting#open-files)"
        );
    }
    Bounds {
        connections,
        peer_connections: settings.peer_connections,
        proxies: settings.trusted_proxies.clone(),
        private_only: settings.private_only,
        grace: settings.shutdown_grace,
        practice: settings.upstream.is_practice(),
        ..Bounds::default()
    }
}

/// What a site under development needs to know: lines for standard output. Practice's own secret protects
/// nothing; one that the operator gave is not repeated.
fn hints(settings: &Settings, address: SocketAddr) -> Vec<String> {
    let secret = settings.siteverify_secret.as_ref();
    let own = secret.is_some_and(|secret| secret.expose() == practice::SITEVERIFY_SECRET);
    if !own {
        return Vec::new();
    }
    let secret = practice::SITEVERIFY_SECRET;
    vec![
        format!("practice: siteverify is http://{address}/captcha/siteverify"),
        format!("practice: its secret is {secret} (SORI_SITEVERIFY_SECRET sets another)"),
    ]
}

fn read_secrets_again(backend: &Backend, args: &ServeArgs) {
    match Settings::resolve(args.clone()) {
        Ok(settings) => {
            backend.take_secrets(&settings);
            tracing::info!(
                "SIGHUP: the secrets of siteverify and of tickets were read again; NAVER's credentials are read \
                 at the start alone"
            );
        }
        Err(error) => {
            let error = with_causes(&error);
            tracing::error!(error, "SIGHUP: the secrets stay as they were");
        }
    }
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
    let mut signals = Signals::listen()?;
    let running = practice::spawn(options, args.listen)
        .await
        .map_err(|error| SettingsError::because("SORI_LISTEN", args.listen, error))?;
    ready(running.addr, &[])?;
    while signals.next().await == Signal::Hangup {}
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

/// The socket of a unit of systemd: connections wait in it while the service is restarted. It has to be where the
/// settings say, since what they allow depends on it.
fn passed_by_systemd(listen: SocketAddr) -> Result<Option<(TcpListener, SocketAddr)>, Error> {
    let Some(listener) = ListenFd::from_env().take_tcp_listener(0)? else {
        return Ok(None);
    };
    let address = listener.local_addr()?;
    if address != listen {
        let why = format!("{listen}: the socket that systemd passed listens at {address}");
        return Err(SettingsError::new("SORI_LISTEN", why).into());
    }
    listener.set_nonblocking(true)?;
    Ok(Some((TcpListener::from_std(listener)?, address)))
}

fn bind(setting: &str, address: SocketAddr) -> Result<(TcpListener, SocketAddr), Error> {
    let bound = server::listen(address).and_then(|listener| {
        let address = listener.local_addr()?;
        Ok((listener, address))
    });
    Ok(bound.map_err(|error| SettingsError::because(setting, address, error))?)
}

/// The first line of output, which scripts wait for, and what may follow it.
fn ready(address: SocketAddr, hints: &[String]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "ready: http://{address}/")?;
    out.flush()?;
    for hint in hints {
        // Who waits for the first line may read no further.
        if writeln!(out, "{hint}").is_err() {
            break;
        }
    }
    Ok(())
}
