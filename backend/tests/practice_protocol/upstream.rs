//! The emulator as its clients see it.

use std::net::{Ipv4Addr, SocketAddr};

use reqwest::header::{CACHE_CONTROL, CONTENT_TYPE};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use sori_backend::practice::{self, Digits, Options, Running};
use sori_backend::upstream::Dialect;

pub(crate) const ID: &str = "practice-id";
pub(crate) const SECRET: &str = "practice-secret";

pub(crate) struct Upstream {
    pub(crate) dialect: Dialect,
    pub(crate) running: Running,
    pub(crate) client: reqwest::Client,
}

impl Upstream {
    pub(crate) async fn start(dialect: Dialect, options: Options) -> Self {
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

    pub(crate) async fn with_quota(dialect: Dialect, daily_quota: u32) -> Self {
        let options = Options {
            daily_quota: Some(daily_quota),
            ..Options::default()
        };
        Self::start(dialect, options).await
    }

    pub(crate) async fn speaking(dialect: Dialect, answer: &str) -> Self {
        let answer = Some(Digits::parse(answer).unwrap());
        let options = Options {
            answer,
            ..Options::default()
        };
        Self::start(dialect, options).await
    }

    pub(crate) fn url(&self, call: &str) -> String {
        let path = match (self.dialect, call.starts_with("scaptcha")) {
            (Dialect::Openapi, _) => "v1/captcha",
            (Dialect::Ncloud, false) => "scaptcha/v1",
            (Dialect::Ncloud, true) => "scaptcha-bin/v1",
        };
        format!("http://{}/{path}/{call}", self.running.addr)
    }

    /// The headers for id and secret.
    pub(crate) fn headers(&self) -> [&'static str; 2] {
        match self.dialect {
            Dialect::Openapi => ["X-Naver-Client-Id", "X-Naver-Client-Secret"],
            Dialect::Ncloud => ["X-NCP-APIGW-API-KEY-ID", "X-NCP-APIGW-API-KEY"],
        }
    }

    pub(crate) fn request(&self, method: Method, call: &str) -> RequestBuilder {
        let [id, secret] = self.headers();
        self.client
            .request(method, self.url(call))
            .header(id, ID)
            .header(secret, SECRET)
    }

    pub(crate) async fn get(&self, call: &str) -> Response {
        self.request(Method::GET, call).send().await.unwrap()
    }

    pub(crate) async fn key(&self) -> String {
        let body: Value = self.get("skey?code=0").await.json().await.unwrap();
        body["key"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn heard_key(&self) -> String {
        let key = self.key().await;
        let audio = self.get(&format!("scaptcha?key={key}")).await;
        assert_eq!(audio.status(), StatusCode::OK);
        audio.bytes().await.unwrap();
        key
    }

    pub(crate) async fn verify(&self, key: &str, value: &str) -> Response {
        self.get(&format!("skey?code=1&key={key}&value={value}"))
            .await
    }
}

/// How a dialect expresses the error that has the code `code` in the open API.
pub(crate) fn told(dialect: Dialect, status: u16, code: &str) -> (u16, &str) {
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

pub(crate) async fn assert_error(upstream: &Upstream, response: Response, status: u16, code: &str) {
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

/// The key has expired, or it has been used.
pub(crate) async fn assert_no_audio(upstream: &Upstream, key: &str) {
    let response = upstream.get(&format!("scaptcha?key={key}")).await;
    assert_error(upstream, response, 403, "CT001").await;
}
