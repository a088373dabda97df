//! Compares `openapi.yaml` with the real routes: every reply must be in the document, and everything in the document
//! must occur.
#![allow(
    clippy::unwrap_used,
    reason = "clippy does not take a test's helpers for tests"
)]

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use sori_backend::practice::{self, Call, Digits, Fault, Faults};
use sori_backend::settings::UpstreamChoice;
use sori_backend::{Backend, Secret, Settings};
use sori_wire::error::{ErrorCode, Side};
use tokio::net::TcpListener;

const SITE_SECRET: &str = "0123456789abcdef0123456789abcdef";

fn document() -> Value {
    serde_saphyr::from_str(include_str!("../openapi.yaml")).unwrap()
}

/// An operation and a status, such as `POST /keys 201`.
type Seen = BTreeSet<String>;

fn documented(document: &Value) -> Seen {
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
struct Contract {
    document: Value,
    seen: Seen,
}

struct Site {
    origin: String,
    client: reqwest::Client,
    faults: Faults,
    _backend: Backend,
}

impl Site {
    async fn start(quota: u32) -> Self {
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
        let backend = sori_backend::start(settings).await.unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().nest("/captcha", backend.router());
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
        Self {
            origin: format!("http://{address}"),
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            faults,
            _backend: backend,
        }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}/captcha{path}", self.origin);
        self.client.request(method, url)
    }

    fn page(&self, method: Method, path: &str) -> RequestBuilder {
        self.request(method, path).header("Origin", &self.origin)
    }

    fn verify(&self, key: &str, answer: &str) -> RequestBuilder {
        let body = json!({"key": key, "answer": answer});
        self.page(Method::POST, "/verifications").json(&body)
    }

    fn siteverify(&self, response: &str) -> RequestBuilder {
        let body = json!({"secret": SITE_SECRET, "response": response});
        self.request(Method::POST, "/siteverify").json(&body)
    }
}

impl Contract {
    fn new() -> Self {
        Self {
            document: document(),
            seen: Seen::new(),
        }
    }

    /// Sends a request, and compares the reply with the document. `path` is the path as it is documented.
    async fn holds(&mut self, path: &str, status: u16, request: RequestBuilder) -> Value {
        let (client, request) = request.build_split();
        let request = request.unwrap();
        let method = request.method().as_str().to_owned();
        let answer = client.execute(request).await.unwrap();
        self.is_as_documented(&method, path, status, answer).await
    }

    async fn is_as_documented(
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
    fn fits(&self, place: &str, body: &Value) -> Result<(), String> {
        let mut schema = self.document.clone();
        // The reference is a URI, in which braces must be encoded.
        let place = place.replace('{', "%7B").replace('}', "%7D");
        let root = schema.as_object_mut().unwrap();
        root.insert("$ref".into(), format!("#{place}").into());
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        validator.validate(body).map_err(|error| error.to_string())
    }

    async fn key(&mut self, site: &Site) -> String {
        let issued = self
            .holds("/keys", 201, site.page(Method::POST, "/keys"))
            .await;
        issued["key"].as_str().unwrap().to_owned()
    }

    async fn heard_key(&mut self, site: &Site) -> String {
        let key = self.key(site).await;
        let audio = site.request(Method::GET, &format!("/audio/{key}"));
        self.holds("/audio/{key}", 200, audio).await;
        key
    }
}

const AUDIO: &str = "/audio/{key}";
const VERIFY: &str = "/verifications";
const SITE: &str = "/siteverify";

#[tokio::test]
async fn every_documented_answer_is_given_as_documented() {
    let mut contract = Contract::new();
    visitors(&mut contract).await;
    servers(&mut contract).await;
    faults(&mut contract).await;
    late(&mut contract).await;
    let documented = documented(&contract.document);
    let missing: Vec<_> = documented.difference(&contract.seen).collect();
    assert!(
        missing.is_empty(),
        "documented, but never seen: {missing:?}"
    );
}

async fn visitors(contract: &mut Contract) {
    let site = Site::start(100).await;
    let foreign = site
        .request(Method::POST, "/keys")
        .header("Origin", "https://elsewhere.example");
    contract.holds("/keys", 403, foreign).await;
    let unknown = site.request(Method::GET, "/audio/unknown");
    contract.holds(AUDIO, 404, unknown).await;

    let key = contract.key(&site).await;
    contract
        .holds(VERIFY, 409, site.verify(&key, "12345"))
        .await;
    let key = contract.heard_key(&site).await;
    let right = contract
        .holds(VERIFY, 200, site.verify(&key, "12345"))
        .await;
    assert_eq!(right["verified"], true);
    contract
        .holds(VERIFY, 404, site.verify(&key, "12345"))
        .await;
    let key = contract.heard_key(&site).await;
    let wrong = contract
        .holds(VERIFY, 200, site.verify(&key, "54321"))
        .await;
    assert_eq!(wrong["verified"], false);

    for none in ["", " \u{3000}\t"] {
        contract.holds(VERIFY, 400, site.verify(&key, none)).await;
    }
    let foreign = site.request(Method::POST, VERIFY).json(&json!({}));
    contract.holds(VERIFY, 403, foreign).await;
    contract
        .holds(VERIFY, 413, site.verify(&key, &"0".repeat(20_000)))
        .await;
}

async fn servers(contract: &mut Contract) {
    let site = Site::start(100).await;
    let key = contract.heard_key(&site).await;
    let response = format!("{key}:12345");
    let passed = contract.holds(SITE, 200, site.siteverify(&response)).await;
    assert_eq!(passed["success"], true);
    for (request, code) in [
        (site.siteverify(&response), "timeout-or-duplicate"),
        (site.siteverify("unknown:1"), "invalid-input-response"),
        (site.siteverify(""), "missing-input-response"),
        (
            site.request(Method::POST, SITE)
                .json(&json!({"secret": "x"})),
            "invalid-input-secret",
        ),
        (
            site.request(Method::POST, SITE).json(&json!({})),
            "missing-input-secret",
        ),
        (
            site.request(Method::POST, SITE).json(&json!([])),
            "bad-request",
        ),
    ] {
        let failed = contract.holds(SITE, 200, request).await;
        assert_eq!(failed["error-codes"], json!([code]));
    }
    let from_page = site.siteverify(&response).header("Origin", &site.origin);
    contract.holds(SITE, 403, from_page).await;
    let by_query = || site.request(Method::GET, "/siteverify?secret=wrong&response=x");
    let failed = contract.holds(SITE, 200, by_query()).await;
    assert_eq!(failed["error-codes"], json!(["invalid-input-secret"]));
    let from_page = by_query().header("Sec-Fetch-Site", "none");
    contract.holds(SITE, 403, from_page).await;
    contract
        .holds(SITE, 413, site.siteverify(&"0".repeat(20_000)))
        .await;
}

/// A body that never arrives.
struct Silence;

impl hyper::body::Body for Silence {
    type Data = axum::body::Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<Self::Data>, Self::Error>>> {
        std::task::Poll::Pending
    }
}

/// The time is the contract's own.
async fn late(contract: &mut Contract) {
    let site = Site::start(100).await;
    let send = async |path: &str| {
        let request = site
            .page(Method::POST, path)
            .header("Content-Type", "application/json");
        request
            .body(reqwest::Body::wrap(Silence))
            .send()
            .await
            .unwrap()
    };
    let verification = send(VERIFY);
    let question = site
        .request(Method::POST, SITE)
        .header("Content-Type", "application/json");
    let question = question.body(reqwest::Body::wrap(Silence)).send();
    let (verification, question) = tokio::join!(verification, question);
    contract
        .is_as_documented("POST", VERIFY, 408, verification)
        .await;
    contract
        .is_as_documented("POST", SITE, 408, question.unwrap())
        .await;
}

/// A separate backend for each fault, so that an open breaker does not affect the next fault.
async fn faults(contract: &mut Contract) {
    let site = Site::start(1).await;
    let spent = contract
        .holds("/keys", 429, site.page(Method::POST, "/keys"))
        .await;
    assert_eq!(spent["code"], "quota_exceeded");

    for (fault, status) in [
        (Fault::Unauthorised, 502),
        (Fault::SystemError, 503),
        (Fault::QuotaExceeded, 429),
    ] {
        let site = Site::start(100).await;
        let key = contract.key(&site).await;
        let heard = contract.heard_key(&site).await;
        if fault == Fault::QuotaExceeded {
            // Audio uses no quota, but NAVER may still refuse too many calls.
            site.faults.set(Call::Audio, Fault::Throttled);
            let audio = site.request(Method::GET, &format!("/audio/{key}"));
            contract.holds(AUDIO, 429, audio).await;
            site.faults.set(Call::Audio, None);
        } else {
            site.faults.set(Call::Audio, fault);
            let audio = site.request(Method::GET, &format!("/audio/{key}"));
            contract.holds(AUDIO, status, audio).await;
        }
        site.faults.set(Call::Verify, fault);
        contract
            .holds(VERIFY, status, site.verify(&heard, "12345"))
            .await;
        site.faults.set(Call::Issue, fault);
        contract
            .holds("/keys", status, site.page(Method::POST, "/keys"))
            .await;
    }
    let site = Site::start(100).await;
    let heard = contract.heard_key(&site).await;
    site.faults.set(Call::Verify, Fault::SystemError);
    let failed = contract
        .holds(SITE, 200, site.siteverify(&format!("{heard}:1")))
        .await;
    assert_eq!(failed["error-codes"], json!(["internal-error"]));
}

#[test]
fn the_documented_codes_are_those_of_the_source() {
    let document = document();
    let listed = document
        .pointer("/components/schemas/ErrorCode/enum")
        .unwrap();
    let server = ErrorCode::ALL
        .iter()
        .filter(|code| code.side() == Side::Server);
    let names: Vec<_> = server.map(|code| code.as_str()).collect();
    assert_eq!(listed, &json!(names));
}

#[test]
fn a_body_that_breaks_the_document_is_found() {
    let contract = Contract::new();
    for (schema, body) in [
        ("Issued", json!({"key": "a/b"})),
        ("Issued", json!({"key": "k", "expiresIn": 0})),
        ("Verdict", json!({"verified": true})),
        ("Verdict", json!({"verified": false, "token": "t"})),
        ("SiteVerdict", json!({"success": false, "error-codes": []})),
        (
            "SiteVerdict",
            json!({"success": false, "error-codes": ["teapot"]}),
        ),
        ("SiteVerdict", json!({"success": true, "error-codes": []})),
        ("Problem", json!({"status": 500, "code": "offline"})),
        ("Answer", json!({"key": "k", "answer": " \u{3000}"})),
    ] {
        let place = format!("/components/schemas/{schema}");
        assert!(
            contract.fits(&place, &body).is_err(),
            "{schema} took {body}"
        );
    }
}
