//! What is refused, in which words, and what counts towards the quota.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use sori_backend::practice::{Call, Fault, Options};
use sori_backend::upstream::Dialect;

use crate::in_both_dialects;
use crate::upstream::{ID, SECRET, Upstream, assert_error, assert_no_audio, told};

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
    assert_no_audio(&upstream, &key).await;
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
    let upstream = Upstream::with_quota(dialect, 1).await;
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
    let upstream = Upstream::with_quota(dialect, 3).await;
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
    let upstream = Upstream::with_quota(dialect, 1).await;
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

in_both_dialects! {
    an_unknown_or_missing_key_is_ct001
    an_expired_key_is_ct001
    an_answer_to_unfetched_audio_is_ct002
    credentials_count_in_their_headers_only
    a_refused_caller_spends_no_quota
    the_daily_quota_counts_issues_and_verifications_but_no_audio
    only_get_is_served_and_head_issues_nothing
    unknown_paths_and_parameters_are_told_apart
    each_fault_shows_as_intended_and_heals
    a_stopped_emulator_answers_no_more
}
