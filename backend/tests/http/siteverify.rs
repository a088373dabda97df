//! `siteverify` as clients of reCAPTCHA, hCaptcha and Turnstile use it.

use crate::{
    scripted::Scripted,
    site::{Answer, SITE_SECRET, Site, emulator, settings},
};
use reqwest::header;
use serde_json::json;

#[tokio::test]
async fn a_right_answer_passes_once_and_a_wrong_one_never() {
    let upstream = emulator(None).await;
    let site = Site::start(settings(upstream.addr)).await;
    let right = format!("{}:12345", site.heard_key().await);
    let passed = site.siteverify_response(&right).await;
    assert_eq!(passed.status, 200);
    let expected = json!({
        "success": true,
        "challenge_ts": "2026-11-21T03:00:00Z",
        "hostname": "127.0.0.1",
        "error-codes": [],
    });
    assert_eq!(passed.json, expected);
    assert_eq!(
        site.siteverify_response(&right).await.error_codes(),
        ["timeout-or-duplicate"]
    );

    let wrong = format!("{}:54321", site.heard_key().await);
    assert_eq!(
        site.siteverify_response(&wrong).await.error_codes(),
        ["invalid-input-response"]
    );
    assert_eq!(
        site.siteverify_response(&wrong).await.error_codes(),
        ["timeout-or-duplicate"]
    );
}

#[tokio::test]
async fn every_documented_form_of_the_request_is_read() {
    let upstream = Scripted::start().await;
    let site = Site::over(&upstream).await;
    let key = site.heard_key().await;
    let split = [("secret", SITE_SECRET), ("key", &key), ("answer", "12345")];
    assert_eq!(site.siteverify(&split).await.json["success"], true);

    let key = site.heard_key().await;
    let response = format!("{key}:12345");
    let strange = [
        ("remoteip", "192.0.2.1"),
        ("sitekey", "10000000-ffff-ffff-ffff-000000000001"),
        ("idempotency_key", "x"),
        ("response", &response),
        ("secret", SITE_SECRET),
    ];
    assert_eq!(site.siteverify(&strange).await.json["success"], true);

    let response = format!("{}:12345", site.heard_key().await);
    let body = json!({"secret": SITE_SECRET, "response": response, "remoteip": null, "n": 1});
    let answer = Answer::of(site.http.post(site.url("/captcha/siteverify")).json(&body)).await;
    assert_eq!(answer.json["success"], true);
}

#[tokio::test]
async fn every_refusal_has_the_code_that_clients_know() {
    let upstream = Scripted::start().await;
    let site = Site::over(&upstream).await;
    let response = format!("{}:12345", site.heard_key().await);
    let before = upstream.requests().len();
    let table: [(&[(&str, &str)], &str); 9] = [
        (&[("response", &response)], "missing-input-secret"),
        (
            &[("secret", ""), ("response", &response)],
            "missing-input-secret",
        ),
        (
            &[("secret", "wrong"), ("response", &response)],
            "invalid-input-secret",
        ),
        (&[("secret", "wrong")], "invalid-input-secret"),
        (&[("secret", SITE_SECRET)], "missing-input-response"),
        (
            &[("secret", SITE_SECRET), ("response", "")],
            "missing-input-response",
        ),
        (
            &[("secret", SITE_SECRET), ("key", "only")],
            "missing-input-response",
        ),
        (
            &[("secret", SITE_SECRET), ("response", "no-such-token")],
            "invalid-input-response",
        ),
        (
            &[("secret", SITE_SECRET), ("secret", SITE_SECRET)],
            "bad-request",
        ),
    ];
    for (fields, code) in table {
        assert_eq!(
            site.siteverify(fields).await.error_codes(),
            [code],
            "{fields:?}"
        );
    }
    let once = json!({"secret": SITE_SECRET, "response": response}).to_string();
    let twice = once.replace('}', r#","response":"no-such-token"}"#);
    let odd = [
        ("text/plain", "secret=a"),
        ("application/json", "[]"),
        ("application/json", "{"),
        ("application/json", twice.as_str()),
    ];
    for (media_type, body) in odd {
        let request = site.http.post(site.url("/captcha/siteverify"));
        let request = request.header(header::CONTENT_TYPE, media_type);
        let request = request.body(body.to_owned());
        assert_eq!(Answer::of(request).await.error_codes(), ["bad-request"]);
    }
    assert_eq!(upstream.requests().len(), before);
    assert_eq!(
        site.siteverify_response(&response).await.json["success"],
        true
    );
}

/// A refusal as a client sees it that reads siteverify's format.
fn refusal(answer: &Answer) -> (u16, &str, &str) {
    assert_eq!(
        answer.header("content-type"),
        Some("application/json"),
        "{answer:?}"
    );
    assert_eq!(answer.json["success"], false, "{answer:?}");
    let codes = answer.json["error-codes"].as_array().unwrap();
    assert_eq!(codes.len(), 1, "{answer:?}");
    let message = answer.json["messages"][0].as_str().unwrap_or_default();
    (answer.status.as_u16(), codes[0].as_str().unwrap(), message)
}

#[tokio::test]
async fn a_page_cannot_use_siteverify() {
    let upstream = Scripted::start().await;
    let site = Site::over(&upstream).await;
    let response = format!("{}:12345", site.heard_key().await);
    let body = json!({"secret": SITE_SECRET, "response": response});
    let query = format!("/captcha/siteverify?secret={SITE_SECRET}&response={response}");
    let navigation = site.get(&query).header("sec-fetch-site", "cross-site");
    for request in [site.post("/captcha/siteverify").json(&body), navigation] {
        let answer = Answer::of(request).await;
        let (status, code, message) = refusal(&answer);
        assert_eq!((status, code), (403, "bad-request"));
        assert!(message.contains("site's own server"), "{message}");
    }
    assert_eq!(
        site.siteverify_response(&response).await.json["success"],
        true
    );
}

#[tokio::test]
async fn a_form_data_of_fetch_is_read() {
    let upstream = Scripted::start().await;
    let site = Site::over(&upstream).await;
    let response = format!("{}:12345", site.heard_key().await);
    let post = |body: String| {
        let request = site.http.post(site.url("/captcha/siteverify"));
        let kind = "multipart/form-data; boundary=----formdata-undici-0123";
        request.header(header::CONTENT_TYPE, kind).body(body)
    };
    let part = |name: &str, value: &str| {
        format!(
            "------formdata-undici-0123\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        )
    };
    let end = "------formdata-undici-0123--\r\n";
    let body = part("secret", SITE_SECRET) + &part("response", &response);
    let twice = Answer::of(post(body.clone() + &part("response", &response) + end)).await;
    let (status, code, message) = refusal(&twice);
    assert_eq!((status, code), (200, "bad-request"));
    assert!(message.contains("`response`"), "{message}");
    let long = Answer::of(post(
        body.clone() + &part("remoteip", &"1".repeat(17_000)) + end,
    ))
    .await;
    assert_eq!(refusal(&long).0, 413);
    let passed = Answer::of(post(body + &part("remoteip", "192.0.2.1") + end)).await;
    assert_eq!(passed.json["success"], true, "{passed:?}");
}

#[tokio::test]
async fn a_get_is_answered_as_a_post_is() {
    let upstream = Scripted::start().await;
    let site = Site::over(&upstream).await;
    let response = format!("{}:12345", site.heard_key().await);
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("secret", SITE_SECRET)
        .append_pair("response", &response)
        .append_pair("remoteip", "192.0.2.1")
        .finish();
    let path = format!("/captcha/siteverify?{query}");
    // A HEAD request is the same request without the body of the reply. It must not use the key up.
    let head = site.http.head(site.url(&path)).send().await.unwrap();
    assert_eq!(head.status(), 405);
    let passed = Answer::of(site.get(&path)).await;
    assert_eq!(passed.json["success"], true, "{passed:?}");
    let again = Answer::of(site.get(&path)).await;
    assert_eq!(refusal(&again).1, "timeout-or-duplicate");
    let nothing = Answer::of(site.get("/captcha/siteverify")).await;
    assert_eq!(
        refusal(&nothing),
        (200, "missing-input-secret", "`secret` is missing.")
    );
    let put = Answer::of(site.http.put(site.url(&path))).await;
    assert_eq!(
        (refusal(&put).0, put.header("allow")),
        (405, Some("GET, POST"))
    );
}

/// A mistake of the site's server is not one of the visitor: the key stays usable, and the message says what is wrong.
#[tokio::test]
async fn a_response_that_was_changed_on_the_way_is_named_and_costs_no_key() {
    let upstream = Scripted::start().await;
    let site = Site::over(&upstream).await;
    let key = site.heard_key().await;
    for (response, word) in [
        (format!("\"{key}:12345\""), "quotation marks"),
        (format!("{key}%3A12345"), "%3A"),
        (format!("{key} :12345"), "space"),
        ("ka_dDU6MQ==".to_owned(), "padded"),
        ("hello".to_owned(), "neither"),
    ] {
        let answer = site.siteverify_response(&response).await;
        let (status, code, message) = refusal(&answer);
        assert_eq!((status, code), (200, "invalid-input-response"));
        assert!(message.contains(word), "{response}: {message}");
        assert!(!message.contains(&key), "{message}");
    }
    assert_eq!(upstream.count("code=1"), 0);
    let padded = site.siteverify_response(&format!(" {key}:12345\r\n")).await;
    assert_eq!(padded.json["success"], true, "{padded:?}");
    let target = upstream.requests().pop().unwrap();
    assert!(target.contains("value=12345 HTTP"), "{target}");
    let token = site.verify(&site.heard_key().await, "12345").await.json["token"].clone();
    let token = format!("{}\n", token.as_str().unwrap());
    let passed = site.siteverify_response(&token).await;
    assert_eq!(passed.json["success"], true, "{passed:?}");
}

#[tokio::test]
async fn a_compressed_body_and_a_secret_in_a_header_are_named() {
    let upstream = Scripted::start().await;
    let site = Site::over(&upstream).await;
    let form = "application/x-www-form-urlencoded";
    let post = || {
        let request = site.http.post(site.url("/captcha/siteverify"));
        request.header(header::CONTENT_TYPE, form)
    };
    let packed = post().header(header::CONTENT_ENCODING, "gzip");
    let packed = Answer::of(packed.body(b"\x1f\x8b\x08".to_vec())).await;
    let (status, code, message) = refusal(&packed);
    assert_eq!((status, code), (415, "bad-request"));
    assert!(message.contains("Content-Encoding"), "{message}");
    let plain = post().header(header::CONTENT_ENCODING, "identity");
    let plain = Answer::of(plain.body("secret=x")).await;
    assert_eq!(refusal(&plain).1, "invalid-input-secret");

    let bearer = format!("Bearer {SITE_SECRET}");
    for (name, value) in [("authorization", &*bearer), ("x-api-key", SITE_SECRET)] {
        let answer = Answer::of(post().header(name, value).body("response=x")).await;
        let (_, code, message) = refusal(&answer);
        assert_eq!(code, "missing-input-secret");
        assert!(
            message.contains(name) && message.contains("body"),
            "{message}"
        );
        // A proxy may need the header for itself.
        let whole = format!("secret={}&response=x", SITE_SECRET.replace(' ', "+"));
        let answer = Answer::of(post().header(name, value).body(whole)).await;
        assert_eq!(refusal(&answer).1, "invalid-input-response");
    }
}

#[tokio::test]
async fn parameters_in_the_wrong_place_are_named() {
    let upstream = Scripted::start().await;
    let site = Site::over(&upstream).await;
    let response = format!("{}:12345", site.heard_key().await);
    let query = format!(
        "secret={}&response={response}",
        SITE_SECRET.replace(' ', "+")
    );
    let url = site.url(&format!("/captcha/siteverify?{query}"));
    let form = "application/x-www-form-urlencoded";
    let secret = format!("secret={}", SITE_SECRET.replace(' ', "+"));
    let post = |url: &str, kind: &str, body: String| {
        let request = site.http.post(url).header(header::CONTENT_TYPE, kind);
        Answer::of(request.body(body))
    };
    let plain = site.url("/captcha/siteverify");
    let twice = format!("{plain}?secret=a&secret=b");
    let misnamed = format!("{secret}&g-recaptcha-response={response}");
    let table = [
        (
            post(&url, form, String::new()).await,
            "missing-input-secret",
            "query",
        ),
        (
            post(&url, form, secret.clone()).await,
            "missing-input-response",
            "query",
        ),
        (
            post(&twice, form, String::new()).await,
            "bad-request",
            "more than once",
        ),
        (
            post(&plain, form, misnamed).await,
            "missing-input-response",
            "NAME-response",
        ),
        (
            post(&plain, "text/plain", secret.clone()).await,
            "bad-request",
            "Content-Type",
        ),
        (
            post(&plain, "application/json", secret).await,
            "bad-request",
            "JSON",
        ),
        (
            post(&plain, "application/json", r#"{"secret":1}"#.into()).await,
            "bad-request",
            "`secret`",
        ),
    ];
    for (answer, code, word) in table {
        let (status, found, message) = refusal(&answer);
        assert_eq!((status, found), (200, code), "{answer:?}");
        assert!(message.contains(word), "{word}: {message}");
        assert!(!String::from_utf8_lossy(&answer.bytes).contains(SITE_SECRET));
    }
    assert_eq!(upstream.count("code=1"), 0);
}
