//! Which pages may use the backend, and what the log says if a page may not.

use super::{App, problem::Problem, warnings::first};
use crate::settings::{Origin, canonical_host, host_of};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts},
};
use sori_wire::error::ErrorCode;
use std::sync::{Arc, Mutex, PoisonError, atomic::AtomicBool};

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// How many different refusals the log explains. Visitors can cause any number of them.
const EXPLAINED: usize = 16;
const SHOWN_CHARS: usize = 100;

/// The host of the page that sent the request, after its origin was allowed.
#[derive(Debug)]
pub(super) struct Page {
    /// The host, for siteverify's `hostname`.
    pub host: Box<str>,
}

impl FromRequestParts<Arc<App>> for Page {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        app.origins
            .page(&parts.headers)
            .map(|host| Self { host })
            .map_err(|refusal| {
                app.origins.explain(&refusal);
                refusal.problem()
            })
    }
}

/// Which origins are allowed.
#[derive(Debug)]
pub(crate) struct Origins {
    /// If empty, pages whose host is that of the request.
    allowed: Vec<Origin>,
    allow_none: bool,
    explained: Mutex<Vec<(String, String)>>,
    absent: AtomicBool,
    opaque: AtomicBool,
    unreadable: AtomicBool,
}

/// Why a page may not use the backend.
#[derive(Debug)]
enum Refusal {
    /// `Host` is missing, occurs twice or is not a host.
    Host,
    /// No `Origin`.
    Absent,
    /// An opaque origin: `null`.
    Opaque,
    /// More than one `Origin`, or a text that is not an origin.
    Unreadable(String),
    /// An origin that is not allowed.
    Stranger { origin: Origin, host: String },
}

impl Origins {
    pub(crate) fn new(allowed: Vec<Origin>, allow_none: bool) -> Self {
        Self {
            allowed,
            allow_none,
            explained: Mutex::default(),
            absent: AtomicBool::default(),
            opaque: AtomicBool::default(),
            unreadable: AtomicBool::default(),
        }
    }

    /// Whether pages of `origin` may read the replies (CORS).
    pub(super) fn may_read(&self, origin: &HeaderValue, headers: &HeaderMap) -> bool {
        let host = only(headers, &header::HOST);
        parsed(origin).is_some_and(|origin| self.is_allowed(&origin, host.unwrap_or_default()))
    }

    fn page(&self, headers: &HeaderMap) -> Result<Box<str>, Refusal> {
        let host = only(headers, &header::HOST).unwrap_or_default();
        let own = canonical_host(host_of(host).ok_or(Refusal::Host)?);
        let origins: Vec<_> = headers.get_all(header::ORIGIN).iter().collect();
        match origins[..] {
            [] if self.allow_none => Ok(own.into()),
            [] => Err(Refusal::Absent),
            // Some browsers send `Origin: null` for a page without referrers, but also say that the page has the
            // server's own origin. A page cannot set either header.
            [origin] if origin == "null" => {
                let same = only(headers, &FETCH_SITE) == Some("same-origin");
                if same && self.is_own(host) {
                    Ok(own.into())
                } else {
                    Err(Refusal::Opaque)
                }
            }
            [origin] => {
                let unreadable = || Refusal::Unreadable(shown(origin));
                let origin = parsed(origin).ok_or_else(unreadable)?;
                if self.is_allowed(&origin, host) {
                    Ok(origin.host().into())
                } else {
                    let host = host.to_owned();
                    Err(Refusal::Stranger { origin, host })
                }
            }
            _ => Err(Refusal::Unreadable("several".into())),
        }
    }

    fn is_allowed(&self, origin: &Origin, host: &str) -> bool {
        if self.allowed.is_empty() {
            origin.is_host(host)
        } else {
            self.allowed.contains(origin)
        }
    }

    /// Whether a page on `host` itself would be allowed.
    fn is_own(&self, host: &str) -> bool {
        self.allowed.is_empty() || self.allowed.iter().any(|origin| origin.is_host(host))
    }

    /// Logs what was refused and what to change, once for each pair of values and once for each other kind.
    fn explain(&self, refusal: &Refusal) {
        match refusal {
            Refusal::Absent if first(&self.absent) => {
                tracing::warn!(
                    "a request without Origin was refused; browsers send one, so a proxy or CDN drops it (have it \
                     pass Origin on), or the client is an app without pages: SORI_ALLOW_NO_ORIGIN lets such in \
                     (help: troubleshooting#origin_not_allowed)"
                );
            }
            Refusal::Opaque if first(&self.opaque) => {
                tracing::warn!(
                    origin = "null",
                    "a page without an origin of its own was refused: it has Referrer-Policy: no-referrer, or it \
                     is in a sandboxed frame (add allow-same-origin), or it is a file (help: \
                     troubleshooting#origin_not_allowed)"
                );
            }
            Refusal::Unreadable(origin) if first(&self.unreadable) => {
                tracing::warn!(
                    origin,
                    "a page was refused because its Origin names no host; an app's pages need an origin such as \
                     https://localhost or capacitor://localhost, which SORI_ALLOWED_ORIGINS can name (help: \
                     troubleshooting#origin_not_allowed)"
                );
            }
            Refusal::Stranger { origin, host } => self.explain_stranger(origin, host),
            Refusal::Host | Refusal::Absent | Refusal::Opaque | Refusal::Unreadable(_) => {}
        }
    }

    fn explain_stranger(&self, origin: &Origin, host: &str) {
        let pair = (origin.to_string(), host.to_owned());
        let mut explained = self
            .explained
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if explained.len() >= EXPLAINED || explained.contains(&pair) {
            return;
        }
        explained.push(pair);
        drop(explained);
        if !self.allowed.is_empty() {
            tracing::warn!(
                %origin, host,
                "a page of an origin that is not in SORI_ALLOWED_ORIGINS was refused; if it is the site's, \
                 add it there (help: troubleshooting#origin_not_allowed)"
            );
        } else if !origin.is_web() {
            tracing::warn!(
                %origin, host,
                "an app's page was refused; if the app is yours, name its origin and those of the site's pages \
                 in SORI_ALLOWED_ORIGINS, separated by commas (help: troubleshooting#origin_not_allowed)"
            );
        } else if Some(origin.host()) == host_of(host).map(canonical_host).as_deref() {
            tracing::warn!(
                %origin, host,
                "a page was refused because its origin and the request's Host differ in the port; have the \
                 proxy pass Host on with its port (nginx: proxy_set_header Host $http_host;), or set \
                 SORI_ALLOWED_ORIGINS={origin} (help: troubleshooting#origin_not_allowed)"
            );
        } else {
            tracing::warn!(
                %origin, host,
                "a page of another host than the request's was refused; if it is the site's, have the proxy \
                 pass Host on (nginx: proxy_set_header Host $http_host;), or set \
                 SORI_ALLOWED_ORIGINS={origin} (help: troubleshooting#origin_not_allowed)"
            );
        }
    }
}

/// A text from a visitor, short enough for the log.
fn shown(origin: &HeaderValue) -> String {
    let text = origin.to_str().unwrap_or("(not ASCII)");
    text.chars().take(SHOWN_CHARS).collect()
}

impl Refusal {
    fn problem(&self) -> Problem {
        let refused = |detail| Problem::new(ErrorCode::OriginNotAllowed, detail);
        match self {
            Self::Host => Problem::new(
                ErrorCode::BadRequest,
                "The request needs one Host, which is a host's name or address.",
            ),
            Self::Absent => refused("The request needs an Origin."),
            Self::Opaque | Self::Unreadable(_) => {
                refused("The request needs one Origin that names the page's site.")
            }
            Self::Stranger { .. } => refused(
                "Pages of this origin may not use this backend. Its log names the origin and the cure.",
            ),
        }
    }
}

fn parsed(origin: &HeaderValue) -> Option<Origin> {
    origin.to_str().ok()?.parse().ok()
}

/// A header's value, if it is there once and is text.
pub(super) fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().filter(|_| values.next().is_none())?;
    value.to_str().ok()
}
