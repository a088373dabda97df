//! From arguments to [`Settings`]: files are read, contradictions refused.

use super::{
    Log, Naver, Settings, SettingsError, UpstreamChoice,
    args::{ServeArgs, UpstreamName, Verify},
};
use crate::{
    book::VerifiedBy,
    practice::{self, Digits},
    secret::Secret,
    upstream::{Dialect, Service, is_loopback},
};
use clap::{Args as _, Command, FromArgMatches as _};
use reqwest::Url;
use std::{ffi::OsString, fs, net::SocketAddr, path::Path};
use strsim::levenshtein;

const SECRET_BYTES: usize = 32;

impl Settings {
    /// The defaults, in practice mode on a loopback address. The environment is not read.
    #[must_use]
    pub fn practice() -> Self {
        let arguments = Command::new("sori-backend");
        let arguments = ServeArgs::augment_args(arguments)
            .mut_args(|argument| argument.env(clap::builder::Resettable::Reset))
            .get_matches_from(["sori-backend"]);
        ServeArgs::from_arg_matches(&arguments)
            .map_err(|error| error.to_string())
            .and_then(|arguments| Self::resolve(arguments).map_err(|error| error.to_string()))
            .expect("the defaults are valid")
    }

    /// The settings in the environment, for a program that embeds the backend and listens at `listen`
    /// itself.
    ///
    /// # Errors
    /// Names the setting that is unknown, missing, malformed or in contradiction with another.
    pub fn from_env(listen: SocketAddr) -> Result<Self, SettingsError> {
        refuse_unknown(std::env::vars_os().map(|(name, _)| name))?;
        let command = ServeArgs::augment_args(Command::new("sori-backend"));
        let listen = OsString::from(format!("--listen={listen}"));
        let arguments = command
            .try_get_matches_from([OsString::from("sori-backend"), listen])
            .and_then(|matches| ServeArgs::from_arg_matches(&matches))
            .map_err(|error| SettingsError {
                message: error.to_string().trim_end().to_owned(),
            })?;
        Self::resolve(arguments)
    }

    /// Checks the arguments against each other, and reads the files they name.
    ///
    /// # Errors
    /// Names the setting that is missing, malformed or in contradiction with another.
    pub fn resolve(args: ServeArgs) -> Result<Self, SettingsError> {
        let siteverify_secret = shared_secret(
            "SORI_SITEVERIFY_SECRET",
            args.siteverify_secret.as_ref(),
            args.siteverify_secret_file.as_deref(),
        )?;
        let siteverify_secret_previous = shared_secret(
            "SORI_SITEVERIFY_SECRET_PREVIOUS",
            args.siteverify_secret_previous.as_ref(),
            args.siteverify_secret_previous_file.as_deref(),
        )?;
        let ticket_secret = shared_secret(
            "SORI_TICKET_SECRET",
            args.ticket_secret.as_ref(),
            args.ticket_secret_file.as_deref(),
        )?;
        let upstream = upstream(&args)?;
        let daily_quota = match args.daily_quota {
            Some(quota) => quota.0,
            None => upstream.daily_quota(),
        };
        let verified_by = match args.verify {
            Verify::Backend => VerifiedBy::Backend,
            Verify::External => VerifiedBy::Site,
        };
        let local_practice = upstream.is_practice() && args.listen.ip().is_loopback();
        match (verified_by, &siteverify_secret, &siteverify_secret_previous) {
            (VerifiedBy::Site, None, None) => {}
            (VerifiedBy::Site, ..) => {
                return Err(SettingsError::new(
                    "SORI_SITEVERIFY_SECRET",
                    "SORI_VERIFY=external leaves no siteverify to protect; give one of the two",
                ));
            }
            (VerifiedBy::Backend, None, Some(_)) => {
                return Err(SettingsError::new(
                    "SORI_SITEVERIFY_SECRET_PREVIOUS",
                    "it needs SORI_SITEVERIFY_SECRET, the new one, beside it",
                ));
            }
            (VerifiedBy::Backend, None, None) if !local_practice => {
                return Err(SettingsError::new(
                    "SORI_SITEVERIFY_SECRET",
                    "missing: at least 32 random bytes that the site's server sends to siteverify \
                     (for example: openssl rand -hex 32), or SORI_VERIFY=external",
                ));
            }
            (VerifiedBy::Backend, ..) => {}
        }
        if args.key_reserve.0 > args.key_ttl.0 {
            return Err(SettingsError::new(
                "SORI_KEY_RESERVE",
                "it must not be longer than SORI_KEY_TTL",
            ));
        }
        Ok(Self {
            listen: args.listen,
            admin_listen: args.admin_listen,
            upstream,
            upstream_timeout: args.upstream_timeout.0,
            upstream_concurrency: args.upstream_concurrency.into(),
            daily_quota,
            verified_by,
            siteverify_secret,
            siteverify_secret_previous,
            ticket_secret,
            allowed_origins: args.allowed_origins,
            allow_no_origin: args.allow_no_origin,
            trusted_proxies: args.trusted_proxies,
            client_rate: args.client_rate,
            network_rate: args.network_rate,
            session_rate: args.session_rate,
            hourly_share: args.hourly_share,
            key_reserve: args.key_reserve.0,
            key_ttl: args.key_ttl.0,
            token_ttl: args.token_ttl.0,
            state_dir: args.state_dir,
            max_connections: args.max_connections.into(),
            shutdown_grace: args.shutdown_grace.0,
            log: Log {
                level: args.log,
                format: args.log_format,
            },
        })
    }
}

/// Refuses environment variables that look like a setting and are none: a misspelt limit is no limit.
///
/// # Errors
/// Names the first, and the setting that was perhaps meant.
pub fn refuse_unknown(names: impl IntoIterator<Item = OsString>) -> Result<(), SettingsError> {
    let known = setting_names();
    for name in names {
        let name = name.to_string_lossy();
        if !name.starts_with("SORI_") || known.iter().any(|known| *known == name) {
            continue;
        }
        let near = known.iter().min_by_key(|known| levenshtein(known, &name));
        let near = near.filter(|known| levenshtein(known, &name) <= 3);
        let hint = near.map_or_else(
            || "`sori-backend serve --help` lists them all".to_owned(),
            |near| format!("was {near} meant?"),
        );
        return Err(SettingsError::new(
            &name,
            format!("no such setting; {hint}"),
        ));
    }
    Ok(())
}

/// Every environment variable of `serve`.
#[must_use]
pub fn setting_names() -> Vec<String> {
    ServeArgs::augment_args(Command::new("sori-backend"))
        .get_arguments()
        .filter_map(|argument| argument.get_env()?.to_str().map(str::to_owned))
        .collect()
}

fn upstream(args: &ServeArgs) -> Result<UpstreamChoice, SettingsError> {
    let (id, secret) = (&args.client_id, &args.client_secret);
    let id = secret_or_file(
        "SORI_CLIENT_ID",
        id.as_ref(),
        args.client_id_file.as_deref(),
    )?;
    let secret = secret_or_file(
        "SORI_CLIENT_SECRET",
        secret.as_ref(),
        args.client_secret_file.as_deref(),
    )?;
    let loopback = args.listen.ip().is_loopback();
    match (args.upstream, id, secret) {
        (_, Some(_), None) => Err(SettingsError::new(
            "SORI_CLIENT_SECRET",
            "missing: SORI_CLIENT_ID is given, and only the pair is of use",
        )),
        (_, None, Some(_)) => Err(SettingsError::new(
            "SORI_CLIENT_ID",
            "missing: SORI_CLIENT_SECRET is given, and only the pair is of use",
        )),
        (name, Some(client_id), Some(client_secret)) => {
            let service = name.map_or(Ok(Service::Openapi), service)?;
            naver(args, service, client_id, client_secret)
        }
        (Some(name), None, None) if name != UpstreamName::Practice => Err(SettingsError::new(
            "SORI_CLIENT_ID",
            format!(
                "missing: SORI_UPSTREAM={} needs SORI_CLIENT_ID and SORI_CLIENT_SECRET",
                service(name)?.name()
            ),
        )),
        (None, None, None) if !loopback => Err(SettingsError::new(
            "SORI_CLIENT_ID",
            format!(
                "missing: without NAVER's credentials only a loopback address is served, and \
                 SORI_LISTEN is {}; SORI_UPSTREAM=practice asks for practice by name",
                args.listen
            ),
        )),
        (_, None, None) => practice(args, loopback),
    }
}

/// The service of NAVER's that credentials are for.
fn service(name: UpstreamName) -> Result<Service, SettingsError> {
    match name {
        UpstreamName::Naver => Ok(Service::Openapi),
        UpstreamName::Ncloud => Ok(Service::Ncloud),
        UpstreamName::NcloudGov => Ok(Service::NcloudGov),
        UpstreamName::NcloudFin => Ok(Service::NcloudFin),
        UpstreamName::Practice => Err(SettingsError::new(
            "SORI_UPSTREAM",
            "practice has no use for SORI_CLIENT_ID and SORI_CLIENT_SECRET; give one or the other",
        )),
    }
}

fn naver(
    args: &ServeArgs,
    service: Service,
    id: Secret,
    secret: Secret,
) -> Result<UpstreamChoice, SettingsError> {
    if args.practice_answer.is_some() {
        return Err(SettingsError::new(
            "SORI_PRACTICE_ANSWER",
            "refused together with real credentials",
        ));
    }
    for (name, secret) in [("SORI_CLIENT_ID", &id), ("SORI_CLIENT_SECRET", &secret)] {
        if !secret.expose().bytes().all(|b| b.is_ascii_graphic()) {
            return Err(SettingsError::new(
                name,
                "it holds spaces or other characters that no credential of NAVER's has",
            ));
        }
    }
    let url = match &args.upstream_url {
        Some(url) => url.clone(),
        None => {
            Url::parse(service.address()).map_err(|e| SettingsError::new("SORI_UPSTREAM_URL", e))?
        }
    };
    let secure = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
    if !secure {
        return Err(SettingsError::new(
            "SORI_UPSTREAM_URL",
            "it must begin with https:// unless it points to a loopback address, since the client \
             secret is sent there",
        ));
    }
    let bare = url.username().is_empty() && url.password().is_none();
    if !bare || url.query().is_some() || url.fragment().is_some() {
        return Err(SettingsError::new(
            "SORI_UPSTREAM_URL",
            "it must be a scheme, a host and a path alone",
        ));
    }
    if service.dialect() == Dialect::Ncloud && url.path() != "/" {
        return Err(SettingsError::new(
            "SORI_UPSTREAM_URL",
            format!(
                "for SORI_UPSTREAM={} it must be the origin alone, such as {}: both paths, /scaptcha/v1 \
                 and /scaptcha-bin/v1, follow from it",
                service.name(),
                service.address()
            ),
        ));
    }
    Ok(UpstreamChoice::Naver(Naver {
        service,
        url,
        client_id: id,
        client_secret: secret,
    }))
}

fn practice(args: &ServeArgs, loopback: bool) -> Result<UpstreamChoice, SettingsError> {
    if args.upstream_url.is_some() {
        return Err(SettingsError::new(
            "SORI_UPSTREAM_URL",
            "it needs SORI_CLIENT_ID and SORI_CLIENT_SECRET; practice runs in this process",
        ));
    }
    let answer = match &args.practice_answer {
        None => None,
        Some(_) if !loopback => {
            return Err(SettingsError::new(
                "SORI_PRACTICE_ANSWER",
                format!("refused off loopback, and SORI_LISTEN is {}", args.listen),
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

fn secret_or_file(
    name: &str,
    value: Option<&Secret>,
    file: Option<&Path>,
) -> Result<Option<Secret>, SettingsError> {
    let (setting, secret) = match (value, file) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => {
            let problem = format!("{name}_FILE is given too; give one of the two");
            return Err(SettingsError::new(name, problem));
        }
        (Some(secret), None) => (name.to_owned(), secret.clone()),
        (None, Some(file)) => {
            let setting = format!("{name}_FILE");
            let text = fs::read_to_string(file).map_err(|error| {
                SettingsError::new(&setting, format!("{}: {error}", file.display()))
            })?;
            // Editors and `echo` end a file with a line break.
            (setting, Secret::new(text.trim_end_matches(['\r', '\n'])))
        }
    };
    if secret.expose().is_empty() {
        return Err(SettingsError::new(&setting, "it is empty"));
    }
    Ok(Some(secret))
}

fn shared_secret(
    name: &str,
    value: Option<&Secret>,
    file: Option<&Path>,
) -> Result<Option<Secret>, SettingsError> {
    let secret = secret_or_file(name, value, file)?;
    match &secret {
        Some(secret) if secret.expose().len() < SECRET_BYTES => Err(SettingsError::new(
            name,
            format!(
                "it has {} bytes and needs at least {SECRET_BYTES} (for example: openssl rand -hex 32)",
                secret.expose().len()
            ),
        )),
        _ => Ok(secret),
    }
}
