//! Environment variables that look like settings.

use super::{SettingsError, args::ServeArgs};
use clap::{Args as _, Command};
use std::ffi::OsString;
use strsim::levenshtein;

/// Refuses environment variables that look like a setting and are not: otherwise a misspelt limit would be no limit.
/// Variables that Kubernetes makes from the name of a service, such as `SORI_BACKEND_SERVICE_HOST`, are allowed.
///
/// # Errors
/// Names the first one, and the setting that was perhaps meant.
pub fn refuse_unknown(
    variables: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<(), SettingsError> {
    let known = setting_names();
    for (name, value) in variables {
        let (name, value) = (name.to_string_lossy(), value.to_string_lossy());
        let own = name.starts_with("SORI_");
        if !own || known.iter().any(|known| *known == name) || is_service(&name, &value) {
            continue;
        }
        let near = known.iter().min_by_key(|known| levenshtein(known, &name));
        let near = near.filter(|known| levenshtein(known, &name) <= typos(&name));
        let hint = match near {
            _ if ADDRESS.iter().any(|end| name.ends_with(end)) => {
                let admin = if name.contains("ADMIN") { "ADMIN_" } else { "" };
                format!("the address and port to listen at are SORI_{admin}LISTEN")
            }
            Some(near) => format!("was {near} meant?"),
            None => "`sori-backend serve --help` lists them all".to_owned(),
        };
        return Err(SettingsError::new(
            &name,
            format!("no such setting; {hint}"),
        ));
    }
    Ok(())
}

/// How other programs name the address that they listen at.
const ADDRESS: [&str; 4] = ["_PORT", "_HOST", "_ADDR", "_BIND"];

/// How many letters may be wrong. In a short name, few wrong letters make another word: `SORI_URL` is not `SORI_LOG`.
fn typos(name: &str) -> usize {
    let letters = name.len() - "SORI_".len();
    (letters / 3).clamp(1, 3)
}

/// Every environment variable of `serve`.
#[must_use]
pub fn setting_names() -> Vec<String> {
    ServeArgs::augment_args(Command::new("sori-backend"))
        .get_arguments()
        .filter_map(|argument| argument.get_env()?.to_str().map(str::to_owned))
        .collect()
}

/// Whether Kubernetes makes this variable for a service whose name begins with `sori`
/// (https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables).
fn is_service(name: &str, value: &str) -> bool {
    let word = |text: &str| {
        let plain = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
        !text.is_empty() && text.bytes().all(plain)
    };
    if name.ends_with("_SERVICE_HOST") || name.ends_with("_SERVICE_PORT") {
        return true;
    }
    if name
        .split_once("_SERVICE_PORT_")
        .is_some_and(|(_, port)| word(port))
    {
        return true;
    }
    // With only a number it is more likely a guess at the name of a setting.
    if name.ends_with("_PORT") && value.contains("://") {
        return true;
    }
    name.split_once("_PORT_").is_some_and(|(_, rest)| {
        let mut parts = rest.split('_');
        let port = parts.next().unwrap_or_default();
        !port.is_empty()
            && port.bytes().all(|b| b.is_ascii_digit())
            && matches!(parts.next(), Some("TCP" | "UDP" | "SCTP"))
            && matches!(parts.next(), None | Some("PROTO" | "PORT" | "ADDR"))
            && parts.next().is_none()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(name: &str, value: &str) -> Option<String> {
        let variable = (OsString::from(name), OsString::from(value));
        refuse_unknown([variable])
            .err()
            .map(|error| error.to_string())
    }

    #[test]
    fn variables_of_kubernetes_are_no_settings() {
        for (name, value) in [
            ("SORI_SERVICE_HOST", "10.96.0.12"),
            ("SORI_SERVICE_PORT", "8040"),
            ("SORI_SERVICE_PORT_HTTP", "8040"),
            ("SORI_SERVICE_PORT_HTTP_ADMIN", "9040"),
            ("SORI_PORT", "tcp://10.96.0.12:8040"),
            ("SORI_PORT_8040_TCP", "tcp://10.96.0.12:8040"),
            ("SORI_PORT_8040_TCP_PROTO", "tcp"),
            ("SORI_PORT_8040_TCP_PORT", "8040"),
            ("SORI_PORT_8040_TCP_ADDR", "10.96.0.12"),
            ("SORI_PORT_53_UDP", "udp://10.96.0.12:53"),
            ("SORI_BACKEND_SERVICE_HOST", "10.96.0.12"),
            ("SORI_BACKEND_PORT", "tcp://10.96.0.12:8040"),
            ("SORI_BACKEND_2_PORT_132_SCTP_ADDR", "fd00::1"),
            // A service may have the same name as a setting.
            ("SORI_LISTEN_SERVICE_HOST", "10.96.0.12"),
        ] {
            assert_eq!(refused(name, value), None, "{name}={value}");
        }
    }

    #[test]
    fn a_guess_at_a_settings_name_is_refused() {
        for (name, value, hint) in [
            ("SORI_PORT", "8040", "SORI_LISTEN"),
            ("SORI_LISTEN_PORT", "8040", "SORI_LISTEN"),
            ("SORI_PORT_HTTP", "8040", "--help"),
            ("SORI_PORT_8040_TCP_RATE", "1", "--help"),
            ("SORI_HOST", "0.0.0.0", "SORI_LISTEN"),
            ("SORI_ADDR", "0.0.0.0", "SORI_LISTEN"),
            ("SORI_BIND", "0.0.0.0:8040", "SORI_LISTEN"),
            ("SORI_ADMIN_PORT", "9040", "SORI_ADMIN_LISTEN"),
            ("SORI_LOK", "info", "SORI_LOG"),
            ("SORI_URL", "https://a.example", "--help"),
            ("SORI_ENV", "production", "--help"),
            ("SORI_DAYLY_QUOTA", "10", "SORI_DAILY_QUOTA"),
            ("SORI_TRUSTED_PROXYS", "10.0.0.1", "SORI_TRUSTED_PROXIES"),
            ("SORI_SITE_VERIFY_SECRET", "x", "SORI_SITEVERIFY_SECRET"),
        ] {
            let said = refused(name, value).expect(name);
            assert!(said.contains(name) && said.contains(hint), "{said}");
        }
    }
}
