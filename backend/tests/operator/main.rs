//! What an operator sees: NAVER's reasons in the log, a day without calls left, a full disk. The program runs as a
//! process, in front of an upstream that replies as a test tells it.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "clippy does not take a test's helpers for tests"
)]

mod disk;
mod program;
mod reasons;

use program::{Answers, BINARY, Program, reply, upstream};
use serde_json::json;
use tokio::process::Command;

#[tokio::test]
async fn an_operator_sees_how_the_day_stands_and_opens_it() {
    let answers = Answers::default();
    let spent = json!({"errorMessage": "Query limit exceeded", "errorCode": "010"});
    answers.lock().unwrap().push(reply(429, spent));
    let upstream = upstream(&answers).await;
    // Other tests use 127.0.0.1, so none of them takes the port in between.
    let free = std::net::TcpListener::bind("127.0.0.5:0").unwrap();
    let admin = free.local_addr().unwrap().to_string();
    drop(free);
    let program = Program::start(&upstream, &[("SORI_ADMIN_LISTEN", &admin)]).await;
    let quota = async |act: &str| {
        let output = Command::new(BINARY)
            .args(["quota", act])
            .env_clear()
            .env("SORI_ADMIN_LISTEN", &admin)
            .output()
            .await
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(said).unwrap())
    };
    assert_eq!(
        program.post("keys", &json!({})).await["code"],
        "quota_exceeded"
    );
    let (good, shown) = quota("show").await;
    assert!(good && shown.contains("closed    until"), "{shown}");
    let (good, opened) = quota("open").await;
    assert!(good && opened.contains("closed    no"), "{opened}");
    program.heard_key().await;
    let (_, shown) = quota("show").await;
    assert!(
        shown.contains("spent     1") && shown.contains("reserved  1"),
        "{shown}"
    );
    program.stop().await;
    let (good, gone) = quota("show").await;
    assert!(!good && gone.contains("no backend answers"), "{gone}");
}
