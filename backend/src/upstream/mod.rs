//! The upstream: three calls over HTTP, each with the client's credentials in two headers.
//!
//! Practice and NAVER go through the same code; only the base URL and the credentials differ. Nothing of a
//! visitor but key and answer is sent.

mod breaker;
mod dialect;
pub mod judge;
mod ncloud;
mod openapi;

pub use dialect::{Dialect, Service};
pub use judge::Failure;

use crate::{
    clock::{Clock, Moment},
    metrics::Metrics,
    secret::Secret,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use breaker::Breaker;
use bytes::Bytes;
use core::{fmt, time::Duration};
use reqwest::{Url, redirect};
use sori_wire::protocol::{AUDIO_MAX_BYTES, Key};
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
    timeout: Duration,
    breaker: Mutex<Breaker>,
    clock: Clock,
    metrics: Arc<Metrics>,
}

/// The breaker's leave to make one call.
#[derive(Debug)]
pub struct Pass {
    upstream: Arc<Upstream>,
    used: bool,
}

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
            timeout: bounds.timeout,
            breaker: Mutex::default(),
            clock,
            metrics,
        }))
    }

    /// Leave to make one call.
    ///
    /// # Errors
    /// While the breaker is open: the moment to try again.
    pub fn pass(self: &Arc<Self>) -> Result<Pass, Moment> {
        self.breaker(|breaker| breaker.admit(self.clock.now()))?;
        Ok(Pass {
            upstream: Arc::clone(self),
            used: false,
        })
    }

    /// Whether the breaker holds calls back.
    #[must_use]
    pub fn is_held_back(&self) -> bool {
        self.breaker(|breaker| breaker.is_open())
    }

    fn breaker<T>(&self, act: impl FnOnce(&mut Breaker) -> T) -> T {
        act(&mut self.breaker.lock().unwrap_or_else(PoisonError::into_inner))
    }

    async fn get(&self, url: Url, most: usize) -> Result<(u16, Bytes), Fault> {
        let started = time::Instant::now();
        let deadline = started + self.timeout;
        // Who waits longer for a turn is told so: a call that is sent with too little time left would
        // spend quota on an answer that nobody waits for.
        let turn = time::timeout_at(started + self.timeout / 2, self.turns.acquire());
        let Ok(Ok(_turn)) = turn.await else {
            return Err(fault(Failure::Busy, "all turns are taken"));
        };
        let call = async {
            let mut response = self.http.get(url).send().await.map_err(fault_of)?;
            let status = response.status().as_u16();
            let mut body = Vec::new();
            while let Some(chunk) = response.chunk().await.map_err(fault_of)? {
                if body.len() + chunk.len() > most {
                    return Err(fault(Failure::Unavailable, "the answer is too large"));
                }
                body.extend_from_slice(&chunk);
            }
            Ok((status, body.into()))
        };
        match time::timeout_at(deadline, call).await {
            Ok(result) => result,
            Err(_) => Err(fault(Failure::Unavailable, "no whole answer in time")),
        }
    }
}

impl Pass {
    /// Issues a key: one call of the quota.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn issue(self) -> Result<Key, Fault> {
        let url = with_query(&self.upstream.keys, &[("code", "0")]);
        self.call("issue", url, JSON_MAX_BYTES, |dialect, status, body| {
            judge::key(dialect, status, &body)
        })
        .await
    }

    /// Fetches a key's audio: free.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn audio(self, key: &Key) -> Result<Bytes, Fault> {
        let url = with_query(&self.upstream.audio, &[("key", key.as_str())]);
        self.call("audio", url, AUDIO_MAX_BYTES, |dialect, status, body| {
            judge::audio(dialect, status, &body).map(|()| body)
        })
        .await
    }

    /// Has an answer judged: one call of the quota.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn verify(self, key: &Key, answer: &str) -> Result<bool, Fault> {
        let query = [("code", "1"), ("key", key.as_str()), ("value", answer)];
        let url = with_query(&self.upstream.keys, &query);
        self.call("verify", url, JSON_MAX_BYTES, |dialect, status, body| {
            judge::verdict(dialect, status, &body)
        })
        .await
    }

    async fn call<T>(
        mut self,
        name: &'static str,
        url: Url,
        most: usize,
        judge: impl FnOnce(Dialect, u16, Bytes) -> Result<T, Failure>,
    ) -> Result<T, Fault> {
        let started = time::Instant::now();
        let upstream = Arc::clone(&self.upstream);
        let result = upstream.get(url, most).await.and_then(|(status, body)| {
            judge(upstream.dialect, status, body)
                .map_err(|failure| fault(failure, format!("{name}: status {status}, {failure:?}")))
        });
        self.used = true;
        let now = upstream.clock.now();
        let failure = result.as_ref().err().map(|fault| fault.failure);
        upstream.breaker(|breaker| match failure {
            Some(Failure::NotSent | Failure::Unavailable) => breaker.failed(now),
            Some(Failure::Busy) => breaker.withdrawn(now),
            _ => breaker.succeeded(),
        });
        upstream
            .metrics
            .upstream_call(name, failure, started.elapsed());
        result
    }
}

/// A pass that was not used, or whose call was given up, says nothing about the upstream.
impl Drop for Pass {
    fn drop(&mut self) {
        if !self.used {
            let now = self.upstream.clock.now();
            self.upstream.breaker(|breaker| breaker.withdrawn(now));
        }
    }
}

fn with_query(address: &Url, query: &[(&str, &str)]) -> Url {
    let mut url = address.clone();
    url.query_pairs_mut().extend_pairs(query);
    url
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
    let cause = cause.into();
    Fault { failure, cause }
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
