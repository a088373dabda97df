//! `sori-backend check URL`: tests whether a backend in any language follows the protocol in `openapi.yaml`.
//!
//! It first checks what uses no quota, and learns whether the backend says that it is in practice mode. The rest
//! needs two keys at most. At NAVER these are four calls of the daily quota, so nobody should use them without
//! `--yes`.

mod contract;
mod probe;
mod report;

use crate::{
    secret::Secret,
    settings::{SettingsError, credential},
};
use probe::Probe;
use reqwest::Url;
use std::path::PathBuf;

pub use report::{Finding, Outcome, Report};

/// What a full check costs, in the words that the program prints.
pub const COST: &str = "two keys at most: four calls of the day's quota at NAVER (issuing and verifying \
                        count), more only where the backend forwards what it should refuse";

/// The flags of `check`.
#[derive(Clone, Debug, clap::Args)]
pub struct CheckArgs {
    /// What the widget's `endpoint` points to, such as `https://example.com/captcha`
    #[arg(value_name = "URL", value_parser = endpoint)]
    pub url: Url,
    /// Test even a backend that is not in practice mode; this uses two keys of its quota at most
    #[arg(long)]
    pub yes: bool,
    /// The Origin header that the test sends. Default: the origin of the URL
    #[arg(long, value_name = "ORIGIN")]
    pub origin: Option<String>,
    /// A ticket, if the backend requires one
    #[arg(long, value_name = "TICKET")]
    pub ticket: Option<String>,
    /// The fixed answer of a backend in practice mode; with it, the test also sends a right answer
    #[arg(long, env = "SORI_PRACTICE_ANSWER", value_name = "DIGITS")]
    pub answer: Option<String>,
    /// The siteverify secret; without it, the test only checks that siteverify rejects what it must reject
    #[arg(long, env = "SORI_SITEVERIFY_SECRET", value_name = "SECRET", hide_env_values = true, value_parser = secret)]
    pub siteverify_secret: Option<Secret>,
    /// A file that contains the siteverify secret
    #[arg(long, env = "SORI_SITEVERIFY_SECRET_FILE", value_name = "FILE")]
    pub siteverify_secret_file: Option<PathBuf>,
}

/// Why nothing, or not everything, was checked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckError {
    /// No reply at all.
    #[error("the backend does not answer")]
    Unreachable(#[source] Box<dyn core::error::Error + Send + Sync>),
    /// Something replies, but it is not a backend. Contains the request and the reply.
    #[error(
        "there is no backend at this URL: {0}. It has to be what the widget's `endpoint` attribute points to, \
         such as https://example.com/captcha"
    )]
    NoBackend(String),
    /// A file cannot be used.
    #[error(transparent)]
    Settings(SettingsError),
    /// A flag cannot be used.
    #[error("{0}: {1}")]
    Flag(&'static str, String),
}

/// Runs all checks.
///
/// # Errors
/// See [`CheckError`]. A backend that breaks the protocol is not an error; the report contains it.
pub async fn check(args: CheckArgs) -> Result<Report, CheckError> {
    let secret = site_secret(&args)?;
    let probe = Probe::new(&args).map_err(|problem| CheckError::Flag("--origin", problem))?;
    let mut report = Report::default();
    let practice = contract::free(&probe, &mut report).await?;
    if practice || args.yes {
        let answer = args.answer.as_deref();
        contract::costly(&probe, secret.as_ref(), answer, &mut report).await;
    } else {
        report.needs_yes = true;
    }
    Ok(report)
}

fn site_secret(args: &CheckArgs) -> Result<Option<Secret>, CheckError> {
    const SETTING: &str = "SORI_SITEVERIFY_SECRET_FILE";
    match &args.siteverify_secret_file {
        None => Ok(args.siteverify_secret.clone()),
        Some(file) => credential::from_file(SETTING, file)
            .map(Some)
            .map_err(CheckError::Settings),
    }
}

fn endpoint(text: &str) -> Result<Url, String> {
    let expected = "expected a URL such as `https://example.com/captcha`";
    let url = Url::parse(text).map_err(|error| format!("{error}; {expected}"))?;
    let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if matches!(url.scheme(), "http" | "https") && url.has_host() && plain {
        Ok(url)
    } else {
        Err(expected.into())
    }
}

#[expect(clippy::unnecessary_wraps, reason = "clap's signature")]
fn secret(text: &str) -> Result<Secret, core::convert::Infallible> {
    Ok(Secret::new(text))
}
