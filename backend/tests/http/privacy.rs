//! What is sent to the upstream: the credentials, a key and an answer, and nothing else about the visitor.

use crate::{
    scripted::Scripted,
    site::{CLIENT_ID, CLIENT_SECRET, Site},
};
use reqwest::RequestBuilder;
use std::collections::BTreeSet;

/// Everything that a browser may send, each header with a value that can be recognised.
fn personal(request: RequestBuilder) -> RequestBuilder {
    request
        .header("user-agent", "MARK-user-agent")
        .header("cookie", "session=MARK-cookie")
        .header("authorization", "Bearer MARK-authorization")
        .header("referer", "https://example.com/MARK-referer")
        .header("accept-language", "ko,MARK-language")
        .header("x-forwarded-for", "192.0.2.77")
        .header("forwarded", "for=192.0.2.77")
        .header("x-real-ip", "192.0.2.77")
        .header("via", "MARK-via")
        .header("from", "MARK-from@example.com")
        .header("sec-ch-ua", "MARK-brand")
        .header("x-request-id", "MARK-request-id")
}

#[tokio::test]
async fn nothing_of_the_visitor_reaches_the_upstream() {
    let upstream = Scripted::start().await;
    let site = Site::over(&upstream).await;
    let issued = personal(site.post("/captcha/keys?MARK-query=1")).body("MARK-body");
    let issued = issued.send().await.unwrap();
    assert_eq!(issued.status(), 201);
    let key = issued.json::<serde_json::Value>().await.unwrap()["key"]
        .as_str()
        .unwrap()
        .to_owned();
    let audio = personal(site.get(&format!("/captcha/audio/{key}?MARK-query=1")));
    assert_eq!(audio.send().await.unwrap().status(), 200);
    let answer = serde_json::json!({"key": key, "answer": "1 2&3=4", "MARK-field": "MARK-value"});
    let verified = personal(site.post("/captcha/verifications")).json(&answer);
    assert_eq!(verified.send().await.unwrap().status(), 200);

    let requests = upstream.requests();
    let targets: Vec<_> = requests
        .iter()
        .map(|head| head.lines().next().unwrap())
        .collect();
    let audio = format!("GET /v1/captcha/scaptcha?key={key} HTTP/1.1");
    let verify = format!("GET /v1/captcha/skey?code=1&key={key}&value=1+2%263%3D4 HTTP/1.1");
    let expected = ["GET /v1/captcha/skey?code=0 HTTP/1.1", &audio, &verify];
    assert_eq!(targets, expected);
    for head in &requests {
        assert!(
            !head.contains("MARK") && !head.contains("192.0.2.77"),
            "{head}"
        );
        let names = head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(": "));
        let names: BTreeSet<_> = names.map(|(name, _)| name.to_lowercase()).collect();
        let expected = [
            "accept",
            "host",
            "user-agent",
            "x-naver-client-id",
            "x-naver-client-secret",
        ];
        assert_eq!(names, expected.map(str::to_owned).into(), "{head}");
        assert!(head.contains(CLIENT_ID) && head.contains(CLIENT_SECRET));
    }
}

/// An `X-Request-Id` from a visitor could forge lines in the log, so the backend makes its own id.
#[tokio::test]
async fn a_visitors_request_id_is_not_taken_over() {
    let upstream = Scripted::start().await;
    let site = Site::over(&upstream).await;
    let answer = site
        .get("/healthz")
        .header("x-request-id", "forged")
        .send()
        .await
        .unwrap();
    let id = answer.headers()["x-request-id"].to_str().unwrap();
    assert!(
        id.len() == 16 && id.bytes().all(|b| b.is_ascii_hexdigit()),
        "{id}"
    );
}
