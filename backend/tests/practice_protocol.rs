//! The emulator over real HTTP, compared with NAVER's documentation call by call, in both dialects.
#![allow(
    clippy::unwrap_used,
    reason = "clippy does not take a test's helpers for tests"
)]

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use reqwest::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use sori_backend::practice::{self, Call, Digits, Fault, Options, Running, Voice};
use sori_backend::upstream::Dialect;

const ID: &str = "practice-id";
const SECRET: &str = "practice-secret";

struct Upstream {
    dialect: Dialect,
    running: Running,
    client: reqwest::Client,
}

impl Upstream {
    async fn start(dialect: Dialect, options: Options) -> Self {
        // Another test of the same process may have installed it.
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let options = Options {
            dialect,
            client_id: ID.into(),
            client_secret: SECRET.into(),
            ..options
        };
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let running = practice::spawn(options, anywhere).await.unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self {
            dialect,
            running,
            client,
        }
    }

    async fn speaking(dialect: Dialect, answer: &str) -> Self {
        let answer = Some(Digits::parse(answer).unwrap());
        let options = Options {
            answer,
            ..Options::default()
        };
        Self::start(dialect, options).await
    }

    fn url(&self, call: &str) -> String {
        let path = match (self.dialect, call.starts_with("scaptcha")) {
            (Dialect::Openapi, _) => "v1/captcha",
            (Dialect::Ncloud, false) => "scaptcha/v1",
            (Dialect::Ncloud, true) => "scaptcha-bin/v1",
        };
        format!("http://{}/{path}/{call}", self.running.addr)
    }

    /// The headers for id and secret.
    fn headers(&self) -> [&'static str; 2] {
        match self.dialect {
            Dialect::Openapi => ["X-Naver-Client-Id", "X-Naver-Client-Secret"],
            Dialect::Ncloud => ["X-NCP-APIGW-API-KEY-ID", "X-NCP-APIGW-API-KEY"],
        }
    }

    fn request(&self, method: Method, call: &str) -> RequestBuilder {
        let [id, secret] = self.headers();
        self.client
            .request(method, self.url(call))
            .header(id, ID)
            .header(secret, SECRET)
    }

    async fn get(&self, call: &str) -> Response {
        self.request(Method::GET, call).send().await.unwrap()
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

/// How a dialect expresses the error that has the code `code` in the open API.
fn told(dialect: Dialect, status: u16, code: &str) -> (u16, &str) {
    match (dialect, code) {
        (Dialect::Openapi, _) => (status, code),
        (Dialect::Ncloud, "024") => (401, "200"),
        (Dialect::Ncloud, "403") => (401, "210"),
        (Dialect::Ncloud, "400" | "405") => (400, "100"),
        (Dialect::Ncloud, "404") => (404, "300"),
        (Dialect::Ncloud, "010") => (429, "400"),
        (Dialect::Ncloud, "012") => (429, "410"),
        (Dialect::Ncloud, captcha) => (status, captcha),
    }
}

async fn assert_error(upstream: &Upstream, response: Response, status: u16, code: &str) {
    let (status, code) = told(upstream.dialect, status, code);
    assert_eq!(response.status().as_u16(), status);
    assert_eq!(
        response.headers()[CONTENT_TYPE],
        "application/json;charset=UTF-8"
    );
    assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
    let body: Value = response.json().await.unwrap();
    let (refusal, message) = match upstream.dialect {
        Dialect::Openapi => (&body, "errorMessage"),
        Dialect::Ncloud => (&body["error"], "message"),
    };
    assert_eq!(refusal["errorCode"], code);
    assert!(refusal[message].as_str().is_some_and(|m| !m.is_empty()));
    assert_eq!(refusal.as_object().unwrap().len(), 2);
}

async fn a_key_comes_as_json_under_a_text_type(dialect: Dialect) {
    let upstream = Upstream::speaking(dialect, "12345").await;
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

async fn no_two_keys_are_alike(dialect: Dialect) {
    let upstream = Upstream::speaking(dialect, "12345").await;
    assert_ne!(upstream.key().await, upstream.key().await);
}

async fn audio_is_a_wav_file_of_unannounced_length(dialect: Dialect) {
    let upstream = Upstream::speaking(dialect, "123456").await;
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

async fn a_range_request_gets_the_whole_file(dialect: Dialect) {
    let upstream = Upstream::speaking(dialect, "123456").await;
    let key = upstream.key().await;
    let response = upstream
        .request(Method::GET, &format!("scaptcha?key={key}"))
        .header("Range", "bytes=0-1")
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert!(response.bytes().await.unwrap().len() > 40_000);
}

async fn the_right_answer_is_judged_true_and_a_wrong_one_false(dialect: Dialect) {
    let upstream = Upstream::speaking(dialect, "80412").await;
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
            match dialect {
                Dialect::Openapi => serde_json::json!({ "result": expected }),
                Dialect::Ncloud => {
                    serde_json::json!({ "result": expected, "responseTime": 22.9 })
                }
            },
            "{answer:?}"
        );
    }
}

async fn a_key_is_good_for_one_verification(dialect: Dialect) {
    let upstream = Upstream::speaking(dialect, "12345").await;
    for first in ["12345", "54321"] {
        let key = upstream.heard_key().await;
        assert_eq!(upstream.verify(&key, first).await.status(), StatusCode::OK);
        assert_error(
            &upstream,
            upstream.verify(&key, "12345").await,
            403,
            "CT001",
        )
        .await;
        assert_error(
            &upstream,
            upstream.get(&format!("scaptcha?key={key}")).await,
            403,
            "CT001",
        )
        .await;
    }
}

async fn an_unknown_or_missing_key_is_ct001(dialect: Dialect) {
    let upstream = Upstream::speaking(dialect, "12345").await;
    for call in [
        "scaptcha?key=t521bp3qM7Qyk2X2",
        "scaptcha",
        "skey?code=1&key=t521bp3qM7Qyk2X2&value=12345",
        "skey?code=1&value=12345",
    ] {
        assert_error(&upstream, upstream.get(call).await, 403, "CT001").await;
    }
}

async fn an_expired_key_is_ct001(dialect: Dialect) {
    let upstream = Upstream::start(
        dialect,
        Options {
            key_lifetime: Duration::ZERO,
            ..Options::default()
        },
    )
    .await;
    let key = upstream.key().await;
    assert_error(
        &upstream,
        upstream.get(&format!("scaptcha?key={key}")).await,
        403,
        "CT001",
    )
    .await;
}

async fn an_answer_to_unfetched_audio_is_ct002(dialect: Dialect) {
    let upstream = Upstream::speaking(dialect, "12345").await;
    let key = upstream.key().await;
    assert_error(
        &upstream,
        upstream.verify(&key, "12345").await,
        400,
        "CT002",
    )
    .await;
}

async fn credentials_count_in_their_headers_only(dialect: Dialect) {
    let upstream = Upstream::speaking(dialect, "12345").await;
    let [id, secret] = upstream.headers();
    let cases: [&[(&str, &str)]; 6] = [
        &[],
        &[(id, ID)],
        &[(secret, SECRET)],
        &[(id, ID), (secret, "wrong")],
        &[(id, "wrong"), (secret, SECRET)],
        &[("Authorization", "Bearer practice-secret")],
    ];
    let in_query = format!("skey?code=0&{id}={ID}&{secret}={SECRET}");
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
            assert_error(&upstream, request.send().await.unwrap(), 401, "024").await;
        }
    }
}

async fn a_refused_caller_spends_no_quota(dialect: Dialect) {
    let upstream = Upstream::start(
        dialect,
        Options {
            daily_quota: Some(1),
            ..Options::default()
        },
    )
    .await;
    for _ in 0..3 {
        let response = upstream
            .client
            .get(upstream.url("skey"))
            .send()
            .await
            .unwrap();
        assert_error(&upstream, response, 401, "024").await;
    }
    assert_eq!(upstream.get("skey").await.status(), StatusCode::OK);
}

async fn the_daily_quota_counts_issues_and_verifications_but_no_audio(dialect: Dialect) {
    let upstream = Upstream::start(
        dialect,
        Options {
            daily_quota: Some(3),
            ..Options::default()
        },
    )
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
    assert_error(&upstream, upstream.get("skey?code=0").await, 429, "010").await;
    assert_error(&upstream, upstream.verify(&second, "0").await, 429, "010").await;
    assert_eq!(
        upstream
            .get(&format!("scaptcha?key={second}"))
            .await
            .status(),
        StatusCode::OK
    );
}

async fn only_get_is_served_and_head_issues_nothing(dialect: Dialect) {
    let upstream = Upstream::start(
        dialect,
        Options {
            daily_quota: Some(1),
            ..Options::default()
        },
    )
    .await;
    for method in [Method::HEAD, Method::POST, Method::PUT, Method::DELETE] {
        let response = upstream
            .request(method, "skey?code=0")
            .send()
            .await
            .unwrap();
        let (refused, _) = told(dialect, 405, "405");
        assert_eq!(response.status().as_u16(), refused);
    }
    assert_eq!(upstream.get("skey?code=0").await.status(), StatusCode::OK);
}

async fn unknown_paths_and_parameters_are_told_apart(dialect: Dialect) {
    let upstream = Upstream::speaking(dialect, "12345").await;
    assert_error(&upstream, upstream.get("nkey?code=0").await, 404, "404").await;
    for call in ["skey?code=2", "skey?code=one", "skey?code=0&code=1"] {
        assert_error(&upstream, upstream.get(call).await, 400, "400").await;
    }
}

async fn a_key_sounds_the_same_each_time_and_unlike_the_next(dialect: Dialect) {
    let upstream = Upstream::speaking(dialect, "12345").await;
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

async fn english_is_spoken_where_asked_for(dialect: Dialect) {
    let options = |voice| Options {
        voice,
        answer: Digits::parse("00000").ok(),
        ..Options::default()
    };
    let korean = Upstream::start(dialect, options(Voice::Korean)).await;
    let english = Upstream::start(dialect, options(Voice::English)).await;
    for upstream in [korean, english] {
        upstream.heard_key().await;
    }
    assert!("ko".parse() == Ok(Voice::Korean) && "en".parse() == Ok(Voice::English));
    assert!("kr".parse::<Voice>().is_err());
}

async fn drawn_digits_are_five_or_six_and_differ(dialect: Dialect) {
    let upstream = Upstream::start(dialect, Options::default()).await;
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

async fn each_fault_shows_as_intended_and_heals(dialect: Dialect) {
    let options = Options::default();
    let faults = options.faults.clone();
    let upstream = Upstream::start(dialect, options).await;

    faults.set(Call::Issue, Fault::SystemError);
    assert_error(&upstream, upstream.get("skey").await, 500, "CT500").await;
    faults.set(Call::Issue, Fault::QuotaExceeded);
    assert_error(&upstream, upstream.get("skey").await, 429, "010").await;
    faults.set(Call::Issue, Fault::Throttled);
    assert_error(&upstream, upstream.get("skey").await, 429, "012").await;
    faults.set(Call::Issue, Fault::Unauthorised);
    assert_error(&upstream, upstream.get("skey").await, 401, "024").await;
    faults.set(Call::Issue, Fault::Forbidden);
    assert_error(&upstream, upstream.get("skey").await, 403, "403").await;
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
    assert_error(&upstream, upstream.verify(&key, "1").await, 403, "CT001").await;
    faults.set(Call::Verify, None);
    assert_error(&upstream, upstream.verify(&key, "1").await, 400, "CT002").await;
}

async fn a_stopped_emulator_answers_no_more(dialect: Dialect) {
    let upstream = Upstream::speaking(dialect, "12345").await;
    let url = upstream.url("skey");
    let Upstream {
        running, client, ..
    } = upstream;
    assert_eq!(
        client.get(&url).send().await.unwrap().status(),
        StatusCode::UNAUTHORIZED
    );
    running.shutdown().await;
    assert!(client.get(&url).send().await.is_err());
}

#[tokio::test]
async fn the_audio_is_had_by_its_older_path_too() {
    let upstream = Upstream::speaking(Dialect::Openapi, "12345").await;
    let key = upstream.key().await;
    let plain = upstream.get(&format!("scaptcha?key={key}")).await;
    let older = upstream.get(&format!("scaptcha.bin?key={key}")).await;
    assert_eq!(older.headers()[CONTENT_TYPE], "audio/wav;charset=UTF-8");
    assert_eq!(plain.bytes().await.unwrap(), older.bytes().await.unwrap());
}

macro_rules! in_both_dialects {
    ($($name:ident)*) => {
        $(mod $name {
            use sori_backend::upstream::Dialect;

            #[tokio::test]
            async fn openapi() {
                super::$name(Dialect::Openapi).await;
            }

            #[tokio::test]
            async fn ncloud() {
                super::$name(Dialect::Ncloud).await;
            }
        })*
    };
}

in_both_dialects! {
    a_key_comes_as_json_under_a_text_type
    no_two_keys_are_alike
    audio_is_a_wav_file_of_unannounced_length
    a_range_request_gets_the_whole_file
    the_right_answer_is_judged_true_and_a_wrong_one_false
    a_key_is_good_for_one_verification
    an_unknown_or_missing_key_is_ct001
    an_expired_key_is_ct001
    an_answer_to_unfetched_audio_is_ct002
    credentials_count_in_their_headers_only
    a_refused_caller_spends_no_quota
    the_daily_quota_counts_issues_and_verifications_but_no_audio
    only_get_is_served_and_head_issues_nothing
    unknown_paths_and_parameters_are_told_apart
    a_key_sounds_the_same_each_time_and_unlike_the_next
    english_is_spoken_where_asked_for
    drawn_digits_are_five_or_six_and_differ
    each_fault_shows_as_intended_and_heals
    a_stopped_emulator_answers_no_more
}
