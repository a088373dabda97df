//! The HTTP routes of the widget and of the site's server.

mod audio;
mod body;
mod calls;
mod challenge;
mod fetches;
mod fields;
mod memory;
mod observe;
mod origin;
pub(crate) mod problem;
mod siteverify;
pub(crate) mod traces;
mod visitor;
mod warnings;

use crate::{
    book::VerifiedBy, clock::Clock, metrics::Metrics, secret::Secret, settings::SiteverifyAt,
    store::Store, upstream::Upstream,
};
use axum::{
    Json, Router,
    extract::State,
    http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header, request::Parts},
    middleware,
    response::IntoResponse,
    routing::{any, get, post},
};
pub(crate) use fetches::Fetches;
use ipnet::IpNet;
pub(crate) use memory::AudioMemory;
pub(crate) use origin::Origins;
use problem::Problem;
use serde_json::json;
use sori_wire::{
    error::ErrorCode,
    protocol::{
        AUDIO_PATH, KEYS_PATH, SITEVERIFY_PATH, TICKET_HEADER, UPSTREAM_HEADER, VERIFICATIONS_PATH,
    },
};
use std::sync::{
    Arc, PoisonError, RwLock,
    atomic::{AtomicBool, Ordering},
};
use tokio_util::task::TaskTracker;
use tower_http::{
    catch_panic::CatchPanicLayer,
    cors::{AllowOrigin, CorsLayer},
};
pub(crate) use warnings::Warnings;

/// What the handlers share.
#[derive(Debug)]
pub(crate) struct App {
    pub upstream: Arc<Upstream>,
    pub is_practice: bool,
    pub store: Arc<dyn Store>,
    /// The calls to the upstream, which outlive the requests that led to them.
    pub calls: TaskTracker,
    pub metrics: Arc<Metrics>,
    pub clock: Clock,
    pub verified_by: VerifiedBy,
    pub key_ttl: core::time::Duration,
    pub origins: Origins,
    pub trusted_proxies: Vec<IpNet>,
    pub ticket_ttl: core::time::Duration,
    pub siteverify_at: SiteverifyAt,
    /// Read again when the operator sends SIGHUP.
    pub secrets: RwLock<Arc<Secrets>>,
    pub audio: AudioMemory,
    pub fetches: Fetches,
    pub warnings: Warnings,
    pub stopping: AtomicBool,
}

/// The secrets that the site shares with the backend: of each, the new one and possibly the old one.
#[derive(Debug, Default)]
pub(crate) struct Secrets {
    pub site: Vec<Secret>,
    pub ticket: Vec<Secret>,
}

impl App {
    fn secrets(&self) -> Arc<Secrets> {
        Arc::clone(&self.secrets.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The routes. Nest them at the path in the widget's `endpoint`.
pub(crate) fn routes(app: &Arc<App>) -> Router {
    let mut visitors = Router::new()
        .route(KEYS_PATH, post(challenge::issue))
        // Otherwise a HEAD request would cause a fetch from the upstream.
        .route(
            &format!("{AUDIO_PATH}/{{key}}"),
            get(audio::fetch).head(wrong_method),
        );
    if app.verified_by == VerifiedBy::Backend {
        visitors = visitors.route(VERIFICATIONS_PATH, post(challenge::verify));
    }
    // Before the CORS layer, which must be outside: no route knows the method of a preflight.
    let visitors = visitors.method_not_allowed_fallback(wrong_method);
    let all = siteverify_route(app, SiteverifyAt::Listen);
    let all = all.merge(visitors.layer(cors(Arc::clone(app))));
    finish(all.fallback(nothing_here), app)
}

/// siteverify as one of the addresses serves it. Where it is not served, it says where it is: a site's server that
/// asks there reads siteverify's format, and no other.
fn siteverify_route(app: &App, at: SiteverifyAt) -> Router<Arc<App>> {
    // siteverify has its own format of errors, also for wrong methods.
    let served = any(siteverify::judge);
    let elsewhere = |where_it_is| any(async move || siteverify::elsewhere(where_it_is));
    let route = match (app.verified_by, app.siteverify_at) {
        (VerifiedBy::Site, _) => elsewhere(
            "This backend checks no answers (SORI_VERIFY=external): the site's server asks NAVER.",
        ),
        (VerifiedBy::Backend, found) if found == at => served,
        (VerifiedBy::Backend, SiteverifyAt::AdminListen) => elsewhere(
            "siteverify is served at SORI_ADMIN_LISTEN alone (SORI_SITEVERIFY_AT=admin-listen).",
        ),
        (VerifiedBy::Backend, SiteverifyAt::Listen) => elsewhere(
            "siteverify is served at SORI_LISTEN; SORI_SITEVERIFY_AT=admin-listen moves it here.",
        ),
    };
    Router::new().route(SITEVERIFY_PATH, route)
}

/// siteverify under `/captcha`, for the admin address.
pub(crate) fn siteverify_apart(app: &Arc<App>) -> Router {
    let route = siteverify_route(app, SiteverifyAt::AdminListen);
    Router::new().nest("/captcha", finish(route, app))
}

/// All routes of a server that runs alone: the captcha's routes under `/captcha`, health, and a problem document for
/// every other path.
pub(crate) fn whole(app: &Arc<App>) -> Router {
    let rest = finish(Router::new().fallback(outside), app);
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
        Some("stopping".to_owned())
    } else {
        app.store.trouble().await
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
            // The panic hook has logged where it happened. The widget treats every 5xx as a fault of the upstream.
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

async fn nothing_here(State(app): State<Arc<App>>) -> Problem {
    nothing(match (app.verified_by, app.siteverify_at) {
        (VerifiedBy::Site, _) => {
            "There is nothing here. The calls are POST keys and GET audio/KEY."
        }
        (VerifiedBy::Backend, SiteverifyAt::AdminListen) => {
            "There is nothing here. The calls are POST keys, GET audio/KEY and POST verifications."
        }
        (VerifiedBy::Backend, SiteverifyAt::Listen) => {
            "There is nothing here. The calls are POST keys, GET audio/KEY, POST verifications and POST siteverify."
        }
    })
}

/// The reply for paths outside `/captcha`.
async fn outside(State(app): State<Arc<App>>, uri: Uri) -> Problem {
    let first = uri.path().split('/').nth(1).unwrap_or_default();
    let calls = [KEYS_PATH, AUDIO_PATH, VERIFICATIONS_PATH, SITEVERIFY_PATH];
    if calls
        .iter()
        .any(|call| call.strip_prefix('/') == Some(first))
    {
        app.warnings.path_without_prefix();
    }
    nothing(
        "There is nothing here. Paths begin with /captcha; a proxy in between may have stripped that.",
    )
}

fn nothing(detail: &'static str) -> Problem {
    Problem::new(ErrorCode::BadRequest, detail).with_status(StatusCode::NOT_FOUND)
}

async fn wrong_method() -> Problem {
    Problem::new(ErrorCode::BadRequest, "The method is not allowed here.")
        .with_status(StatusCode::METHOD_NOT_ALLOWED)
}

/// Lets pages of the allowed origins read the replies if the backend has another origin (CORS).
fn cors(app: Arc<App>) -> CorsLayer {
    let allowed =
        move |origin: &HeaderValue, parts: &Parts| app.origins.may_read(origin, &parts.headers);
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
