//! Compares `openapi.yaml` with the real routes: every reply must be in the document, and everything in the document
//! must occur.
#![allow(
    clippy::unwrap_used,
    reason = "clippy does not take a test's helpers for tests"
)]

mod contract;

use contract::{Contract, Site, document, documented};
use reqwest::Method;
use serde_json::json;
use sori_backend::{
    Settings,
    book::VerifiedBy,
    practice::{Call, Fault},
};
use sori_wire::error::{ErrorCode, Side};

const AUDIO: &str = "/audio/{key}";
const VERIFY: &str = "/verifications";
const SITE: &str = "/siteverify";

#[tokio::test]
async fn every_documented_answer_is_given_as_documented() {
    let mut contract = Contract::new();
    visitors(&mut contract).await;
    servers(&mut contract).await;
    elsewhere(&mut contract).await;
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
    let packed = site
        .siteverify(&response)
        .header("Content-Encoding", "gzip");
    contract.holds(SITE, 415, packed).await;
    let by_query = || site.request(Method::GET, "/siteverify?secret=wrong&response=x");
    let failed = contract.holds(SITE, 200, by_query()).await;
    assert_eq!(failed["error-codes"], json!(["invalid-input-secret"]));
    let from_page = by_query().header("Sec-Fetch-Site", "none");
    contract.holds(SITE, 403, from_page).await;
    contract
        .holds(SITE, 413, site.siteverify(&"0".repeat(20_000)))
        .await;
}

/// The site verifies at NAVER itself.
async fn elsewhere(contract: &mut Contract) {
    let site = Site::start_with(Settings {
        verified_by: VerifiedBy::Site,
        siteverify_secret: None,
        ..Settings::practice()
    })
    .await;
    contract
        .holds(SITE, 404, site.siteverify("unknown:1"))
        .await;
    let by_query = site.request(Method::GET, SITE);
    contract.holds(SITE, 404, by_query).await;
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
