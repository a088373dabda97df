//! The upstream: three calls over HTTP, each with the client's credentials in two headers.
//!
//! Practice and NAVER use the same code; only the base URL and the credentials differ. Of the visitor's data, only
//! key and answer are sent.

mod breaker;
mod dialect;
pub mod judge;
mod ncloud;
mod openapi;
mod pace;
mod pass;
mod retry_after;
mod said;
mod unreadable;

pub use dialect::{Dialect, Service};
pub use judge::Failure;
pub use pass::Pass;

use crate::{causes::with_causes, clock::Clock, metrics::Metrics, secret::Secret};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use breaker::Breaker;
use bytes::Bytes;
use core::{fmt, time::Duration};
use pace::Pace;
use reqwest::{Url, redirect};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::{sync::Semaphore, time};

/// Every reply except audio is one line of JSON.
const JSON_MAX_BYTES: usize = 16 << 10;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// If the upstream closes an idle connection just when a call is sent on it, the call is lost but may be counted. So
/// connections are closed after this time.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);

/// The URL of the upstream, and the credentials for it.
#[derive(Clone, Debug)]
pub struct Access {
    /// Which of NAVER's two APIs it has.
    pub dialect: Dialect,
    /// The URL that the paths of the API are appended to.
    pub base: Url,
    /// Sent in the dialect's first header, and nowhere else.
    pub client_id: Secret,
    /// Sent in the dialect's second header, and nowhere else.
    pub client_secret: Secret,
}

/// The limits for the use of the upstream.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// The longest time for one call. Up to half of it may be spent waiting until fewer other calls are under way.
    pub timeout: Duration,
    /// The highest number of calls at the same time.
    pub concurrency: usize,
}

/// A failure and its cause for the log. The cause never contains a URL, because URLs contain key and answer.
#[derive(Debug)]
pub struct Fault {
    /// What it means for the visitor.
    pub failure: Failure,
    /// How long to make no call, if that is known.
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
    /// How many of the calls at a time may be for audio. Audio costs no quota and a visitor can request it often, so
    /// it must not keep others from getting a key.
    audio_turns: Semaphore,
    timeout: Duration,
    breaker: Mutex<Breaker>,
    pace: Mutex<Pace>,
    /// Texts that must not appear in a log, even if the upstream repeats them.
    credentials: [Secret; 2],
    clock: Clock,
    metrics: Arc<Metrics>,
}

/// Why no call is made for some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeldBack {
    /// The upstream fails: the breaker is open for this time.
    Failing(Duration),
    /// The upstream got too many calls: no call is made for this time.
    Throttled(Duration),
}

/// A pause this short is waited out: a visitor who waits for a challenge can wait this much longer.
const QUIET: Duration = Duration::from_secs(2);

impl Upstream {
    /// A client for the upstream at `access`.
    ///
    /// # Errors
    /// If the credentials cannot be sent in a header, or TLS cannot be set up.
    pub fn new(
        access: &Access,
        bounds: Bounds,
        clock: Clock,
        metrics: Arc<Metrics>,
    ) -> Result<Arc<Self>, Box<dyn core::error::Error + Send + Sync>> {
        // Several parts of a process may need it. The first one installs it for all.
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
            // A redirect would send the header with the secret to another host: reqwest removes only well-known
            // headers.
            .redirect(redirect::Policy::none())
            .referer(false)
            .https_only(!local)
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(IDLE_TIMEOUT);
        if local {
            builder = builder.no_proxy();
        }
        if access.base.scheme() == "http" {
            // Plain HTTP needs no certificates, and a container image may have none.
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

    /// The permission to make one call.
    ///
    /// # Errors
    /// How long to wait, if no call is made now.
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

    /// The longest time for one call, with all waits.
    #[must_use]
    pub fn longest(&self) -> Duration {
        (self.timeout + QUIET) * 2
    }

    /// Forgets that there were too many calls, because an operator allows calls again.
    pub fn start_over(&self) {
        self.pace(|pace| *pace = Pace::default());
    }

    /// Whether the breaker refuses calls.
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
        // A call that has waited longer fails here. If it were sent with too little time left, it would use quota for
        // a reply that nobody waits for.
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
            let headers = core::mem::take(response.headers_mut());
            let mut body = Vec::new();
            while let Some(chunk) = response.chunk().await.map_err(fault_of)? {
                if body.len() + chunk.len() > most {
                    return Err(fault(Failure::Unavailable, "the answer is too large"));
                }
                body.extend_from_slice(&chunk);
            }
            Ok(Answer {
                status,
                headers,
                body: body.into(),
            })
        };
        match time::timeout_at(deadline, call).await {
            Ok(result) => result,
            Err(_) => Err(fault(Failure::Unavailable, "no whole answer in time")),
        }
    }
}

/// Which limit of calls at the same time applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Queue {
    /// The limit of all calls: issuing and verifying.
    Keys,
    /// The smaller limit of audio.
    Audio,
}

/// What came back.
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Bytes,
}

/// Whether a URL points to this machine. It then needs no TLS, and no proxy may be used for it.
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
    fault(failure, with_causes(&error.without_url()))
}
