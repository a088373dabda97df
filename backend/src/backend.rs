//! A running backend: its state, its tasks, and in practice mode its upstream.

mod access;
#[cfg(feature = "cli")]
mod import;

use crate::{
    book::{KEYS_MOST, Policy, VerifiedBy},
    clock::Clock,
    journal::{JournalError, Place},
    limit::{Limits, Rate, Rates},
    metrics::{Metrics, Standing},
    quota,
    secret::Secret,
    settings::{HourlyShare, Settings, StoreChoice},
    store::{
        Memory, Redis, Status, Store, Unavailable,
        redis::{self, StoreError},
    },
    upstream::{Access, Bounds, Upstream},
    wire::{self, App, AudioMemory, Fetches, Origins, Secrets, Warnings},
};
use access::{Practice, access, binding};
use axum::{Router, routing::get};
use core::time::Duration;
use std::sync::{Arc, PoisonError, RwLock, atomic::AtomicBool, atomic::Ordering};
use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;

#[cfg(feature = "cli")]
pub use import::import;

/// Why a backend cannot start; the cause is its source.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The practice upstream cannot be served on loopback.
    #[cfg(feature = "practice")]
    #[error("the practice upstream cannot be started")]
    Practice(#[source] std::io::Error),
    /// The client of the upstream cannot be made.
    #[error("the upstream's client cannot be made")]
    Upstream(#[source] Box<dyn core::error::Error + Send + Sync>),
    /// The journal in `SORI_STATE_DIR` cannot be used.
    #[error("SORI_STATE_DIR cannot be used")]
    Journal(#[source] JournalError),
    /// The shared store in `SORI_STORE` cannot be used.
    #[error("SORI_STORE cannot be used")]
    Store(#[source] StoreError),
}

/// A running backend. Its tasks end when it is dropped.
#[derive(Debug)]
pub struct Backend {
    pub(crate) app: Arc<App>,
    siteverify_secret: Option<Secret>,
    upkeep: JoinHandle<()>,
    memory: Option<Memory>,
    _practice: Option<Practice>,
}

/// Starts a backend; [`Backend::router`] is then to be served.
///
/// # Errors
/// See [`StartError`].
pub async fn start(settings: Settings) -> Result<Backend, StartError> {
    start_at(settings, Clock::system()).await
}

/// Starts a backend that takes the time from `clock`, for tests that cannot wait for midnight.
///
/// # Errors
/// See [`StartError`].
pub async fn start_at(settings: Settings, clock: Clock) -> Result<Backend, StartError> {
    for risk in settings.risks() {
        tracing::warn!("{risk}");
    }
    let metrics = Arc::new(Metrics::new(settings.upstream.name()));
    let (access, running) = access(&settings.upstream, &clock).await?;
    let bounds = Bounds {
        timeout: settings.upstream_timeout,
        concurrency: settings.upstream_concurrency,
    };
    let upstream = Upstream::new(&access, bounds, clock.clone(), Arc::clone(&metrics))
        .map_err(StartError::Upstream)?;
    let (store, memory) = open_store(&settings, &access, clock.clone()).await?;
    let practice = settings.upstream.is_practice();
    let secret = settings.siteverify_secret.clone();
    let makes_one_up = practice && settings.verified_by == VerifiedBy::Backend;
    let secret = secret.or_else(|| makes_one_up.then(Secret::random));
    let secrets = Secrets {
        site: both(&secret, &settings.siteverify_secret_previous),
        ticket: both(&settings.ticket_secret, &settings.ticket_secret_previous),
    };
    let app = Arc::new(App {
        upstream,
        is_practice: practice,
        store,
        calls: TaskTracker::new(),
        metrics,
        clock,
        verified_by: settings.verified_by,
        key_ttl: settings.key_ttl,
        origins: Origins::new(settings.allowed_origins, settings.allow_no_origin),
        trusted_proxies: settings.trusted_proxies,
        ticket_ttl: settings.ticket_ttl,
        siteverify_at: settings.siteverify_at,
        secrets: RwLock::new(Arc::new(secrets)),
        audio: AudioMemory::default(),
        fetches: Fetches::default(),
        warnings: Warnings::default(),
        stopping: AtomicBool::new(false),
    });
    let upkeep = tokio::spawn(maintain(Arc::clone(&app)));
    Ok(Backend {
        app,
        siteverify_secret: secret,
        upkeep,
        memory,
        _practice: running,
    })
}

impl Backend {
    /// The backend's routes (keys, audio, verifications, siteverify). Nest them at the path in the widget's
    /// `endpoint`. The server must pass on the clients' addresses:
    /// `into_make_service_with_connect_info::<SocketAddr>()`.
    pub fn router(&self) -> Router {
        wire::routes(&self.app)
    }

    /// What `sori-backend serve` serves: those routes under `/captcha`, and [`health`](Self::health).
    pub fn app(&self) -> Router {
        wire::whole(&self.app)
    }

    /// `/healthz` and `/readyz`, for a site to merge into its own routes.
    pub fn health(&self) -> Router {
        wire::health(&self.app)
    }

    /// `/metrics`, `/healthz` and `/readyz`, and also siteverify if visitors' addresses do not serve it. Serve this
    /// at an address that no visitor can reach.
    pub fn admin(&self) -> Router {
        let app = Arc::clone(&self.app);
        let text = move || {
            let app = Arc::clone(&app);
            async move {
                let text = app.metrics.text(&Standing {
                    store: app.store.status().await.ok(),
                    held_back: app.upstream.is_held_back(),
                    audio_bytes: app.audio.held(),
                });
                let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
                (
                    [("content-type", kind), ("cache-control", "no-store")],
                    text,
                )
            }
        };
        Router::new()
            .route("/metrics", get(text))
            .merge(wire::health(&self.app))
            .merge(wire::siteverify_apart(&self.app))
            .merge(quota::routes(&self.app))
    }

    /// Replaces the secrets of siteverify and of tickets by those in `settings`, which were read again. Nothing else
    /// changes.
    pub fn take_secrets(&self, settings: &Settings) {
        let secret = settings.siteverify_secret.clone();
        let secret = secret.or_else(|| self.siteverify_secret.clone());
        let secrets = Secrets {
            site: both(&secret, &settings.siteverify_secret_previous),
            ticket: both(&settings.ticket_secret, &settings.ticket_secret_previous),
        };
        let kept = self.app.secrets.write();
        *kept.unwrap_or_else(PoisonError::into_inner) = Arc::new(secrets);
    }

    /// The secret that the site's server sends to siteverify. In practice mode without a setting it is a built-in one.
    /// `None` if the site asks NAVER itself.
    #[must_use]
    pub fn siteverify_secret(&self) -> Option<&Secret> {
        self.siteverify_secret.as_ref()
    }

    /// How much of today's quota is used, and how many keys and tokens are remembered.
    ///
    /// # Errors
    /// If the store cannot be reached.
    pub async fn status(&self) -> Result<Status, Unavailable> {
        self.app.store.status().await
    }

    /// Waits until the calls to the upstream have ended whose requests are already gone, but not longer than
    /// `longest`. Returns whether all have ended. Call it when no new requests arrive any more.
    pub async fn finish_calls(&self, longest: Duration) -> bool {
        self.app.calls.close();
        let ended = tokio::time::timeout(longest, self.app.calls.wait()).await;
        ended.is_ok()
    }

    /// The counters and gauges of `/metrics`.
    #[must_use]
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.app.metrics
    }

    /// Makes `/readyz` return 503 from now on, so that load balancers send no new visitors.
    pub fn announce_stop(&self) {
        self.app.stopping.store(true, Ordering::Relaxed);
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        self.upkeep.abort();
        if let Some(memory) = &self.memory {
            memory.upkeep();
        }
    }
}

fn policy(settings: &Settings) -> Policy {
    Policy {
        quota: settings.daily_quota,
        reserve: settings.key_reserve,
        key_ttl: settings.key_ttl,
        token_ttl: settings.token_ttl,
        verified_by: settings.verified_by,
        keys_most: KEYS_MOST,
    }
}

/// Opens the store. Also returns the memory behind it, if the store is in memory.
async fn open_store(
    settings: &Settings,
    access: &Access,
    clock: Clock,
) -> Result<(Arc<dyn Store>, Option<Memory>), StartError> {
    let (policy, limits) = (policy(settings), limits(settings));
    match &settings.store {
        StoreChoice::Shared { address, prefix } => {
            let place = redis::Place {
                address: address.clone(),
                prefix: prefix.clone(),
                account: binding(access),
            };
            let store = Redis::open(&place, policy, limits, settings.upstream_timeout);
            let store = store.await.map_err(StartError::Store)?;
            Ok((Arc::new(store), None))
        }
        StoreChoice::Memory => {
            if !settings.upstream.is_practice() {
                tracing::info!(
                    "one instance: a second one beside it would not know its keys and would spend the day's \
                     quota again; SORI_STORE lets several share both"
                );
            }
            let dir = settings.state_dir.clone();
            let binding = binding(access);
            let place = dir.map(|dir| Place { dir, binding });
            let memory = Memory::open(policy, limits, clock, place);
            let memory = memory.map_err(StartError::Journal)?;
            Ok((Arc::new(memory.clone()), Some(memory)))
        }
    }
}

fn both(new: &Option<Secret>, old: &Option<Secret>) -> Vec<Secret> {
    new.iter().chain(old).cloned().collect()
}

fn limits(settings: &Settings) -> Limits {
    let challenges = settings.daily_quota.map(|quota| quota / 2);
    let site = match (challenges, settings.hourly_share) {
        (Some(challenges), HourlyShare(Some(percent))) => {
            let share = u64::from(challenges) * u64::from(percent) / 100;
            let share = u32::try_from(share).unwrap_or(u32::MAX);
            Rates::new(vec![Rate::new(share, Duration::from_secs(3600))])
        }
        _ => Rates::off(),
    };
    Limits {
        client: settings.client_rate.clone(),
        network: settings.network_rate.clone(),
        session: settings.session_rate.clone(),
        site,
    }
}

/// Does the store's regular work once a second.
async fn maintain(app: Arc<App>) {
    let mut ticks = tokio::time::interval(Duration::from_secs(1));
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        app.store.maintain().await;
    }
}
