//! A key, its audio and its verification.

use reqwest::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use sori_backend::practice::{Digits, Options, Voice};
use sori_backend::upstream::Dialect;

use crate::in_both_dialects;
use crate::upstream::{Upstream, assert_error, assert_no_audio};

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

#[tokio::test]
async fn the_audio_is_had_by_its_older_path_too() {
    let upstream = Upstream::speaking(Dialect::Openapi, "12345").await;
    let key = upstream.key().await;
    let plain = upstream.get(&format!("scaptcha?key={key}")).await;
    let older = upstream.get(&format!("scaptcha.bin?key={key}")).await;
    assert_eq!(older.headers()[CONTENT_TYPE], "audio/wav;charset=UTF-8");
    assert_eq!(plain.bytes().await.unwrap(), older.bytes().await.unwrap());
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
        assert_no_audio(&upstream, &key).await;
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

in_both_dialects! {
    a_key_comes_as_json_under_a_text_type
    no_two_keys_are_alike
    audio_is_a_wav_file_of_unannounced_length
    a_range_request_gets_the_whole_file
    the_right_answer_is_judged_true_and_a_wrong_one_false
    a_key_is_good_for_one_verification
    a_key_sounds_the_same_each_time_and_unlike_the_next
    english_is_spoken_where_asked_for
    drawn_digits_are_five_or_six_and_differ
}
