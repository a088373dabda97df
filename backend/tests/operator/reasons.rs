//! The upstream's reasons in the log.

use crate::program::{Answers, CLIENT_SECRET, Program, upstream};
use serde_json::json;

#[tokio::test]
async fn naver_s_reason_and_the_cure_are_in_the_log_and_nothing_is_spent() {
    let table = [
        (
            "NID AUTH Result Invalid (1000) : Authentication failed.",
            "SORI_CLIENT_SECRET is wrong",
        ),
        ("NID AUTH Result Invalid (2)", "do not belong together"),
        (
            "Not Exist Client ID : Authentication failed.",
            "SORI_CLIENT_ID is wrong",
        ),
        (
            "Scope Status Invalid : Authentication failed.",
            "캡차(음성)",
        ),
    ];
    let answers = Answers::default();
    for (message, _) in table {
        let body = json!({"errorMessage": message, "errorCode": "024"});
        answers.lock().unwrap().push((401, body.to_string()));
    }
    let echo = json!({"errorMessage": format!("{CLIENT_SECRET}\u{1b}[2J\nforged line {}", "x".repeat(5000)), "errorCode": "024"});
    answers.lock().unwrap().push((401, echo.to_string()));
    let withdrawn = json!({"errorMessage": "Invalid search api", "errorCode": "SE05"});
    answers.lock().unwrap().push((404, withdrawn.to_string()));
    let upstream = upstream(&answers).await;
    // The quota of two challenges would be used up by six refusals, if they counted.
    let program = Program::start(
        &upstream,
        &[("SORI_DAILY_QUOTA", "4"), ("SORI_HOURLY_SHARE", "off")],
    )
    .await;
    for _ in 0..6 {
        let refused = program.post("keys", &json!({})).await;
        assert_eq!(refused["code"], "upstream_rejected", "{refused}");
        assert!(!refused.to_string().contains("024"), "{refused}");
    }
    let key = program.heard_key().await;
    let answer = json!({"key": key, "answer": "12345"});
    assert_eq!(
        program.post("verifications", &answer).await["verified"],
        true
    );
    let log = program.stop().await;
    for (message, cure) in table {
        let line = log.lines().find(|line| line.contains(message));
        let line = line.unwrap_or_else(|| panic!("{message}: {log}"));
        assert!(line.contains(cure), "{line}");
    }
    assert!(log.contains("SE05") && log.contains("apistatus"), "{log}");
    assert!(!log.contains(CLIENT_SECRET) && !log.contains(&key), "{log}");
    assert!(
        !log.contains("\nforged line") && !log.contains("\u{1b}[2J"),
        "{log}"
    );
    assert!(log.lines().all(|line| line.chars().count() < 1000));
}
