//! The visitors. Some of them leave, or give up waiting and ask again.

use crate::SECRET;
use rand::RngExt;
use serde_json::{Value, json};
use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// No response may take longer.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Clone)]
pub(crate) struct Visitor {
    pub(crate) http: reqwest::Client,
    pub(crate) base: String,
}

impl Visitor {
    async fn post(&self, path: &str, body: &Value, patience: Duration) -> Option<Value> {
        let request = self.http.post(format!("{}/captcha/{path}", self.base));
        let request = if path == "siteverify" {
            request
        } else {
            request.header("origin", &self.base)
        };
        let answer = request.json(body).timeout(patience).send().await.ok()?;
        answer.json().await.ok()
    }

    /// Requests a key, again and again until it is issued.
    pub(crate) async fn key(&self) -> String {
        loop {
            let issued = self.post("keys", &json!({}), PATIENCE).await;
            let issued = issued.expect("an answer within 20 s");
            if let Some(key) = issued["key"].as_str() {
                return key.to_owned();
            }
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }

    /// One challenge, from the key to the verdict or until this visitor gives up.
    pub(crate) async fn challenge(&self, outcomes: &[AtomicU64; 3]) {
        let key = self.key().await;
        let (leaves, hasty, wrong) = {
            let mut rng = rand::rng();
            (
                rng.random_bool(0.05),
                rng.random_bool(0.05),
                rng.random_bool(0.2),
            )
        };
        let audio = self.http.get(format!("{}/captcha/audio/{key}", self.base));
        let heard = audio
            .send()
            .await
            .is_ok_and(|answer| answer.status() == 200);
        if leaves || !heard {
            return;
        }
        let answer = if wrong { "54321" } else { "12345" };
        let response = format!("{key}:{answer}");
        let question = json!({"secret": SECRET, "response": response, "idempotency_key": key});
        if hasty {
            let _ = self
                .post("siteverify", &question, Duration::from_millis(3))
                .await;
        }
        let verdict = self.post("siteverify", &question, PATIENCE).await;
        let verdict = verdict.expect("an answer within 20 s");
        let code = verdict["error-codes"][0].as_str().unwrap_or("passed");
        let outcome = match code {
            "passed" => 0,
            "invalid-input-response" => 1,
            "internal-error" | "timeout-or-duplicate" => 2,
            other => panic!("{other}: {verdict}"),
        };
        assert!(outcome != 0 || !wrong, "a wrong answer passed");
        outcomes[outcome].fetch_add(1, Ordering::Relaxed);
    }
}
