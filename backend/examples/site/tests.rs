//! Tests the site over real HTTP, with the real backend in practice mode.
#![allow(
    clippy::unwrap_used,
    reason = "clippy does not take a test's helpers for tests"
)]

#[path = "page_tests.rs"]
mod page_tests;

use super::*;
use reqwest::Response;
use sori_backend::practice::{self, Digits};
use sori_backend::settings::UpstreamChoice;

struct Demo {
    origin: String,
    client: reqwest::Client,
    _backend: Backend,
}

impl Demo {
    async fn start() -> Self {
        let answer = Digits::parse("12345").ok();
        let upstream = UpstreamChoice::Practice(practice::Options {
            answer,
            ..Default::default()
        });
        let settings = Settings {
            upstream,
            ..Settings::practice()
        };
        Self::with(settings).await
    }

    async fn with(settings: Settings) -> Self {
        let practice = settings.upstream.is_practice();
        let backend = sori_backend::start(settings).await.unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let flags = Flags::parse_from(["site"]);
        let site = build(&backend, practice, address, flags).unwrap();
        tokio::spawn(async move { serve(listener, site).await.unwrap() });
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self {
            origin: format!("http://{address}"),
            client,
            _backend: backend,
        }
    }

    async fn get(&self, path: &str) -> Response {
        self.client
            .get(format!("{}{path}", self.origin))
            .send()
            .await
            .unwrap()
    }

    /// Does what the widget does before the form is sent: requests a key and its audio.
    async fn heard_key(&self) -> String {
        let url = format!("{}/captcha/keys", self.origin);
        let issued = self
            .client
            .post(url)
            .header("Origin", &self.origin)
            .send()
            .await
            .unwrap();
        let issued: serde_json::Value = issued.json().await.unwrap();
        let key = issued["key"].as_str().unwrap().to_owned();
        let audio = self.get(&format!("/captcha/audio/{key}")).await;
        assert_eq!(audio.status(), StatusCode::OK);
        key
    }

    async fn send(&self, fields: &[(&str, &str)], cookie: Option<&str>) -> Response {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        let mut request = self
            .client
            .post(format!("{}/?lang=en", self.origin))
            .body(body.finish());
        request = request.header("Content-Type", "application/x-www-form-urlencoded");
        if let Some(cookie) = cookie {
            request = request.header("Cookie", cookie);
        }
        request.send().await.unwrap()
    }
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let first = listen(0).await.unwrap();
    let address = first.local_addr().unwrap();
    let error = listen(address.port()).await.unwrap_err();
    assert!(
        error.contains(&format!("cannot listen on {address}: ")) && error.contains("--port"),
        "{error}"
    );
}

#[tokio::test]
async fn the_right_answer_is_shown_as_verified() {
    let demo = Demo::start().await;
    let response = format!("{}:12345", demo.heard_key().await);
    let answer = demo
        .send(&[("name", "보라"), ("captcha-response", &response)], None)
        .await;
    assert_eq!(answer.status(), StatusCode::OK);
    let page = answer.text().await.unwrap();
    assert!(
        page.contains(r#"id="result" data-verified="true""#),
        "{page}"
    );
    assert!(page.contains("보라"));
}

#[tokio::test]
async fn nothing_but_a_right_answer_is_verified_and_no_mistake_loses_the_name() {
    let demo = Demo::start().await;
    let wrong = format!("{}:54321", demo.heard_key().await);
    let unheard = "t521bp3qM7Qyk2X2:12345";
    let empty = format!("{}:", demo.heard_key().await);
    for fields in [
        vec![("captcha-response", wrong.as_str())],
        vec![("captcha-response", unheard)],
        vec![("captcha-response", &empty)],
        vec![("captcha-response", "")],
        vec![],
        vec![("captcha-error", "quota_exceeded")],
        vec![
            ("captcha-error", "quota_exceeded"),
            ("captcha-response", unheard),
        ],
        vec![("captcha-error", "<script>")],
    ] {
        let mut sent = vec![("name", "Bora & <Co>")];
        sent.extend(&fields);
        let answer = demo.send(&sent, None).await;
        assert_eq!(
            answer.status(),
            StatusCode::UNPROCESSABLE_ENTITY,
            "{fields:?}"
        );
        let page = answer.text().await.unwrap();
        assert!(
            page.contains(r#"id="result" data-verified="false""#),
            "{fields:?}"
        );
        assert!(
            page.contains(r#"value="Bora &amp; &lt;Co&gt;""#),
            "{fields:?}"
        );
        assert!(page.contains("/docs/alternative?lang=en"), "{fields:?}");
        assert!(!page.contains("<script>"));
    }
}

#[tokio::test]
async fn a_fault_is_named_and_offers_the_other_way() {
    let demo = Demo::start().await;
    let answer = demo
        .send(
            &[("name", "Bora"), ("captcha-error", "quota_exceeded")],
            None,
        )
        .await;
    let page = answer.text().await.unwrap();
    assert!(page.contains("<code>quota_exceeded</code>"));
}

#[tokio::test]
async fn an_answer_passes_once() {
    let demo = Demo::start().await;
    let response = format!("{}:12345", demo.heard_key().await);
    let fields = [("name", "Bora"), ("captcha-response", response.as_str())];
    assert_eq!(demo.send(&fields, None).await.status(), StatusCode::OK);
    assert_eq!(
        demo.send(&fields, None).await.status(),
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

#[tokio::test]
async fn a_mistake_in_another_field_costs_no_second_captcha() {
    let demo = Demo::start().await;
    let response = format!("{}:12345", demo.heard_key().await);
    let answer = demo
        .send(&[("name", " "), ("captcha-response", &response)], None)
        .await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"));
    let page = answer.text().await.unwrap();
    assert!(
        page.contains("name-problem") && !page.contains("<sori-captcha"),
        "{page}"
    );

    let cookie = cookie.split(';').next().unwrap();
    let mended = demo.send(&[("name", "Bora")], Some(cookie)).await;
    assert_eq!(mended.status(), StatusCode::OK);
    let again = demo.send(&[("name", "Bora")], Some(cookie)).await;
    assert_eq!(
        again.status(),
        StatusCode::UNPROCESSABLE_ENTITY,
        "a pass is good for one form"
    );
}

#[tokio::test]
async fn inline_mode_and_language_survive_the_form() {
    let demo = Demo::start().await;
    let page = demo
        .get("/?verify=inline&lang=en")
        .await
        .text()
        .await
        .unwrap();
    assert!(
        page.contains(r#"verify="inline""#) && page.contains("lang=en&amp;verify=inline"),
        "{page}"
    );
}
