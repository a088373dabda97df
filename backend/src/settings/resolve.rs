//! From arguments to [`Settings`]: files are read, contradictions refused.

use super::{
    AllowedOrigin, Log, Naver, Origin, Settings, SettingsError, SiteverifyAt, StoreChoice,
    UpstreamChoice,
    args::{ServeArgs, UpstreamName, Verify},
    credential,
    environment::refuse_unknown,
};
use crate::{
    book::VerifiedBy,
    practice::{self, Digits},
    secret::Secret,
    upstream::{Dialect, Service, is_loopback},
};
use clap::{Args as _, Command, FromArgMatches as _};
use reqwest::Url;
use std::{ffi::OsString, net::SocketAddr, path::PathBuf};

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
        refuse_unknown(std::env::vars_os())?;
        let command = ServeArgs::augment_args(Command::new("sori-backend"));
        let listen = OsString::from(format!("--listen={listen}"));
        let arguments = command
            .try_get_matches_from([OsString::from("sori-backend"), listen])
            .and_then(|matches| ServeArgs::from_arg_matches(&matches))
            .map_err(|error| SettingsError {
                message: error.to_string().trim_end().to_owned(),
                missing: false,
            })?;
        Self::resolve(arguments)
    }

    /// Checks the arguments against each other, and reads the files they name.
    ///
    /// # Errors
    /// Names every setting that is missing, or the first that is malformed or in contradiction with another.
    pub fn resolve(args: ServeArgs) -> Result<Self, SettingsError> {
        let secrets = Secrets::read(&args)?;
        let verified_by = match args.verify {
            Verify::Backend => VerifiedBy::Backend,
            Verify::External => VerifiedBy::Site,
        };
        refuse_contradictions(&args, &secrets)?;
        // What is missing is said at once, so that a first start takes two tries and not one for each.
        let mut missing = Vec::new();
        let upstream = match upstream(&args) {
            Ok(upstream) => Some(upstream),
            Err(error) if error.is_missing() => {
                missing.push(error);
                None
            }
            Err(error) => return Err(error),
        };
        let practice = upstream.as_ref().is_some_and(UpstreamChoice::is_practice);
        let loopback = args.listen.ip().is_loopback();
        let needs_secret = verified_by == VerifiedBy::Backend && !(practice && loopback);
        if needs_secret && secrets.siteverify.is_none() {
            missing.push(SettingsError::new(
                "SORI_SITEVERIFY_SECRET",
                "missing: at least 32 random bytes that the site's server sends to siteverify (for \
                 example: openssl rand -hex 32), or SORI_VERIFY=external",
            ));
        }
        let allowed_origins = allowed_origins(&args)?;
        let says_nothing = args.allowed_origins.is_empty();
        if upstream.is_some() && !practice && !loopback && says_nothing {
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
        let daily_quota = less_margin(daily_quota, args.quota_margin)?;
        let store = store(&args)?;
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
                let local = practice && loopback && verified_by == VerifiedBy::Backend;
                local.then(|| Secret::new(practice::SITEVERIFY_SECRET))
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
            private_only: args.practice_private && args.practice_answer.is_some() && !loopback,
            shutdown_delay: args.shutdown_delay.0,
            shutdown_grace: args.shutdown_grace.0,
            log: Log {
                level: args.log,
                format: args.log_format,
            },
        })
    }
}

fn less_margin(quota: Option<u32>, margin: u32) -> Result<Option<u32>, SettingsError> {
    match quota.map(|quota| quota.checked_sub(margin)) {
        None if margin > 0 => Err(SettingsError::new(
            "SORI_QUOTA_MARGIN",
            "without SORI_DAILY_QUOTA there is nothing to keep a margin of",
        )),
        None => Ok(None),
        Some(Some(left)) if left >= 2 => Ok(Some(left)),
        Some(_) => Err(SettingsError::new(
            "SORI_QUOTA_MARGIN",
            format!("{margin} leaves fewer than the two calls that a challenge takes"),
        )),
    }
}

fn store(args: &ServeArgs) -> Result<StoreChoice, SettingsError> {
    let (name, file) = ("SORI_STORE", args.store_file.as_deref());
    let store = credential::from_value_or_file(name, args.store.as_ref(), file)?;
    let text = match &store {
        None => return Ok(StoreChoice::Memory),
        Some(text) if text.expose() == "memory" => return Ok(StoreChoice::Memory),
        Some(text) => text.expose(),
    };
    let address = text
        .parse()
        .map_err(|form| SettingsError::new(name, form))?;
    if args.state_dir.is_some() {
        return Err(SettingsError::new(
            "SORI_STATE_DIR",
            "with a shared SORI_STORE all is kept there; give one of the two. `sori-backend import` takes the \
             day's count along",
        ));
    }
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
    let prefix = args.store_prefix.clone();
    if !(1..=32).contains(&prefix.len()) || !prefix.bytes().all(plain) {
        return Err(SettingsError::new(
            "SORI_STORE_PREFIX",
            "it must be 1 to 32 of A-Z a-z 0-9 . _ -",
        ));
    }
    Ok(StoreChoice::Shared { address, prefix })
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

/// The listed origins; none for every page whose host is the request's own.
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

fn upstream(args: &ServeArgs) -> Result<UpstreamChoice, SettingsError> {
    let (id, secret) = (&args.client_id, &args.client_secret);
    let id = credential::from_value_or_file(
        "SORI_CLIENT_ID",
        id.as_ref(),
        args.client_id_file.as_deref(),
    )?;
    let secret = credential::from_value_or_file(
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
    for (given, name) in [
        (args.practice_answer.is_some(), "SORI_PRACTICE_ANSWER"),
        (args.practice_private, "SORI_PRACTICE_PRIVATE"),
    ] {
        if given {
            let problem = "refused together with real credentials";
            return Err(SettingsError::new(name, problem));
        }
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
        Some(_) if !loopback && !args.practice_private => {
            return Err(SettingsError::new(
                "SORI_PRACTICE_ANSWER",
                format!(
                    "refused off loopback, and SORI_LISTEN is {}; for tests inside a private network, \
                     SORI_PRACTICE_PRIVATE=true allows it",
                    args.listen
                ),
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
