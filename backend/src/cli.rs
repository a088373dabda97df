//! The command line: `serve`, `emulate`, `health`, `import`, `check` and `quota`.

mod log;
mod serve;
mod signals;
#[cfg_attr(not(feature = "otlp"), path = "cli/no_traces.rs")]
mod traces;

use crate::{
    Settings, SettingsError,
    check::{self, CheckArgs},
    health, import, practice,
    quota::command::{self as quota, QuotaArgs},
    server,
    settings::{Quota, args::ServeArgs, refuse_unknown},
    upstream::Dialect,
};
use clap::{
    CommandFactory, Parser, Subcommand,
    error::{ContextKind, ContextValue},
};
use log::log;
use reqwest::Url;
use signals::{Signal, Signals};
use std::{
    io::{self, Write},
    net::SocketAddr,
};
use tokio::net::TcpListener;

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
    /// Each setting is a flag and also an environment variable whose name begins with SORI_. If both are given, the flag
    /// wins. Write times with their unit: 90s, 10m, 2h.
    Serve(Box<ServeArgs>),
    /// Serves an emulator of NAVER's audio captcha API, to test programs that were written for this API
    Emulate(EmulateArgs),
    /// Asks a running backend whether it works, for health checks of containers that have no curl
    Health {
        /// The URL to ask, such as http://127.0.0.1:8040/healthz or http://127.0.0.1:8040/readyz
        #[arg(value_name = "URL")]
        url: Url,
    },
    /// Copies today's number of calls from the journal in SORI_STATE_DIR to the shared store in SORI_STORE
    ///
    /// Give it the settings of `serve`. Run it once, after the instance that wrote the journal has stopped.
    Import(Box<ServeArgs>),
    /// Tests whether a backend, in any language, follows Sori's protocol (openapi.yaml)
    ///
    /// The test uses two keys at most. It needs --yes unless the backend's replies say that it is in practice mode.
    Check(Box<CheckArgs>),
    /// Shows how much of today's quota is used, or allows calls again after NAVER said that the quota is used up
    ///
    /// It asks a running backend at its admin address.
    Quota(QuotaArgs),
}

/// The flags of `emulate`.
#[derive(Debug, clap::Args)]
pub struct EmulateArgs {
    /// The address to listen on; with port 0 the system chooses a free port
    #[arg(
        long,
        env = "SORI_LISTEN",
        value_name = "ADDR",
        default_value = "127.0.0.1:8041"
    )]
    listen: SocketAddr,
    /// Which of NAVER's two APIs to emulate: openapi (developers.naver.com, under /v1/captcha) or ncloud (NAVER Cloud Platform, under /scaptcha/v1 and /scaptcha-bin/v1)
    #[arg(long, value_enum, value_name = "DIALECT", default_value = "openapi")]
    dialect: Dialect,
    /// The client id that clients must send in the header X-Naver-Client-Id, or X-NCP-APIGW-API-KEY-ID for ncloud
    #[arg(
        long,
        env = "SORI_CLIENT_ID",
        value_name = "ID",
        default_value = "practice-id",
        hide_env_values = true
    )]
    client_id: String,
    /// The client secret that clients must send in the header X-Naver-Client-Secret, or X-NCP-APIGW-API-KEY for ncloud
    #[arg(
        long,
        env = "SORI_CLIENT_SECRET",
        value_name = "SECRET",
        default_value = "practice-secret",
        hide_env_values = true
    )]
    client_secret: String,
    /// The number of calls allowed per day (Korean time), or none for no limit
    #[arg(
        long,
        env = "SORI_DAILY_QUOTA",
        value_name = "CALLS",
        default_value = "1000"
    )]
    daily_quota: Quota,
    /// A fixed answer: the emulator always speaks these digits
    #[arg(long, env = "SORI_PRACTICE_ANSWER", value_name = "DIGITS")]
    practice_answer: Option<String>,
    /// The language of the spoken digits, ko or en
    #[arg(
        long,
        env = "SORI_PRACTICE_VOICE",
        value_name = "LANG",
        default_value = "ko"
    )]
    practice_voice: practice::Voice,
}

/// Reads the command line. If that fails, or if help was requested, the program ends here.
#[must_use]
pub fn parse() -> Cli {
    Cli::try_parse().unwrap_or_else(|error| {
        let Some(variable) = variable_of(&error) else {
            error.exit()
        };
        // clap names only the flag, but the value may come from the environment variable.
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
/// If a setting, an address or the stored state prevents it.
pub async fn run(cli: Cli) -> Result<(), Error> {
    match cli.command {
        Command::Serve(args) => {
            refuse_unknown(std::env::vars_os())?;
            serve::serve(*args).await
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
