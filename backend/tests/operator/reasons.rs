//! The upstream's reasons in the log.

use crate::program::{Answers, CLIENT_ID, CLIENT_SECRET, Program, upstream};
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

/// An upstream that repeats the credentials or the answer, as an error page of a gateway may do.
#[tokio::test]
async fn no_part_of_a_secret_reaches_the_log_however_the_upstream_repeats_it() {
    let answers = Answers::default();
    let messages = [
        // A message is cut after 200 characters, a code after 40.
        format!("{}{CLIENT_SECRET} {CLIENT_ID}", "x".repeat(185)),
        format!(
            "{} {}",
            CLIENT_SECRET.to_uppercase(),
            CLIENT_ID.to_uppercase()
        ),
    ];
    let mut refusals: Vec<_> = messages
        .map(|message| json!({"errorMessage": message, "errorCode": "024"}))
        .into();
    refusals.push(json!({"errorCode": format!("{}{CLIENT_SECRET}", "c".repeat(30))}));
    for refusal in &refusals {
        answers.lock().unwrap().push((401, refusal.to_string()));
    }
    let upstream = upstream(&answers).await;
    let program = Program::start(&upstream, &[]).await;
    for _ in &refusals {
        program.post("keys", &json!({})).await;
    }
    let key = program.heard_key().await;
    for target in ["일 23&4", "%EC%9D%BC+23%264", "%ec%9d%bc%2023%264"] {
        let message = format!("no such call: /skey?value={target}");
        let refusal = json!({"errorMessage": message, "errorCode": "024"});
        answers.lock().unwrap().push((401, refusal.to_string()));
        let answer = json!({"key": key, "answer": "일 23&4"});
        program.post("verifications", &answer).await;
    }
    let log = program.stop().await.to_lowercase();
    assert_eq!(log.matches("the upstream: status 401").count(), 6, "{log}");
    for hidden in ["secret-that", "id-that", "23&4", "23%264", "%ec%9d"] {
        assert!(!log.contains(hidden), "{hidden}: {log}");
    }
}
