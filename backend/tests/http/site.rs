//! A served backend and its visitors.

use crate::scripted::Scripted;
use reqwest::{RequestBuilder, Response, StatusCode, header};
use serde_json::{Value, json};
use sori_backend::{
    Backend, Secret, Settings,
    book::Usage,
    clock::{Manual, Moment},
    limit::Rates,
    practice,
    server::{self, Bounds, Patience},
    settings::{HourlyShare, Naver, UpstreamChoice},
    start_at,
    upstream::Service,
};
use std::{net::SocketAddr, time::Duration};
use tokio::{sync::oneshot, task::JoinHandle};

pub(crate) const CLIENT_ID: &str = "test-client-id";
pub(crate) const CLIENT_SECRET: &str = "test-client-secret";
pub(crate) const SITE_SECRET: &str = "the site's own secret: 32 bytes or more";
/// 2026-11-21, 12:00 in Korea.
pub(crate) const NOON: Moment = Moment::from_secs(1_795_230_000);

/// Settings for the upstream at `upstream`, without limits except the quota.
pub(crate) fn settings(upstream: SocketAddr) -> Settings {
    Settings {
        upstream: UpstreamChoice::Naver(Naver {
            service: Service::Openapi,
            url: format!("http://{upstream}/v1/captcha").parse().unwrap(),
            client_id: Secret::new(CLIENT_ID),
            client_secret: Secret::new(CLIENT_SECRET),
        }),
        siteverify_secret: Some(Secret::new(SITE_SECRET)),
        upstream_timeout: Duration::from_millis(800),
        client_rate: Rates::off(),
        network_rate: Rates::off(),
        hourly_share: HourlyShare(None),
        peer_connections: 4096,
        ..Settings::practice()
    }
}

/// An emulator that knows the credentials of [`settings`] and always speaks 12345.
pub(crate) async fn emulator(daily_quota: Option<u32>) -> practice::Running {
    let options = practice::Options {
        client_id: CLIENT_ID.into(),
        client_secret: CLIENT_SECRET.into(),
        daily_quota,
        answer: practice::Digits::parse("12345").ok(),
        ..practice::Options::default()
    };
    practice::spawn(options, ([127, 0, 0, 1], 0).into())
        .await
        .unwrap()
}

pub(crate) struct Site {
    pub addr: SocketAddr,
    pub backend: Backend,
    pub http: reqwest::Client,
    pub clock: Manual,
    stop: Option<oneshot::Sender<()>>,
    server: Option<JoinHandle<()>>,
}

impl Site {
    pub(crate) async fn start(settings: Settings) -> Self {
        Self::start_bounded(settings, NOON, 4096, Patience::default()).await
    }

    pub(crate) async fn start_at(settings: Settings, now: Moment) -> Self {
        Self::start_bounded(settings, now, 4096, Patience::default()).await
    }

    pub(crate) async fn start_bounded(
        settings: Settings,
        now: Moment,
        connections: usize,
        patience: Patience,
    ) -> Self {
        let clock = Manual::at(now);
        let grace = settings.shutdown_grace;
        let peer_connections = settings.peer_connections.min(connections);
        let backend = start_at(settings, clock.clock()).await.unwrap();
        let router = backend.app();
        let listener = server::listen(([127, 0, 0, 1], 0).into()).unwrap();
        let addr = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let bounds = Bounds {
            connections,
            peer_connections,
            grace,
            patience,
            traffic: backend.metrics().traffic.clone(),
            ..Bounds::default()
        };
        let server = tokio::spawn(server::serve(listener, router, bounds, async {
            let _ = stopped.await;
        }));
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let (stop, server) = (Some(stop), Some(server));
        Self {
            addr,
            backend,
            http,
            clock,
            stop,
            server,
        }
    }

    pub(crate) async fn over(upstream: &Scripted) -> Self {
        Self::start(settings(upstream.addr)).await
    }

    /// Tells the server to stop; the handle completes when it has stopped.
    pub(crate) fn stop(&mut self) -> JoinHandle<()> {
        self.stop.take().unwrap().send(()).unwrap();
        self.server.take().unwrap()
    }

    /// How much of today's quota is used.
    pub(crate) async fn usage(&self) -> Usage {
        self.backend.status().await.unwrap().usage
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.addr)
    }

    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        self.http
            .post(self.url(path))
            .header(header::ORIGIN, self.origin())
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.http.get(self.url(path))
    }

    pub(crate) async fn issue(&self) -> Answer {
        Answer::of(self.post("/captcha/keys")).await
    }

    /// A key whose audio was not fetched.
    pub(crate) async fn key(&self) -> String {
        let answer = self.issue().await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.json["key"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn audio(&self, key: &str) -> Answer {
        Answer::of(self.get(&format!("/captcha/audio/{key}"))).await
    }

    /// A key whose audio was fetched.
    pub(crate) async fn heard_key(&self) -> String {
        let key = self.key().await;
        assert_eq!(self.audio(&key).await.status, 200);
        key
    }

    pub(crate) async fn verify(&self, key: &str, answer: &str) -> Answer {
        let body = json!({"key": key, "answer": answer});
        Answer::of(self.post("/captcha/verifications").json(&body)).await
    }

    pub(crate) async fn siteverify(&self, fields: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = self.http.post(self.url("/captcha/siteverify"));
        let form = "application/x-www-form-urlencoded";
        Answer::of(request.header(header::CONTENT_TYPE, form).body(body)).await
    }

    pub(crate) async fn siteverify_response(&self, response: &str) -> Answer {
        self.siteverify(&[("secret", SITE_SECRET), ("response", response)])
            .await
    }
}

/// A response, read.
#[derive(Debug)]
pub(crate) struct Answer {
    pub status: StatusCode,
    pub headers: header::HeaderMap,
    pub bytes: Vec<u8>,
    pub json: Value,
}

impl Answer {
    pub(crate) async fn of(request: RequestBuilder) -> Self {
        // Every reply of the backend must come within its upstream's timeout and a little more.
        let response = tokio::time::timeout(Duration::from_secs(30), request.send());
        let response: Response = response.await.expect("an answer").unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.bytes().await.unwrap().to_vec();
        let json = serde_json::from_slice(&bytes).unwrap_or_default();
        let answer = Self {
            status,
            headers,
            bytes,
            json,
        };
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        answer
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(crate) fn retry_after(&self) -> Option<u64> {
        self.header("retry-after")?.parse().ok()
    }

    /// The code of a problem document.
    pub(crate) fn code(&self) -> &str {
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{self:?}"
        );
        assert_eq!(self.json["status"], self.status.as_u16());
        self.json["code"].as_str().unwrap()
    }

    /// The error codes of a siteverify answer.
    pub(crate) fn error_codes(&self) -> Vec<&str> {
        assert_eq!(self.status, 200, "{self:?}");
        assert_eq!(self.json["success"], false, "{self:?}");
        let codes = self.json["error-codes"].as_array().unwrap();
        codes.iter().map(|code| code.as_str().unwrap()).collect()
    }
}
