//! Sends requests to a backend and checks the replies. The content of a reply is never printed, because it may be a
//! key or a token.

use super::{CheckArgs, CheckError};
use core::time::Duration;
use reqwest::{Client, Method, RequestBuilder, StatusCode, Url, header, redirect};
use serde_json::Value;
use sori_wire::{
    error::{ErrorCode, Side},
    protocol::{AUDIO_MAX_BYTES, PROBLEM_JSON, TICKET_HEADER, UPSTREAM_HEADER},
};

/// Longer than any backend's own timeout for its upstream should be.
const TIMEOUT: Duration = Duration::from_secs(30);
/// An origin that no site has (RFC 2606), so every backend must reject it.
const FOREIGN: &str = "https://sori-check.invalid";

/// Which page a request claims to come from.
#[derive(Clone, Copy)]
pub(super) enum From {
    /// One that the backend serves.
    Page,
    /// One that it must not serve.
    Stranger,
    /// None: a server.
    Server,
}

pub(super) struct Probe {
    client: Client,
    endpoint: String,
    origin: String,
    ticket: Option<String>,
}

/// A reply, with its body read up to the size limit of audio.
pub(super) struct Reply {
    status: StatusCode,
    headers: header::HeaderMap,
    body: Vec<u8>,
}

impl Probe {
    pub(super) fn new(args: &CheckArgs) -> Result<Self, String> {
        // Other code in this process may already have installed it.
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let origin = match &args.origin {
            None => args.url.origin().ascii_serialization(),
            Some(text) => {
                let origin = Url::parse(text).map(|url| url.origin().ascii_serialization());
                let same = |origin: &String| origin == text.trim_end_matches('/');
                origin
                    .ok()
                    .filter(same)
                    .ok_or("expected an origin such as https://www.example.com")?
            }
        };
        let mut builder = Client::builder()
            .timeout(TIMEOUT)
            // A server that refuses a body early closes the connection. The next request must use a new connection.
            .pool_max_idle_per_host(0)
            .redirect(redirect::Policy::none());
        if matches!(
            args.url.host_str(),
            Some("localhost" | "127.0.0.1" | "[::1]")
        ) {
            builder = builder.no_proxy();
        }
        Ok(Self {
            client: builder.build().map_err(|error| error.to_string())?,
            endpoint: args.url.as_str().trim_end_matches('/').to_owned(),
            origin,
            ticket: args.ticket.clone(),
        })
    }

    /// As the first request: without an answer there is nothing to report on.
    pub(super) async fn reach(&self, method: Method, path: &str) -> Result<Reply, CheckError> {
        let answer = self.answer(self.request(method, path, From::Server)).await;
        answer.map_err(|unanswered| CheckError::Unreachable(unanswered.into()))
    }

    pub(super) async fn get(&self, path: &str) -> Result<Reply, String> {
        // As when a page fetches from its own origin: without an Origin header.
        self.send(self.request(Method::GET, path, From::Server))
            .await
    }

    pub(super) async fn get_as(&self, path: &str, from: From) -> Result<Reply, String> {
        self.send(self.request(Method::GET, path, from)).await
    }

    pub(super) async fn post(&self, path: &str, from: From) -> Result<Reply, String> {
        self.send(self.request(Method::POST, path, from)).await
    }

    pub(super) async fn post_json(
        &self,
        path: &str,
        from: From,
        body: &Value,
    ) -> Result<Reply, String> {
        self.post_text(path, from, body.to_string()).await
    }

    pub(super) async fn post_text(
        &self,
        path: &str,
        from: From,
        body: String,
    ) -> Result<Reply, String> {
        let request = self.request(Method::POST, path, from);
        let request = request.header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(body)).await
    }

    fn request(&self, method: Method, path: &str, from: From) -> RequestBuilder {
        let request = self
            .client
            .request(method, format!("{}{path}", self.endpoint));
        let request = match from {
            From::Page => request.header(header::ORIGIN, &self.origin),
            From::Stranger => request.header(header::ORIGIN, FOREIGN),
            From::Server => request,
        };
        match &self.ticket {
            Some(ticket) => request.header(TICKET_HEADER, ticket),
            None => request,
        }
    }

    async fn send(&self, request: RequestBuilder) -> Result<Reply, String> {
        Ok(self.answer(request).await?)
    }

    async fn answer(&self, request: RequestBuilder) -> Result<Reply, Unanswered> {
        // The URL may contain a key.
        let clean = |error: reqwest::Error| Unanswered::from(error.without_url());
        let mut response = request.send().await.map_err(clean)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(clean)? {
            body.extend_from_slice(&chunk);
            if body.len() > AUDIO_MAX_BYTES {
                return Err(Unanswered::TooLong);
            }
        }
        Ok(Reply {
            status,
            headers,
            body,
        })
    }
}

/// Why there is no answer that could be looked at.
#[derive(Debug, thiserror::Error)]
enum Unanswered {
    #[error(transparent)]
    Request(#[from] reqwest::Error),
    #[error("the body is longer than {AUDIO_MAX_BYTES} bytes")]
    TooLong,
}

/// For the report: the innermost cause says what happened.
impl core::convert::From<Unanswered> for String {
    fn from(unanswered: Unanswered) -> Self {
        let mut innermost: &dyn core::error::Error = &unanswered;
        while let Some(source) = innermost.source() {
            innermost = source;
        }
        match unanswered {
            Unanswered::Request(_) => format!("no answer: {innermost}"),
            Unanswered::TooLong => unanswered.to_string(),
        }
    }
}

impl Reply {
    pub(super) fn is_practice(&self) -> bool {
        self.header(UPSTREAM_HEADER) == "practice"
    }

    pub(super) fn is_success(&self) -> bool {
        self.status.is_success()
    }

    /// Whether there is nothing at this path, as when the site verifies at NAVER itself.
    pub(super) fn is_absent(&self) -> bool {
        let nothing = matches!(self.status.as_u16(), 404 | 405);
        nothing && self.code() != Some(ErrorCode::InvalidKey)
    }

    /// Whether it is how a server replies that has no such call: with a redirect or an error page.
    pub(super) fn is_elsewhere(&self) -> bool {
        let kind = self.media_type();
        let nothing = matches!(self.status.as_u16(), 404 | 405);
        self.status.is_redirection() || nothing && !kind.is_empty() && !kind.contains("json")
    }

    /// Whether it is an HTML page, as many applications send for unknown paths.
    pub(super) fn is_page(&self) -> bool {
        self.is_success() && self.media_type() == "text/html"
    }

    fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    fn media_type(&self) -> String {
        let value = self.header(header::CONTENT_TYPE.as_str());
        let media_type = value.split(';').next().unwrap_or_default();
        media_type.trim().to_ascii_lowercase()
    }

    fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    fn code(&self) -> Option<ErrorCode> {
        ErrorCode::from_name(self.json()?.get("code")?.as_str()?)
    }

    /// What may be printed about the reply.
    pub(super) fn seen(&self) -> String {
        let status = self.status.as_u16();
        match (self.media_type().as_str(), self.code()) {
            ("", _) => format!("got {status} without a content type"),
            (kind, None) => format!("got {status} {kind}"),
            (kind, Some(code)) => format!("got {status} {kind} {code}"),
        }
    }

    /// What every reply must keep to: it must not be stored, and must contain no credential of the upstream.
    fn is_decent(&self) -> Result<(), String> {
        let control = self.header(header::CACHE_CONTROL.as_str());
        let unstored = control
            .split(',')
            .any(|part| part.trim().eq_ignore_ascii_case("no-store"));
        if !unstored {
            return Err("the answer is not `Cache-Control: no-store`".into());
        }
        let names = [
            "x-naver-client-id",
            "x-naver-client-secret",
            "x-ncp-apigw-api-key",
        ];
        match names.iter().find(|name| self.headers.contains_key(**name)) {
            Some(name) => Err(format!("the answer carries the upstream's header {name}")),
            None => Ok(()),
        }
    }

    /// Checks for a success with a JSON object.
    pub(super) fn object(&self, status: u16) -> Result<serde_json::Map<String, Value>, String> {
        self.is_decent()?;
        if self.status.as_u16() != status {
            return Err(format!("expected {status}, {}", self.seen()));
        }
        if self.media_type() != "application/json" {
            return Err(format!("expected application/json, {}", self.seen()));
        }
        match self.json() {
            Some(Value::Object(object)) => Ok(object),
            _ => Err("the body is no JSON object".into()),
        }
    }

    /// Checks for a problem document with one of these codes, and a status of the same class (4xx or 5xx).
    pub(super) fn is_problem(&self, codes: &[ErrorCode]) -> Result<(), String> {
        self.is_decent()?;
        let names: Vec<_> = codes.iter().map(|code| code.as_str()).collect();
        let names = names.join(" or ");
        if !self.status.is_client_error() && !self.status.is_server_error() {
            return Err(format!("expected {names}, {}", self.seen()));
        }
        if self.media_type() != PROBLEM_JSON {
            return Err(format!("expected {PROBLEM_JSON}, {}", self.seen()));
        }
        match self.code() {
            Some(code) if codes.contains(&code) => Ok(()),
            Some(code) if code.side() == Side::Widget => {
                Err(format!("`{code}` is a code of the widget's own"))
            }
            _ => Err(format!("expected {names}, {}", self.seen())),
        }
    }

    /// Checks for a WAV file that the widget accepts.
    pub(super) fn is_audio(&self) -> Result<(), String> {
        self.is_decent()?;
        if self.status != StatusCode::OK {
            return Err(format!("expected 200, {}", self.seen()));
        }
        if !matches!(
            self.media_type().as_str(),
            "audio/wav" | "audio/x-wav" | "audio/wave"
        ) {
            return Err(format!("expected audio/wav, {}", self.seen()));
        }
        let wave = self.body.starts_with(b"RIFF") && self.body.get(8..12) == Some(b"WAVE");
        if wave {
            Ok(())
        } else {
            Err("the body is no RIFF/WAVE file".into())
        }
    }
}
