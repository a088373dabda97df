//! The emulator over real HTTP, call by call against what NAVER documents.
#![allow(
    clippy::unwrap_used,
    reason = "clippy does not take a test's helpers for tests"
)]

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use reqwest::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use reqwest::{Method, Response, StatusCode};
use serde_json::Value;
use sori_backend::practice::{self, Call, Digits, Fault, Options, Running, Voice};

const ID: &str = "practice-id";
const SECRET: &str = "practice-secret";

struct Upstream {
    running: Running,
    client: reqwest::Client,
}

impl Upstream {
    async fn start(options: Options) -> Self {
        // Another test of the same process may have installed it.
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let options = Options {
            client_id: ID.into(),
            client_secret: SECRET.into(),
            ..options
        };
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let running = practice::spawn(options, anywhere).await.unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { running, client }
    }

    async fn speaking(answer: &str) -> Self {
        let answer = Some(Digits::parse(answer).unwrap());
        Self::start(Options {
            answer,
            ..Options::default()
        })
        .await
    }

    fn url(&self, call: &str) -> String {
        format!("http://{}/v1/captcha/{call}", self.running.addr)
    }

    async fn get(&self, call: &str) -> Response {
        self.client
            .get(self.url(call))
            .header("X-Naver-Client-Id", ID)
            .header("X-Naver-Client-Secret", SECRET)
            .send()
            .await
            .unwrap()
    }

    async fn key(&self) -> String {
        let body: Value = self.get("skey?code=0").await.json().await.unwrap();
        body["key"].as_str().unwrap().to_owned()
    }

    async fn heard_key(&self) -> String {
        let key = self.key().await;
        let audio = self.get(&format!("scaptcha?key={key}")).await;
        assert_eq!(audio.status(), StatusCode::OK);
        audio.bytes().await.unwrap();
        key
    }

    async fn verify(&self, key: &str, value: &str) -> Response {
        self.get(&format!("skey?code=1&key={key}&value={value}"))
            .await
    }
}

async fn assert_error(response: Response, status: u16, code: &str) {
    assert_eq!(response.status().as_u16(), status);
    assert_eq!(
        response.headers()[CONTENT_TYPE],
        "application/json;charset=UTF-8"
    );
    assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["errorCode"], code);
    assert!(body["errorMessage"].as_str().is_some_and(|m| !m.is_empty()));
    assert_eq!(body.as_object().unwrap().len(), 2);
}

#[tokio::test]
async fn a_key_comes_as_json_under_a_text_type() {
    let upstream = Upstream::speaking("12345").await;
    for call in ["skey?code=0", "skey"] {
        let response = upstream.get(call).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[CONTENT_TYPE], "text/plain;charset=UTF-8");
        assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
        let body: Value = response.json().await.unwrap();
        let key = body["key"].as_str().unwrap();
        assert_eq!(key.len(), 16);
        assert!(key.bytes().all(|b| b.is_ascii_alphanumeric()));
        assert_eq!(body.as_object().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn no_two_keys_are_alike() {
    let upstream = Upstream::speaking("12345").await;
    assert_ne!(upstream.key().await, upstream.key().await);
}

#[tokio::test]
async fn audio_is_a_wav_file_of_unannounced_length() {
    let upstream = Upstream::speaking("123456").await;
    let key = upstream.key().await;
    let response = upstream.get(&format!("scaptcha?key={key}")).await;
    assert_eq!(response.status(), StatusCode::OK);
    let headers = response.headers().clone();
    assert_eq!(headers[CONTENT_TYPE], "audio/wav;charset=UTF-8");
    assert_eq!(headers[CACHE_CONTROL], "no-store");
    assert_eq!(headers[TRANSFER_ENCODING], "chunked");
    assert!(!headers.contains_key(CONTENT_LENGTH));
    assert!(!headers.contains_key("accept-ranges"));

    let audio = response.bytes().await.unwrap();
    let reader = hound::WavReader::new(&audio[..]).unwrap();
    let seconds = f64::from(reader.duration()) / f64::from(reader.spec().sample_rate);
    assert!(
        (4.0..=12.0).contains(&seconds),
        "{seconds} s for six digits"
    );
}

#[tokio::test]
async fn a_range_request_gets_the_whole_file() {
    let upstream = Upstream::speaking("123456").await;
    let key = upstream.key().await;
    let response = upstream
        .client
        .get(upstream.url(&format!("scaptcha?key={key}")))
        .header("X-Naver-Client-Id", ID)
        .header("X-Naver-Client-Secret", SECRET)
        .header("Range", "bytes=0-1")
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert!(response.bytes().await.unwrap().len() > 40_000);
}

#[tokio::test]
async fn the_right_answer_is_judged_true_and_a_wrong_one_false() {
    let upstream = Upstream::speaking("80412").await;
    for (answer, expected) in [
        ("80412", true),
        ("80413", false),
        ("", false),
        ("1PUNUST", false),
    ] {
        let key = upstream.heard_key().await;
        let response = upstream.verify(&key, answer).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(
            response.headers()[CONTENT_TYPE],
            "application/json;charset=UTF-8"
        );
        let body: Value = response.json().await.unwrap();
        assert_eq!(
            body,
            serde_json::json!({ "result": expected }),
            "{answer:?}"
        );
    }
}

#[tokio::test]
async fn a_key_is_good_for_one_verification() {
    let upstream = Upstream::speaking("12345").await;
    for first in ["12345", "54321"] {
        let key = upstream.heard_key().await;
        assert_eq!(upstream.verify(&key, first).await.status(), StatusCode::OK);
        assert_error(upstream.verify(&key, "12345").await, 403, "CT001").await;
        assert_error(
            upstream.get(&format!("scaptcha?key={key}")).await,
            403,
            "CT001",
        )
        .await;
    }
}

#[tokio::test]
async fn an_unknown_or_missing_key_is_ct001() {
    let upstream = Upstream::speaking("12345").await;
    for call in [
        "scaptcha?key=t521bp3qM7Qyk2X2",
        "scaptcha",
        "skey?code=1&key=t521bp3qM7Qyk2X2&value=12345",
        "skey?code=1&value=12345",
    ] {
        assert_error(upstream.get(call).await, 403, "CT001").await;
    }
}

#[tokio::test]
async fn an_expired_key_is_ct001() {
    let upstream = Upstream::start(Options {
        key_lifetime: Duration::ZERO,
        ..Options::default()
    })
    .await;
    let key = upstream.key().await;
    assert_error(
        upstream.get(&format!("scaptcha?key={key}")).await,
        403,
        "CT001",
    )
    .await;
}

#[tokio::test]
async fn an_answer_to_unfetched_audio_is_ct002() {
    let upstream = Upstream::speaking("12345").await;
    let key = upstream.key().await;
    assert_error(upstream.verify(&key, "12345").await, 400, "CT002").await;
}

#[tokio::test]
async fn credentials_count_in_their_headers_only() {
    let upstream = Upstream::speaking("12345").await;
    let id = "X-Naver-Client-Id";
    let secret = "X-Naver-Client-Secret";
    let cases: [&[(&str, &str)]; 6] = [
        &[],
        &[(id, ID)],
        &[(secret, SECRET)],
        &[(id, ID), (secret, "wrong")],
        &[(id, "wrong"), (secret, SECRET)],
        &[("Authorization", "Bearer practice-secret")],
    ];
    let in_query = format!("skey?code=0&X-Naver-Client-Id={ID}&X-Naver-Client-Secret={SECRET}");
    for call in [
        "skey?code=0",
        "scaptcha?key=k",
        "skey?code=1&key=k&value=1",
        &in_query,
    ] {
        for headers in cases {
            let mut request = upstream.client.get(upstream.url(call));
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            assert_error(request.send().await.unwrap(), 401, "024").await;
        }
    }
}

#[tokio::test]
async fn a_refused_caller_spends_no_quota() {
    let upstream = Upstream::start(Options {
        daily_quota: Some(1),
        ..Options::default()
    })
    .await;
    for _ in 0..3 {
        let response = upstream
            .client
            .get(upstream.url("skey"))
            .send()
            .await
            .unwrap();
        assert_error(response, 401, "024").await;
    }
    assert_eq!(upstream.get("skey").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn the_daily_quota_counts_issues_and_verifications_but_no_audio() {
    let upstream = Upstream::start(Options {
        daily_quota: Some(3),
        ..Options::default()
    })
    .await;
    let first = upstream.heard_key().await;
    for _ in 0..4 {
        assert_eq!(
            upstream
                .get(&format!("scaptcha?key={first}"))
                .await
                .status(),
            StatusCode::OK
        );
    }
    assert_eq!(upstream.verify(&first, "0").await.status(), StatusCode::OK);
    let second = upstream.heard_key().await;
    assert_error(upstream.get("skey?code=0").await, 429, "010").await;
    assert_error(upstream.verify(&second, "0").await, 429, "010").await;
    assert_eq!(
        upstream
            .get(&format!("scaptcha?key={second}"))
            .await
            .status(),
        StatusCode::OK
    );
}

#[tokio::test]
async fn only_get_is_served_and_head_issues_nothing() {
    let upstream = Upstream::start(Options {
        daily_quota: Some(1),
        ..Options::default()
    })
    .await;
    for method in [Method::HEAD, Method::POST, Method::PUT, Method::DELETE] {
        let response = upstream
            .client
            .request(method, upstream.url("skey?code=0"))
            .header("X-Naver-Client-Id", ID)
            .header("X-Naver-Client-Secret", SECRET)
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    }
    assert_eq!(upstream.get("skey?code=0").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn unknown_paths_and_parameters_are_told_apart() {
    let upstream = Upstream::speaking("12345").await;
    assert_error(upstream.get("nkey?code=0").await, 404, "404").await;
    for call in ["skey?code=2", "skey?code=one", "skey?code=0&code=1"] {
        assert_error(upstream.get(call).await, 400, "400").await;
    }
}

#[tokio::test]
async fn a_key_sounds_the_same_each_time_and_unlike_the_next() {
    let upstream = Upstream::speaking("12345").await;
    let (one, two) = (upstream.key().await, upstream.key().await);
    let audio = async |key: &str| {
        upstream
            .get(&format!("scaptcha?key={key}"))
            .await
            .bytes()
            .await
            .unwrap()
    };
    assert_eq!(audio(&one).await, audio(&one).await);
    assert_ne!(audio(&one).await, audio(&two).await);
}

#[tokio::test]
async fn english_is_spoken_where_asked_for() {
    let options = |voice| Options {
        voice,
        answer: Digits::parse("00000").ok(),
        ..Options::default()
    };
    let korean = Upstream::start(options(Voice::Korean)).await;
    let english = Upstream::start(options(Voice::English)).await;
    for upstream in [korean, english] {
        upstream.heard_key().await;
    }
    assert!("ko".parse() == Ok(Voice::Korean) && "en".parse() == Ok(Voice::English));
    assert!("kr".parse::<Voice>().is_err());
}

#[tokio::test]
async fn drawn_digits_are_five_or_six_and_differ() {
    let upstream = Upstream::start(Options::default()).await;
    let mut lengths = std::collections::HashSet::new();
    for _ in 0..12 {
        let key = upstream.key().await;
        let audio = upstream
            .get(&format!("scaptcha?key={key}"))
            .await
            .bytes()
            .await
            .unwrap();
        lengths.insert(audio.len());
    }
    assert!(lengths.len() > 6, "challenges repeat: {lengths:?}");
}

#[tokio::test]
async fn each_fault_shows_as_intended_and_heals() {
    let options = Options::default();
    let faults = options.faults.clone();
    let upstream = Upstream::start(options).await;

    faults.set(Call::Issue, Fault::SystemError);
    assert_error(upstream.get("skey").await, 500, "CT500").await;
    faults.set(Call::Issue, Fault::QuotaExceeded);
    assert_error(upstream.get("skey").await, 429, "010").await;
    faults.set(Call::Issue, Fault::Unauthorised);
    assert_error(upstream.get("skey").await, 401, "024").await;
    faults.set(Call::Issue, Fault::Forbidden);
    assert_error(upstream.get("skey").await, 403, "403").await;
    faults.set(Call::Issue, Fault::Html);
    assert!(
        upstream
            .get("skey")
            .await
            .text()
            .await
            .unwrap()
            .contains("<!doctype html>")
    );
    faults.set(Call::Issue, None);
    let key = upstream.key().await;

    faults.set(Call::Audio, Fault::Cut);
    let cut = upstream.get(&format!("scaptcha?key={key}")).await;
    assert_eq!(cut.status(), StatusCode::OK);
    assert!(cut.bytes().await.is_err());
    faults.set(Call::Verify, Fault::InvalidKey);
    assert_error(upstream.verify(&key, "1").await, 403, "CT001").await;
    faults.set(Call::Verify, None);
    assert_error(upstream.verify(&key, "1").await, 400, "CT002").await;
}

#[tokio::test]
async fn a_stopped_emulator_answers_no_more() {
    let Upstream { running, client } = Upstream::speaking("12345").await;
    let url = format!("http://{}/v1/captcha/skey", running.addr);
    assert_eq!(
        client.get(&url).send().await.unwrap().status(),
        StatusCode::UNAUTHORIZED
    );
    running.shutdown().await;
    assert!(client.get(&url).send().await.is_err());
}
