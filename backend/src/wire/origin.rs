//! Which pages may use the backend, and what the log says if a page may not.

use super::{App, problem::Problem};
use crate::settings::{Origin, host_of};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts},
};
use sori_wire::error::ErrorCode;
use std::sync::{Arc, Mutex, PoisonError};

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// How many different refusals the log explains. Visitors can cause any number of them.
const EXPLAINED: usize = 16;

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
}

/// Why a page may not use the backend.
#[derive(Debug)]
enum Refusal {
    /// `Host` is missing, occurs twice or is not a host.
    Host,
    /// No `Origin`.
    Absent,
    /// An opaque origin (`null`), or a text that is not an origin.
    Opaque,
    /// An origin that is not allowed.
    Stranger { origin: Origin, host: String },
}

impl Origins {
    pub(crate) fn new(allowed: Vec<Origin>, allow_none: bool) -> Self {
        Self {
            allowed,
            allow_none,
            explained: Mutex::default(),
        }
    }

    /// Whether pages of `origin` may read the replies (CORS).
    pub(super) fn may_read(&self, origin: &HeaderValue, headers: &HeaderMap) -> bool {
        let host = only(headers, &header::HOST);
        parsed(origin).is_some_and(|origin| self.is_allowed(&origin, host.unwrap_or_default()))
    }

    fn page(&self, headers: &HeaderMap) -> Result<Box<str>, Refusal> {
        let host = only(headers, &header::HOST).unwrap_or_default();
        let own = host_of(host).ok_or(Refusal::Host)?;
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
                let origin = parsed(origin).ok_or(Refusal::Opaque)?;
                if self.is_allowed(&origin, host) {
                    Ok(origin.host().into())
                } else {
                    let host = host.to_owned();
                    Err(Refusal::Stranger { origin, host })
                }
            }
            _ => Err(Refusal::Opaque),
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

    /// Logs what was refused and what to change, once for each pair of values.
    fn explain(&self, refusal: &Refusal) {
        let Refusal::Stranger { origin, host } = refusal else {
            return;
        };
        let pair = (origin.to_string(), host.clone());
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
        } else if Some(origin.host()) == host_of(host).map(str::to_ascii_lowercase).as_deref() {
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

impl Refusal {
    fn problem(&self) -> Problem {
        let refused = |detail| Problem::new(ErrorCode::OriginNotAllowed, detail);
        match self {
            Self::Host => Problem::new(
                ErrorCode::BadRequest,
                "The request needs one Host, which is a host's name or address.",
            ),
            Self::Absent => refused("The request needs an Origin."),
            Self::Opaque => refused("The request needs one Origin that names the page's site."),
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
