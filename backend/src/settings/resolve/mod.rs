//! From arguments to [`Settings`]: reads the files and refuses contradictions.

#[cfg_attr(not(feature = "practice"), path = "no_practice.rs")]
mod practice;
mod store;
mod upstream;

use super::{
    AllowedOrigin, Log, Origin, Settings, SettingsError, SiteverifyAt, UpstreamChoice,
    args::{ServeArgs, Verify},
    credential,
    environment::refuse_unknown,
};
use crate::{book::VerifiedBy, secret::Secret};
use clap::{Args as _, Command, FromArgMatches as _};
use reqwest::Url;
use std::{ffi::OsString, net::SocketAddr, path::PathBuf};

impl Settings {
    /// The defaults, in practice mode on a loopback address. The environment is not read.
    ///
    /// # Panics
    /// Never: the defaults are valid.
    #[cfg(feature = "practice")]
    #[must_use]
    pub fn practice() -> Self {
        defaults()
            .and_then(Self::resolve)
            .expect("the defaults are valid")
    }

    /// The defaults in front of NAVER's open API, for a site that listens on a loopback address behind its proxy.
    /// `siteverify_secret` is what the site's server sends to siteverify. The environment is not read.
    ///
    /// # Errors
    /// If a credential cannot be valid, or the siteverify secret has fewer than 32 bytes.
    pub fn naver(
        client_id: Secret,
        client_secret: Secret,
        siteverify_secret: Secret,
    ) -> Result<Self, SettingsError> {
        Self::resolve(ServeArgs {
            client_id: Some(client_id),
            client_secret: Some(client_secret),
            siteverify_secret: Some(siteverify_secret),
            ..defaults()?
        })
    }

    /// The settings in the environment, for a program that embeds the backend and listens at `listen`
    /// itself.
    ///
    /// # Errors
    /// Names the setting that is unknown, missing or malformed, or contradicts another.
    pub fn from_env(listen: SocketAddr) -> Result<Self, SettingsError> {
        refuse_unknown(std::env::vars_os())?;
        let command = ServeArgs::augment_args(Command::new("sori-backend"));
        let listen = OsString::from(format!("--listen={listen}"));
        let arguments = command
            .try_get_matches_from([OsString::from("sori-backend"), listen])
            .and_then(|matches| ServeArgs::from_arg_matches(&matches))
            .map_err(SettingsError::arguments)?;
        Self::resolve(arguments)
    }

    /// Checks the arguments against each other, and reads the files they name.
    ///
    /// # Errors
    /// Names every setting that is missing, or the first that is malformed or contradicts another.
    pub fn resolve(args: ServeArgs) -> Result<Self, SettingsError> {
        let secrets = Secrets::read(&args)?;
        let verified_by = match args.verify {
            Verify::Backend => VerifiedBy::Backend,
            Verify::External => VerifiedBy::Site,
        };
        refuse_contradictions(&args, &secrets)?;
        // All missing settings are reported together, so that a first start does not fail once for each of them.
        let mut missing = Vec::new();
        let upstream = match upstream::upstream(&args) {
            Ok(upstream) => Some(upstream),
            Err(error) if error.is_missing() => {
                missing.push(error);
                None
            }
            Err(error) => return Err(error),
        };
        let is_practice = upstream.as_ref().is_some_and(UpstreamChoice::is_practice);
        let loopback = args.listen.ip().is_loopback();
        let needs_secret = verified_by == VerifiedBy::Backend && !(is_practice && loopback);
        if needs_secret && secrets.siteverify.is_none() {
            missing.push(SettingsError::new(
                "SORI_SITEVERIFY_SECRET",
                "missing: at least 32 random bytes that the site's server sends to siteverify (for \
                 example: openssl rand -hex 32), or SORI_VERIFY=external",
            ));
        }
        let allowed_origins = allowed_origins(&args)?;
        let says_nothing = args.allowed_origins.is_empty();
        if upstream.is_some() && !is_practice && !loopback && says_nothing {
            missing.push(SettingsError::new(
                "SORI_ALLOWED_ORIGINS",
                format!(
                    "missing: the origins of the site's pages, such as https://www.example.com. SORI_LISTEN is \
                     {}, and by default every name that leads there would count as the site's own, an \
                     attacker's too (DNS rebinding); same-host asks for that by name",
                    args.listen
                ),
            ));
        }
        let (Some(upstream), []) = (upstream, missing.as_slice()) else {
            return Err(SettingsError::all(&missing));
        };
        let daily_quota = match args.daily_quota {
            Some(quota) => quota.0,
            None => upstream.daily_quota(),
        };
        let daily_quota = store::less_margin(daily_quota, args.quota_margin)?;
        let store = store::store(&args)?;
        let private_only = practice::is_private_only(&args);
        let connections = usize::from(args.max_connections);
        let peer_connections = args.peer_connections.map(usize::from);
        Ok(Self {
            listen: args.listen,
            admin_listen: args.admin_listen,
            upstream,
            upstream_timeout: args.upstream_timeout.0,
            upstream_concurrency: args.upstream_concurrency.into(),
            daily_quota,
            verified_by,
            siteverify_secret: secrets.siteverify.or_else(|| {
                let local = is_practice && loopback && verified_by == VerifiedBy::Backend;
                local.then(practice::siteverify_secret).flatten()
            }),
            siteverify_secret_previous: secrets.siteverify_previous,
            siteverify_at: args.siteverify_at,
            ticket_secret: secrets.ticket,
            ticket_secret_previous: secrets.ticket_previous,
            ticket_ttl: args.ticket_ttl.0,
            allowed_origins,
            allow_no_origin: args.allow_no_origin,
            trusted_proxies: args.trusted_proxies,
            client_rate: args.client_rate,
            network_rate: args.network_rate,
            session_rate: args.session_rate,
            hourly_share: args.hourly_share,
            key_reserve: args.key_reserve.0,
            key_ttl: args.key_ttl.0,
            token_ttl: args.token_ttl.0,
            store,
            state_dir: args.state_dir,
            max_connections: connections,
            peer_connections: peer_connections.unwrap_or((connections / 4).max(1)),
            private_only,
            shutdown_delay: args.shutdown_delay.0,
            shutdown_grace: args.shutdown_grace.0,
            log: Log {
                level: args.log,
                format: args.log_format,
            },
            otlp_endpoint: otlp_endpoint(args.otlp_endpoint)?,
        })
    }
}

/// The arguments of a program that was started without any; the environment is ignored.
fn defaults() -> Result<ServeArgs, SettingsError> {
    ServeArgs::augment_args(Command::new("sori-backend"))
        .mut_args(|argument| argument.env(clap::builder::Resettable::Reset))
        .try_get_matches_from(["sori-backend"])
        .and_then(|matches| ServeArgs::from_arg_matches(&matches))
        .map_err(SettingsError::arguments)
}

fn otlp_endpoint(given: Option<Url>) -> Result<Option<Url>, SettingsError> {
    let refuse = |problem| Err(SettingsError::new("SORI_OTLP_ENDPOINT", problem));
    match &given {
        Some(_) if !cfg!(feature = "otlp") => refuse(
            "this program was built without it: cargo install sori-backend --features otlp builds one that has it",
        ),
        Some(url) if !matches!(url.scheme(), "http" | "https") => {
            refuse("it must begin with http:// or https://")
        }
        _ => Ok(given),
    }
}

/// The secrets that the site shares with the backend.
struct Secrets {
    siteverify: Option<Secret>,
    siteverify_previous: Option<Secret>,
    ticket: Option<Secret>,
    ticket_previous: Option<Secret>,
}

impl Secrets {
    fn read(args: &ServeArgs) -> Result<Self, SettingsError> {
        let read = |name, value: &Option<Secret>, file: &Option<PathBuf>| {
            credential::shared(name, value.as_ref(), file.as_deref())
        };
        Ok(Self {
            siteverify: read(
                "SORI_SITEVERIFY_SECRET",
                &args.siteverify_secret,
                &args.siteverify_secret_file,
            )?,
            siteverify_previous: read(
                "SORI_SITEVERIFY_SECRET_PREVIOUS",
                &args.siteverify_secret_previous,
                &args.siteverify_secret_previous_file,
            )?,
            ticket: read(
                "SORI_TICKET_SECRET",
                &args.ticket_secret,
                &args.ticket_secret_file,
            )?,
            ticket_previous: read(
                "SORI_TICKET_SECRET_PREVIOUS",
                &args.ticket_secret_previous,
                &args.ticket_secret_previous_file,
            )?,
        })
    }
}

fn refuse_contradictions(args: &ServeArgs, secrets: &Secrets) -> Result<(), SettingsError> {
    let external = args.verify == Verify::External;
    let table = [
        (
            external && (secrets.siteverify.is_some() || secrets.siteverify_previous.is_some()),
            "SORI_SITEVERIFY_SECRET",
            "SORI_VERIFY=external leaves no siteverify to protect; give one of the two",
        ),
        (
            secrets.siteverify.is_none() && secrets.siteverify_previous.is_some(),
            "SORI_SITEVERIFY_SECRET_PREVIOUS",
            "it needs SORI_SITEVERIFY_SECRET, the new one, beside it",
        ),
        (
            secrets.ticket.is_none() && secrets.ticket_previous.is_some(),
            "SORI_TICKET_SECRET_PREVIOUS",
            "it needs SORI_TICKET_SECRET, the new one, beside it",
        ),
        (
            args.siteverify_at == SiteverifyAt::AdminListen && args.admin_listen.is_none(),
            "SORI_SITEVERIFY_AT",
            "admin-listen needs SORI_ADMIN_LISTEN, the address to serve it at",
        ),
        (
            args.siteverify_at == SiteverifyAt::AdminListen && external,
            "SORI_SITEVERIFY_AT",
            "SORI_VERIFY=external leaves no siteverify to serve; give one of the two",
        ),
        (
            args.key_reserve.0 > args.key_ttl.0,
            "SORI_KEY_RESERVE",
            "it must not be longer than SORI_KEY_TTL",
        ),
    ];
    match table.into_iter().find(|(holds, ..)| *holds) {
        Some((_, setting, problem)) => Err(SettingsError::new(setting, problem)),
        None => Ok(()),
    }
}

/// The allowed origins; empty to allow every page whose host is that of the request.
fn allowed_origins(args: &ServeArgs) -> Result<Vec<Origin>, SettingsError> {
    let listed = args.allowed_origins.iter().filter_map(|one| match one {
        AllowedOrigin::SameHost => None,
        AllowedOrigin::Origin(origin) => Some(origin.clone()),
    });
    let listed: Vec<_> = listed.collect();
    if !listed.is_empty() && listed.len() < args.allowed_origins.len() {
        return Err(SettingsError::new(
            "SORI_ALLOWED_ORIGINS",
            "same-host allows any host, so it stands alone; give it or the origins",
        ));
    }
    Ok(listed)
}
