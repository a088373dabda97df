//! The upstream's reasons in the log.

use crate::program::{Answers, CLIENT_ID, CLIENT_SECRET, Program, reply, upstream};
use axum::response::Response;
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
        answers.lock().unwrap().push(reply(401, body));
    }
    let echo = json!({"errorMessage": format!("{CLIENT_SECRET}\u{1b}[2J\nforged line {}", "x".repeat(5000)), "errorCode": "024"});
    answers.lock().unwrap().push(reply(401, echo));
    let withdrawn = json!({"errorMessage": "Invalid search api", "errorCode": "SE05"});
    answers.lock().unwrap().push(reply(404, withdrawn));
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
        answers.lock().unwrap().push(reply(401, refusal));
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
        answers.lock().unwrap().push(reply(401, refusal));
        let answer = json!({"key": key, "answer": "일 23&4"});
        program.post("verifications", &answer).await;
    }
    let log = program.stop().await.to_lowercase();
    assert_eq!(log.matches("the upstream: status 401").count(), 6, "{log}");
    for hidden in ["secret-that", "id-that", "23&4", "23%264", "%ec%9d"] {
        assert!(!log.contains(hidden), "{hidden}: {log}");
    }
}

/// A reply with these headers.
fn headed(headers: &[(&'static str, &'static str)], mut reply: Response) -> Response {
    for (name, value) in headers {
        reply.headers_mut().insert(*name, value.parse().unwrap());
    }
    reply
}

const HTML: (&str, &str) = ("content-type", "text/html; charset=utf-8");

#[tokio::test]
async fn a_reply_that_cannot_be_read_is_described() {
    let login = (
        "location",
        "https://login.example/?next=secret-that-nobody-may-see",
    );
    let table = [
        (
            headed(&[HTML], reply(200, "<!doctype html><p>Maintenance")),
            "status 200, text/html, 29 bytes: no JSON: a web page, perhaps a proxy's",
        ),
        (
            headed(&[login], reply(302, "")),
            "a redirect to login.example, which is not followed",
        ),
        (
            headed(&[("content-encoding", "gzip")], reply(200, "\u{1f}\u{8b}")),
            "Content-Encoding gzip, 3 bytes: it is compressed, which was not asked for",
        ),
        (
            headed(&[HTML], reply(403, "<html>Forbidden</html>")),
            "status 403, text/html, 22 bytes: no JSON: a web page, perhaps a proxy's",
        ),
        (reply(200, ""), "0 bytes: no JSON: an empty body"),
        (
            headed(
                &[("content-type", "text/xml")],
                reply(200, "<?xml version='1.0'?><result/>"),
            ),
            "text/xml, 30 bytes: no JSON: XML",
        ),
        (reply(200, "{}"), "2 bytes: JSON without what was asked for"),
    ];
    let answers = Answers::default();
    let (replies, expected): (Vec<_>, Vec<_>) = table.into_iter().unzip();
    let calls = replies.len();
    answers.lock().unwrap().extend(replies);
    let upstream = upstream(&answers).await;
    let program = Program::start(&upstream, &[("SORI_CLIENT_RATE", "off")]).await;
    // Five failures in a row open the breaker; a refusal between them keeps it closed.
    for _ in 0..calls {
        program.post("keys", &json!({})).await;
    }
    let issued = program.post("keys", &json!({})).await;
    let page = headed(&[HTML], reply(200, "<html>".to_owned() + &"x".repeat(5000)));
    answers.lock().unwrap().push(page);
    let audio = format!("audio/{}", issued["key"].as_str().unwrap());
    program.get(&audio).await;
    let log = program.stop().await;
    let sound = "text/html, 5006 bytes: no WAV file: a web page, perhaps a proxy's";
    for expected in expected.into_iter().chain([sound]) {
        assert!(log.contains(expected), "{expected}: {log}");
    }
    assert!(!log.contains("SORI_CLIENT_SECRET is wrong"), "{log}");
    assert!(!log.contains(CLIENT_SECRET), "{log}");
}
