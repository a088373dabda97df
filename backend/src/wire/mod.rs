//! The wire: what the widget and the site's server ask, and how it is answered.

mod audio;
mod body;
mod challenge;
mod observe;
pub(crate) mod problem;
mod siteverify;
mod visitor;

use crate::{
    book::VerifiedBy, clock::Clock, limit::Limiter, metrics::Metrics, secret::Secret,
    settings::Origin, store::Store, upstream::Upstream,
};
use axum::{
    Json, Router,
    extract::State,
    http::{HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware,
    response::IntoResponse,
    routing::{get, post},
};
use ipnet::IpNet;
use problem::Problem;
use serde_json::json;
use sori_wire::{
    error::ErrorCode,
    protocol::{
        AUDIO_PATH, KEYS_PATH, SITEVERIFY_PATH, TICKET_HEADER, UPSTREAM_HEADER, VERIFICATIONS_PATH,
    },
};
use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};
use tower_http::{
    catch_panic::CatchPanicLayer,
    cors::{AllowOrigin, CorsLayer},
};

/// What the handlers share.
#[derive(Debug)]
pub(crate) struct App {
    pub upstream: Arc<Upstream>,
    pub is_practice: bool,
    pub store: Store,
    pub limiter: Mutex<Limiter>,
    pub metrics: Arc<Metrics>,
    pub clock: Clock,
    pub verified_by: VerifiedBy,
    pub key_ttl: core::time::Duration,
    pub allowed_origins: Vec<Origin>,
    pub allow_no_origin: bool,
    pub trusted_proxies: Vec<IpNet>,
    pub ticket_secret: Option<Secret>,
    /// The new one and the old one.
    pub site_secrets: Vec<Secret>,
    pub warnings: Warnings,
    pub stopping: AtomicBool,
}

impl App {
    fn limiter<T>(&self, act: impl FnOnce(&mut Limiter) -> T) -> T {
        act(&mut self.limiter.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Warnings about the set-up that visitors bring up: said once, not once a request.
#[derive(Debug, Default)]
pub(crate) struct Warnings {
    stranger: AtomicBool,
    peer: AtomicBool,
}

impl Warnings {
    fn forwarded_by_stranger(&self) {
        if !self.stranger.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "X-Forwarded-For comes from an address that is not in SORI_TRUSTED_PROXIES and is not \
                 believed; if it is your proxy, all its visitors count as one client"
            );
        }
    }

    fn without_peer(&self) {
        if !self.peer.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "the server that embeds the backend does not tell the clients' addresses (axum's \
                 ConnectInfo), so all visitors count as one client"
            );
        }
    }
}

/// The wire's routes, to be nested where the widget's `endpoint` points.
pub(crate) fn routes(app: &Arc<App>) -> Router {
    let mut visitors = Router::new()
        .route(KEYS_PATH, post(challenge::issue))
        .route(&format!("{AUDIO_PATH}/{{key}}"), get(audio::fetch));
    let mut all = Router::new();
    if app.verified_by == VerifiedBy::Backend {
        visitors = visitors.route(VERIFICATIONS_PATH, post(challenge::verify));
        all = all.route(SITEVERIFY_PATH, post(siteverify::judge));
    }
    // Before the CORS layer, which has to wrap it: a preflight is a method that no route knows.
    let visitors = visitors.method_not_allowed_fallback(wrong_method);
    all = all.merge(visitors.layer(cors(Arc::clone(app))));
    finish(all.fallback(nothing_here), app)
}

/// Everything that a server of its own answers: the wire under `/captcha`, health, and a problem for the rest.
pub(crate) fn whole(app: &Arc<App>) -> Router {
    let rest = finish(Router::new().fallback(nothing_here), app);
    rest.merge(health(app)).nest("/captcha", routes(app))
}

/// `/healthz` and `/readyz`: neither calls the upstream. Without a fallback, so that a site can merge it.
pub(crate) fn health(app: &Arc<App>) -> Router {
    let routes = Router::new()
        .route("/healthz", get(|| async { Json(json!({"status": "ok"})) }))
        .route("/readyz", get(ready));
    finish(routes, app)
}

async fn ready(State(app): State<Arc<App>>) -> impl IntoResponse {
    let why_not = if app.stopping.load(Ordering::Relaxed) {
        Some("stopping")
    } else if !app.store.is_writable() {
        Some("the journal cannot be written")
    } else {
        None
    };
    match why_not {
        None => (StatusCode::OK, Json(json!({"status": "ready"}))),
        Some(why) => (
            StatusCode::SERVICE_UNAVAILABLE,
            Json(json!({"status": "not ready", "reason": why})),
        ),
    }
}

fn finish(routes: Router<Arc<App>>, app: &Arc<App>) -> Router {
    routes
        .method_not_allowed_fallback(wrong_method)
        .layer(CatchPanicLayer::custom(|_| {
            // The panic hook has said where. The widget treats any 5xx as the upstream's fault.
            problem::unavailable()
                .with_status(StatusCode::INTERNAL_SERVER_ERROR)
                .because("a handler panicked")
                .into_response()
        }))
        .layer(middleware::from_fn_with_state(
            Arc::clone(app),
            observe::observe,
        ))
        .with_state(Arc::clone(app))
}

async fn nothing_here() -> Problem {
    Problem::new(ErrorCode::BadRequest, "There is nothing here.").with_status(StatusCode::NOT_FOUND)
}

async fn wrong_method() -> Problem {
    Problem::new(ErrorCode::BadRequest, "The method is not allowed here.")
        .with_status(StatusCode::METHOD_NOT_ALLOWED)
}

/// Lets pages of the allowed origins read the answers from another host.
fn cors(app: Arc<App>) -> CorsLayer {
    let allowed = move |origin: &HeaderValue, parts: &Parts| {
        let host = parts
            .headers
            .get(header::HOST)
            .and_then(|h| h.to_str().ok());
        let origin = origin.to_str().ok().and_then(|text| text.parse().ok());
        origin.is_some_and(|o| {
            visitor::is_allowed(&app.allowed_origins, &o, host.unwrap_or_default())
        })
    };
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(allowed))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::CONTENT_TYPE, HeaderName::from_static(TICKET_HEADER)])
        .expose_headers([
            header::RETRY_AFTER,
            HeaderName::from_static(UPSTREAM_HEADER),
        ])
        .max_age(core::time::Duration::from_secs(600))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Settings, start};

    #[tokio::test]
    async fn a_panic_ends_one_request_and_not_the_server() {
        let backend = start(Settings::practice()).await.unwrap();
        let broken = Router::new().route("/broken", get(|| async { panic!("on purpose") as &str }));
        let router = finish(broken, &backend.app).merge(health(&backend.app));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(async { axum::serve(listener, router).await });
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let broken = http.get(format!("{base}/broken")).send().await.unwrap();
        assert_eq!(broken.status(), 500);
        let text = broken.text().await.unwrap();
        assert!(
            text.contains("upstream_unavailable") && !text.contains("on purpose"),
            "{text}"
        );
        let healthy = http.get(format!("{base}/healthz")).send().await.unwrap();
        assert_eq!(healthy.status(), 200);
        server.abort();
    }
}
