//! The program is killed. After the next start it must still know everything that it had replied.

use crate::{
    ANSWER, CLIENT_ID, CLIENT_SECRET, SITE_SECRET, Visitor,
    process::{Program, client, free_address},
};
use axum::{Router, routing::get};
use serde_json::{Value, json};
use sori_backend::practice;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::{net::TcpListener, task::JoinSet};

#[tokio::test]
async fn a_killed_process_forgets_neither_the_count_nor_who_is_still_listening() {
    let options = practice::Options {
        client_id: CLIENT_ID.into(),
        client_secret: CLIENT_SECRET.into(),
        answer: practice::Digits::parse(ANSWER).ok(),
        ..practice::Options::default()
    };
    let upstream = practice::spawn(options, ([127, 0, 0, 1], 0).into())
        .await
        .unwrap();
    let url = format!("http://{}/v1/captcha", upstream.addr);
    let state = std::env::temp_dir().join(format!("sori-killed-{}", std::process::id()));
    let variables = [
        ("SORI_CLIENT_ID", CLIENT_ID),
        ("SORI_CLIENT_SECRET", CLIENT_SECRET),
        ("SORI_UPSTREAM_URL", &url),
        ("SORI_SITEVERIFY_SECRET", SITE_SECRET),
        ("SORI_STATE_DIR", state.to_str().unwrap()),
        ("SORI_DAILY_QUOTA", "4"),
        ("SORI_HOURLY_SHARE", "off"),
    ];
    let mut first = Program::start("serve", &variables).await;
    let visitor = |program: &Program| Visitor {
        http: client(),
        base: program.base.clone(),
        ticket: String::new(),
        seen: Vec::new(),
    };
    let mut before = visitor(&first);
    let (one, two) = (before.heard_key().await, before.heard_key().await);
    first.child.kill().await.unwrap();

    let second = Program::start("serve", &variables).await;
    let mut after = visitor(&second);
    assert_eq!(
        after.post("keys", &json!({})).await["code"],
        "quota_exceeded"
    );
    for key in [one, two] {
        let verified = after
            .post("verifications", &json!({"key": key, "answer": ANSWER}))
            .await;
        assert_eq!(verified["verified"], true);
    }
    second.stop().await;
    fs::remove_dir_all(&state).unwrap();
}

/// A fast upstream without a quota that never issues the same key twice.
async fn quick_upstream() -> String {
    let keys = Arc::new(AtomicU64::new(0));
    let issue = move || {
        let key = keys.fetch_add(1, Ordering::Relaxed);
        async move { format!(r#"{{"key":"key-of-the-upstream-{key}"}}"#) }
    };
    let audio = || async { [b"RIFF\x40\0\0\0WAVE".to_vec(), vec![0; 60]].concat() };
    let router = Router::new()
        .route("/v1/captcha/skey", get(issue))
        .route("/v1/captcha/scaptcha", get(audio));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}/v1/captcha")
}

/// The file that exists while the journal is being written again.
fn fresh(state: &Path) -> PathBuf {
    state.join("journal.new")
}

/// Requests keys until the program is gone; returns the keys that arrived.
async fn ask_until_killed(base: &str, page: &str) -> Vec<String> {
    let mut visitors = JoinSet::new();
    let keys = Arc::new(Mutex::new(Vec::new()));
    for _ in 0..VISITORS {
        let (http, url, page) = (client(), format!("{base}captcha/keys"), page.to_owned());
        let keys = Arc::clone(&keys);
        visitors.spawn(async move {
            let ask = || http.post(&url).header("origin", format!("https://{page}"));
            while let Ok(answer) = ask().send().await {
                let Ok(answer) = answer.json::<Value>().await else {
                    break;
                };
                let key = answer["key"].as_str().expect("a key").to_owned();
                keys.lock().unwrap().push(key);
            }
        });
    }
    visitors.join_all().await;
    Arc::into_inner(keys).unwrap().into_inner().unwrap()
}

const VISITORS: usize = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_is_killed_while_it_shortens_its_journal_loses_nothing() {
    let url = quick_upstream().await;
    let state = std::env::temp_dir().join(format!("sori-shortened-{}", std::process::id()));
    // Long host names make the journal long quickly.
    let page = format!("{0}.{0}.{0}.example", "p".repeat(60));
    let admin = free_address(4).to_string();
    let origin = format!("https://{page}");
    let variables = [
        ("SORI_CLIENT_ID", CLIENT_ID),
        ("SORI_CLIENT_SECRET", CLIENT_SECRET),
        ("SORI_UPSTREAM_URL", url.as_str()),
        ("SORI_SITEVERIFY_SECRET", SITE_SECRET),
        ("SORI_STATE_DIR", state.to_str().unwrap()),
        ("SORI_ADMIN_LISTEN", admin.as_str()),
        ("SORI_ALLOWED_ORIGINS", origin.as_str()),
        ("SORI_DAILY_QUOTA", "1000000"),
        ("SORI_HOURLY_SHARE", "off"),
        ("SORI_CLIENT_RATE", "off"),
        ("SORI_LOG", "warn"),
    ];
    let mut known = 0;
    let mut caught = 0;
    for round in 0..ROUNDS {
        let _ = fs::remove_file(fresh(&state));
        let mut program = Program::start("serve", &variables).await;
        let asking = tokio::spawn({
            let (base, page) = (program.base.clone(), page.clone());
            async move { ask_until_killed(&base, &page).await }
        });
        let shortening = fresh(&state);
        let watching = tokio::task::spawn_blocking(move || {
            while !shortening.exists() {
                std::thread::yield_now();
            }
        });
        watching.await.unwrap();
        program.child.kill().await.unwrap();
        let keys = asking.await.unwrap();
        caught += u32::from(fresh(&state).exists());

        let program = Program::start("serve", &variables).await;
        let http = client();
        let quota = http
            .get(format!("http://{admin}/quota"))
            .send()
            .await
            .unwrap();
        let quota: Value = quota.json().await.unwrap();
        let (spent, asked) = (quota["spent"].as_u64().unwrap(), keys.len() as u64);
        // The last call of each visitor may have been counted although its reply was cut off.
        let most = known + asked + VISITORS as u64;
        assert!(
            (known + asked..=most).contains(&spent),
            "round {round}: {spent}, {known} + {asked}"
        );
        known = spent;
        for key in keys.iter().rev().take(20) {
            let audio = http.get(format!("{}captcha/audio/{key}", program.base));
            let audio = audio.send().await.unwrap();
            assert_eq!(audio.status(), 200, "{key} is forgotten");
        }
        program.stop().await;
        if caught >= 2 {
            break;
        }
    }
    assert!(
        caught >= 1,
        "the kill never met the journal being written anew"
    );
    fs::remove_dir_all(&state).unwrap();
}

const ROUNDS: u32 = 6;
