//! Which service issues keys and checks answers.

use super::practice;
use crate::{
    secret::Secret,
    settings::{
        Naver, SettingsError, UpstreamChoice,
        args::{ServeArgs, UpstreamName},
        credential,
    },
    upstream::{Dialect, Service, is_loopback},
};
use reqwest::Url;

pub(super) fn upstream(args: &ServeArgs) -> Result<UpstreamChoice, SettingsError> {
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
    let id_from = credential::source("SORI_CLIENT_ID", args.client_id.as_ref());
    let secret_from = credential::source("SORI_CLIENT_SECRET", args.client_secret.as_ref());
    let loopback = args.listen.ip().is_loopback();
    match (args.upstream, id, secret) {
        (_, Some(_), None) => Err(half("SORI_CLIENT_SECRET", &id_from)),
        (_, None, Some(_)) => Err(half("SORI_CLIENT_ID", &secret_from)),
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
        (_, None, None) => practice::upstream(args, loopback),
    }
}

fn half(missing: &str, given: &str) -> SettingsError {
    let problem = format!("missing: {given} is given, and only the pair is of use");
    SettingsError::new(missing, problem)
}

/// The NAVER service that the credentials belong to.
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
    practice::refuse_beside_credentials(args)?;
    for (name, value, secret) in [
        ("SORI_CLIENT_ID", &args.client_id, &id),
        ("SORI_CLIENT_SECRET", &args.client_secret, &secret),
    ] {
        if !secret.expose().bytes().all(|b| b.is_ascii_graphic()) {
            return Err(SettingsError::new(
                &credential::source(name, value.as_ref()),
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
