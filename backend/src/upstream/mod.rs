//! The upstream: three calls over HTTP, each with the client's credentials in two headers.
//!
//! Practice and NAVER go through the same code; only the base URL and the credentials differ. Nothing of a
//! visitor but key and answer is sent.

mod breaker;
mod dialect;
pub mod judge;
mod ncloud;
mod openapi;
mod pace;
mod pass;
mod said;

pub use dialect::{Dialect, Service};
pub use judge::Failure;
pub use pass::Pass;

use crate::{clock::Clock, metrics::Metrics, secret::Secret};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use breaker::Breaker;
use bytes::Bytes;
use core::{fmt, time::Duration};
use pace::Pace;
use reqwest::{Url, redirect};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::{sync::Semaphore, time};

/// Every answer but audio is one line of JSON.
const JSON_MAX_BYTES: usize = 16 << 10;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// A call on a connection that the upstream is about to close may be lost, and its quota with it.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);

/// Where the upstream is, and who we are there.
#[derive(Clone, Debug)]
pub struct Access {
    /// The form it speaks.
    pub dialect: Dialect,
    /// What the dialect's paths are appended to.
    pub base: Url,
    /// Sent in the dialect's first header, and nowhere else.
    pub client_id: Secret,
    /// Sent in the dialect's second header, and nowhere else.
    pub client_secret: Secret,
}

/// How much of the upstream is used.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// The longest one call may take, waiting for its turn included; that may take half of it.
    pub timeout: Duration,
    /// The most calls at once.
    pub concurrency: usize,
}

/// A failure, and its cause for the log: never with a URL, which holds key and answer.
#[derive(Debug)]
pub struct Fault {
    /// What it means for the visitor.
    pub failure: Failure,
    /// How long to leave the upstream alone, where that is known.
    pub wait: Option<Duration>,
    cause: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.cause)
    }
}

impl core::error::Error for Fault {}

/// The upstream's client.
#[derive(Debug)]
pub struct Upstream {
    http: reqwest::Client,
    dialect: Dialect,
    keys: Url,
    audio: Url,
    turns: Semaphore,
    /// The turns that audio may take of these: it is fetched for nothing, and as often as a visitor likes, so it
    /// must not keep others from a key.
    audio_turns: Semaphore,
    timeout: Duration,
    breaker: Mutex<Breaker>,
    pace: Mutex<Pace>,
    /// What no log may show, should the upstream repeat it.
    credentials: [Secret; 2],
    clock: Clock,
    metrics: Arc<Metrics>,
}

/// Why no call is made for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeldBack {
    /// The upstream fails: the breaker is open for so long.
    Failing(Duration),
    /// The upstream was asked too often: nobody asks for so long.
    Throttled(Duration),
}

/// A pause that is waited out: a visitor who waits for a challenge can wait so much longer.
const QUIET: Duration = Duration::from_secs(2);

impl Upstream {
    /// A client for the upstream at `access`.
    ///
    /// # Errors
    /// If the credentials cannot stand in a header, or TLS cannot be set up.
    pub fn new(
        access: &Access,
        bounds: Bounds,
        clock: Clock,
        metrics: Arc<Metrics>,
    ) -> Result<Arc<Self>, Box<dyn core::error::Error + Send + Sync>> {
        // Several parts of one process may ask for it; the first installs it, for all of them.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut headers = HeaderMap::new();
        let names = access.dialect.credential_headers();
        let secrets = [&access.client_id, &access.client_secret];
        for (name, secret) in names.into_iter().zip(secrets) {
            let mut value = HeaderValue::from_str(secret.expose())
                .map_err(|_| "the credentials hold characters that no header can carry")?;
            value.set_sensitive(true);
            headers.insert(HeaderName::from_static(name), value);
        }
        headers.insert(header::ACCEPT, HeaderValue::from_static("*/*"));
        let local = is_loopback(&access.base);
        let mut builder = reqwest::Client::builder()
            .default_headers(headers)
            .user_agent(concat!("sori-backend/", env!("CARGO_PKG_VERSION")))
            // A redirect would carry the secret's header along: reqwest strips only the well-known ones.
            .redirect(redirect::Policy::none())
            .referer(false)
            .https_only(!local)
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(IDLE_TIMEOUT);
        if local {
            builder = builder.no_proxy();
        }
        if access.base.scheme() == "http" {
            // No certificate is needed, and an image may have none.
            builder = builder.tls_certs_only([]);
        }
        Ok(Arc::new(Self {
            http: builder.build()?,
            dialect: access.dialect,
            keys: access.dialect.keys(&access.base),
            audio: access.dialect.audio(&access.base),
            turns: Semaphore::new(bounds.concurrency),
            audio_turns: Semaphore::new((bounds.concurrency / 2).max(1)),
            timeout: bounds.timeout,
            breaker: Mutex::default(),
            pace: Mutex::default(),
            credentials: [access.client_id.clone(), access.client_secret.clone()],
            clock,
            metrics,
        }))
    }

    /// Leave to make one call.
    ///
    /// # Errors
    /// While no call is made: how long to wait.
    pub fn pass(self: &Arc<Self>) -> Result<Pass, HeldBack> {
        let now = self.clock.uptime();
        if let Some(rest) = self
            .pace(|pace| pace.rest(now))
            .filter(|rest| *rest > QUIET)
        {
            return Err(HeldBack::Throttled(rest));
        }
        let permit = self.breaker(|breaker| breaker.admit(now));
        let permit = permit.map_err(HeldBack::Failing)?;
        Ok(Pass {
            upstream: Arc::clone(self),
            permit,
            used: false,
        })
    }

    /// The longest one call may take, with all its waiting.
    #[must_use]
    pub fn longest(&self) -> Duration {
        (self.timeout + QUIET) * 2
    }

    /// Forgets that it was asked too often: an operator says that it may be asked again.
    pub fn start_over(&self) {
        self.pace(|pace| *pace = Pace::default());
    }

    /// Whether the breaker holds calls back.
    #[must_use]
    pub fn is_held_back(&self) -> bool {
        self.breaker(|breaker| breaker.is_open())
    }

    fn breaker<T>(&self, act: impl FnOnce(&mut Breaker) -> T) -> T {
        act(&mut self.breaker.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn pace<T>(&self, act: impl FnOnce(&mut Pace) -> T) -> T {
        act(&mut self.pace.lock().unwrap_or_else(PoisonError::into_inner))
    }

    async fn get(&self, url: Url, most: usize, queue: Queue) -> Result<Answer, Fault> {
        let started = time::Instant::now();
        let deadline = started + self.timeout;
        // Who waits longer for a turn is told so: a call that is sent with too little time left would
        // spend quota on an answer that nobody waits for.
        let turns = async {
            let of_audio = match queue {
                Queue::Audio => Some(self.audio_turns.acquire().await),
                Queue::Keys => None,
            };
            (of_audio, self.turns.acquire().await)
        };
        let Ok(_turns) = time::timeout_at(started + self.timeout / 2, turns).await else {
            return Err(fault(Failure::Busy, "all turns are taken"));
        };
        let call = async {
            let mut response = self.http.get(url).send().await.map_err(fault_of)?;
            let status = response.status().as_u16();
            let asked = response.headers().get(header::RETRY_AFTER);
            let asked = asked.and_then(|value| value.to_str().ok()?.parse().ok());
            let mut body = Vec::new();
            while let Some(chunk) = response.chunk().await.map_err(fault_of)? {
                if body.len() + chunk.len() > most {
                    return Err(fault(Failure::Unavailable, "the answer is too large"));
                }
                body.extend_from_slice(&chunk);
            }
            Ok(Answer {
                status,
                body: body.into(),
                retry_after: asked.map(Duration::from_secs),
            })
        };
        match time::timeout_at(deadline, call).await {
            Ok(result) => result,
            Err(_) => Err(fault(Failure::Unavailable, "no whole answer in time")),
        }
    }
}

/// Whose turns a call takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Queue {
    /// Of all calls: issues and verifications.
    Keys,
    /// Of the part that audio may take.
    Audio,
}

/// What came back.
struct Answer {
    status: u16,
    body: Bytes,
    retry_after: Option<Duration>,
}

/// Whether a URL points to this machine: then it needs no TLS, and no proxy may see it.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost") => true,
        Some(host) => host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback()),
        None => false,
    }
}

fn fault(failure: Failure, cause: impl Into<String>) -> Fault {
    Fault {
        failure,
        wait: None,
        cause: cause.into(),
    }
}

fn fault_of(error: reqwest::Error) -> Fault {
    let failure = if error.is_connect() {
        Failure::NotSent
    } else {
        Failure::Unavailable
    };
    let error = error.without_url();
    let mut cause = error.to_string();
    let mut source = core::error::Error::source(&error);
    while let Some(inner) = source {
        cause.push_str(": ");
        cause.push_str(&inner.to_string());
        source = inner.source();
    }
    fault(failure, cause)
}
