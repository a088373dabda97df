//! Where a shared store is: `SORI_STORE`.

use crate::secret::Secret;
use core::{fmt, str::FromStr};

/// The address of a Redis or Valkey with its user and password. It is displayed without them.
#[derive(Clone)]
pub struct Address {
    pub(super) kind: Kind,
    shown: String,
}

#[derive(Clone)]
pub(super) enum Kind {
    /// One server, or a name that always points to the server that accepts writes.
    Single { url: Secret },
    /// Sentinels, which know the server that accepts writes.
    Sentinel {
        sentinels: Vec<(String, u16)>,
        master: String,
        tls: bool,
        user: Option<String>,
        password: Option<Secret>,
        database: i64,
    },
    /// A cluster. All of Sori's data is in one hash slot.
    Cluster { urls: Vec<Secret> },
}

const FORMS: &str = "it is `memory`, redis://USER:PASSWORD@HOST:PORT/DATABASE (only HOST is needed), the same with rediss:// for TLS, \
     redis+sentinel://[USER:PASSWORD@]HOST[:PORT],…/MASTER[/DATABASE], or redis+cluster://[USER:PASSWORD@]HOST[:PORT],…";

/// The part between `://` and the first slash, and the part after it.
struct Parts<'a> {
    credentials: Option<&'a str>,
    hosts: Vec<(String, u16)>,
    path: Vec<&'a str>,
}

fn parts(rest: &str, port: u16) -> Option<Parts<'_>> {
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (credentials, hosts) = match authority.rsplit_once('@') {
        Some((credentials, hosts)) => (Some(credentials), hosts),
        None => (None, authority),
    };
    let hosts = hosts.split(',').map(|host| host_and_port(host, port));
    Some(Parts {
        credentials,
        hosts: hosts.collect::<Option<_>>()?,
        path: path.split('/').filter(|part| !part.is_empty()).collect(),
    })
}

fn host_and_port(text: &str, port: u16) -> Option<(String, u16)> {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port.parse().ok()?),
        _ => (text, port),
    };
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._:[]%".contains(&b);
    (!host.is_empty() && host.bytes().all(plain)).then(|| (host.to_owned(), port))
}

/// Percent-decoded, as in any URL.
fn decoded(text: &str) -> Option<String> {
    let decoded = percent_encoding::percent_decode_str(text);
    decoded.decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

impl FromStr for Address {
    /// The error never contains the text that was parsed, because that may contain a password.
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (scheme, rest) = text.trim().split_once("://").ok_or(FORMS)?;
        let (name, form) = scheme.split_once('+').unwrap_or((scheme, ""));
        let tls = match name {
            "redis" | "valkey" => false,
            "rediss" | "valkeys" => true,
            _ => return Err(FORMS),
        };
        let port = if form == "sentinel" { 26379 } else { 6379 };
        let Parts {
            credentials,
            hosts,
            path,
        } = parts(rest, port).ok_or(FORMS)?;
        let name = if tls { "rediss" } else { "redis" };
        let listed: Vec<_> = hosts
            .iter()
            .map(|(host, port)| format!("{host}:{port}"))
            .collect();
        let shown = format!("{name}://{}", listed.join(","));
        let (user, password) = match credentials.map(|c| c.split_once(':')) {
            None => (None, None),
            Some(None) => return Err("before the @ it needs USER:PASSWORD, or :PASSWORD"),
            Some(Some((user, password))) => (
                Some(decoded(user).ok_or(FORMS)?).filter(|user| !user.is_empty()),
                Some(Secret::new(decoded(password).ok_or(FORMS)?)),
            ),
        };
        let database = |part: Option<&&str>| match part {
            None => Ok(0),
            Some(part) => part
                .parse()
                .map_err(|_| "the database is a number, such as 0"),
        };
        let login = credentials.map_or_else(String::new, |c| format!("{c}@"));
        let kind = match form {
            "" if hosts.len() == 1 && path.len() <= 1 => Kind::Single {
                url: Secret::new(format!(
                    "{name}://{login}{}/{}",
                    listed[0],
                    database(path.first())?
                )),
            },
            "sentinel" if (1..=2).contains(&path.len()) => Kind::Sentinel {
                sentinels: hosts,
                master: path[0].to_owned(),
                tls,
                user,
                password,
                database: database(path.get(1))?,
            },
            "cluster" if path.is_empty() => Kind::Cluster {
                urls: listed
                    .iter()
                    .map(|host| Secret::new(format!("{name}://{login}{host}")))
                    .collect(),
            },
            _ => return Err(FORMS),
        };
        Ok(Self { kind, shown })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn user_and_password_are_shown_nowhere() {
        for text in [
            "redis://sori:hush-hush@cache.example:6380/2",
            "rediss://:hush-hush@cache.example",
            "redis+sentinel://sori:hush-hush@a,b:26380/main/1",
            "rediss+cluster://sori:hush-hush@a,b",
        ] {
            let address: Address = text.parse().unwrap();
            for shown in [format!("{address}"), format!("{address:?}")] {
                assert!(
                    !shown.contains("hush") && !shown.contains("sori:"),
                    "{shown}"
                );
            }
        }
        assert!(
            !"redis:/hush-hush"
                .parse::<Address>()
                .unwrap_err()
                .contains("hush")
        );
    }

    #[test]
    fn each_form_is_read() {
        let address: Address = "valkeys://a.example".parse().unwrap();
        let Kind::Single { url } = address.kind else {
            panic!()
        };
        assert_eq!(url.expose(), "rediss://a.example:6379/0");
        let address: Address = "redis+sentinel://u:p%40@a,[::1]:7/main/3".parse().unwrap();
        let Kind::Sentinel {
            sentinels,
            master,
            password,
            database,
            ..
        } = address.kind
        else {
            panic!()
        };
        assert_eq!(sentinels, [("a".into(), 26379), ("[::1]".into(), 7)]);
        assert_eq!((master.as_str(), database), ("main", 3));
        assert_eq!(password.unwrap().expose(), "p@");
        for bad in [
            "",
            "memory",
            "redis:",
            "http://a",
            "redis://",
            "redis://a,b",
            "redis://a/x",
            "redis://user@a",
            "redis+sentinel://a",
            "redis+cluster://a/1",
            "redis://a:99999",
        ] {
            assert!(bad.parse::<Address>().is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC*") {
            let _ = text.parse::<Address>();
            let _ = format!("redis://{text}").parse::<Address>();
        }
    }
}
