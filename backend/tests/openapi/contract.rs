//! A backend, and the comparison of its replies with the document.

use axum::Router;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use sori_backend::{
    Backend, Secret, Settings,
    practice::{self, Digits, Faults},
    settings::UpstreamChoice,
};
use std::{
    collections::BTreeSet,
    net::{Ipv4Addr, SocketAddr},
};
use tokio::net::TcpListener;

pub(crate) const SITE_SECRET: &str = "0123456789abcdef0123456789abcdef";

pub(crate) fn document() -> Value {
    serde_saphyr::from_str(include_str!("../../openapi.yaml")).unwrap()
}

/// An operation and a status, such as `POST /keys 201`.
pub(crate) type Seen = BTreeSet<String>;

pub(crate) fn documented(document: &Value) -> Seen {
    let mut seen = Seen::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            for status in operation["responses"].as_object().unwrap().keys() {
                seen.insert(format!("{} {path} {status}", method.to_uppercase()));
            }
        }
    }
    seen
}

/// A backend, and all replies that were seen.
pub(crate) struct Contract {
    pub(crate) document: Value,
    pub(crate) seen: Seen,
}

pub(crate) struct Site {
    pub(crate) origin: String,
    client: reqwest::Client,
    pub(crate) faults: Faults,
    _backend: Backend,
}

impl Site {
    pub(crate) async fn start(quota: u32) -> Self {
        let options = practice::Options {
            answer: Digits::parse("12345").ok(),
            ..Default::default()
        };
        let faults = options.faults.clone();
        let settings = Settings {
            upstream: UpstreamChoice::Practice(options),
            daily_quota: Some(quota),
            siteverify_secret: Some(Secret::new(SITE_SECRET)),
            ..Settings::practice()
        };
        Self {
            faults,
            ..Self::start_with(settings).await
        }
    }

    pub(crate) async fn start_with(settings: Settings) -> Self {
        let backend = sori_backend::start(settings).await.unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().nest("/captcha", backend.router());
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
        Self {
            origin: format!("http://{address}"),
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            faults: Faults::default(),
            _backend: backend,
        }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}/captcha{path}", self.origin);
        self.client.request(method, url)
    }

    pub(crate) fn page(&self, method: Method, path: &str) -> RequestBuilder {
        self.request(method, path).header("Origin", &self.origin)
    }

    pub(crate) fn verify(&self, key: &str, answer: &str) -> RequestBuilder {
        let body = json!({"key": key, "answer": answer});
        self.page(Method::POST, "/verifications").json(&body)
    }

    pub(crate) fn siteverify(&self, response: &str) -> RequestBuilder {
        let body = json!({"secret": SITE_SECRET, "response": response});
        self.request(Method::POST, "/siteverify").json(&body)
    }
}

impl Contract {
    pub(crate) fn new() -> Self {
        Self {
            document: document(),
            seen: Seen::new(),
        }
    }

    /// Sends a request, and compares the reply with the document. `path` is the path as it is documented.
    pub(crate) async fn holds(
        &mut self,
        path: &str,
        status: u16,
        request: RequestBuilder,
    ) -> Value {
        let (client, request) = request.build_split();
        let request = request.unwrap();
        let method = request.method().as_str().to_owned();
        let answer = client.execute(request).await.unwrap();
        self.is_as_documented(&method, path, status, answer).await
    }

    pub(crate) async fn is_as_documented(
        &mut self,
        method: &str,
        path: &str,
        status: u16,
        answer: reqwest::Response,
    ) -> Value {
        let call = format!("{method} {path} {status}");
        assert_eq!(answer.status().as_u16(), status, "{call}");
        let headers = answer.headers().clone();
        assert_eq!(headers["cache-control"], "no-store", "{call}");
        assert_eq!(headers["sori-upstream"], "practice", "{call}");

        let pointer = format!(
            "/paths/{}/{}/responses/{status}",
            path.replace('/', "~1"),
            method.to_lowercase()
        );
        let documented = self.document.pointer(&pointer);
        let documented = documented.unwrap_or_else(|| panic!("{call} is not documented"));
        let kind = headers["content-type"].to_str().unwrap();
        assert!(
            documented["content"].get(kind).is_some(),
            "{call} has the undocumented type {kind}"
        );
        let demands_retry = documented.pointer("/headers/Retry-After").is_some();
        if headers.contains_key("retry-after") {
            assert!(demands_retry, "{call} has an undocumented Retry-After");
        }
        self.seen.insert(call.clone());
        let body = answer.bytes().await.unwrap();
        if kind == "audio/wav" {
            assert!(body.starts_with(b"RIFF"));
            return Value::Null;
        }
        let body: Value = serde_json::from_slice(&body).unwrap();
        let place = format!("{pointer}/content/{}/schema", kind.replace('/', "~1"));
        let fits = self.fits(&place, &body);
        assert!(fits.is_ok(), "{call}: {fits:?}");
        body
    }

    /// Whether a body fits the schema at a place of the document.
    pub(crate) fn fits(&self, place: &str, body: &Value) -> Result<(), String> {
        let mut schema = self.document.clone();
        // The reference is a URI, in which braces must be encoded.
        let place = place.replace('{', "%7B").replace('}', "%7D");
        let root = schema.as_object_mut().unwrap();
        root.insert("$ref".into(), format!("#{place}").into());
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        validator.validate(body).map_err(|error| error.to_string())
    }

    pub(crate) async fn key(&mut self, site: &Site) -> String {
        let issued = self
            .holds("/keys", 201, site.page(Method::POST, "/keys"))
            .await;
        issued["key"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn heard_key(&mut self, site: &Site) -> String {
        let key = self.key(site).await;
        let audio = site.request(Method::GET, &format!("/audio/{key}"));
        self.holds("/audio/{key}", 200, audio).await;
        key
    }
}
