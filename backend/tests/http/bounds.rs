//! Connections, headers, bodies, slow clients, and the end.

use crate::{
    scripted::{Reply, Scripted},
    site::{Answer, NOON, Site, settings},
};
use reqwest::header;
use sori_backend::server::Patience;
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

const SOON: Duration = Duration::from_secs(10);

async fn send(site: &Site, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(site.addr).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    stream
}

/// All that comes until the server ends the connection.
async fn rest(mut stream: TcpStream) -> String {
    let mut text = Vec::new();
    let read = stream.read_to_end(&mut text);
    // A reset is an end too.
    let _ = timeout(SOON, read)
        .await
        .expect("the server ends the connection");
    String::from_utf8_lossy(&text).into_owned()
}

#[tokio::test]
async fn oversized_headers_and_bodies_are_refused() {
    let upstream = Scripted::start().await;
    let site = Site::over(&upstream).await;
    let request = format!(
        "GET /healthz HTTP/1.1\r\nhost: a\r\nx: {}\r\n\r\n",
        "x".repeat(20_000)
    );
    let answer = rest(send(&site, &request).await).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");

    let body = format!(r#"{{"key":"{}","answer":"1"}}"#, "k".repeat(20_000));
    let request = site
        .post("/captcha/verifications")
        .header(header::CONTENT_TYPE, "application/json");
    let answer = Answer::of(request.body(body)).await;
    assert_eq!(
        (answer.status.as_u16(), answer.code()),
        (413, "payload_too_large")
    );

    // Also where the length is not said in advance.
    let request = "POST /captcha/siteverify HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\
                   content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    let mut stream = send(&site, request).await;
    let chunk = format!("1000\r\n{}\r\n", "x".repeat(4096));
    for _ in 0..6 {
        if stream.write_all(chunk.as_bytes()).await.is_err() {
            break;
        }
    }
    let answer = rest(stream).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
}

#[tokio::test]
async fn a_client_that_never_ends_its_headers_is_let_go() {
    let upstream = Scripted::start().await;
    let patience = Patience {
        headers: Duration::from_millis(300),
        ..Patience::default()
    };
    let site = Site::start_bounded(settings(upstream.addr), NOON, 16, patience).await;
    let stream = send(&site, "GET /healthz HTTP/1.1\r\nhost: a\r\n").await;
    rest(stream).await;
    // An idle connection ends the same way.
    let stream = send(&site, "GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n").await;
    assert!(rest(stream).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn no_connection_lives_for_ever() {
    let upstream = Scripted::start().await;
    let patience = Patience {
        connection: Duration::from_millis(500),
        ..Patience::default()
    };
    let site = Site::start_bounded(settings(upstream.addr), NOON, 16, patience).await;
    let mut stream = TcpStream::connect(site.addr).await.unwrap();
    let trickle = async {
        loop {
            if stream.write_all(b"G").await.is_err() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(SOON, trickle)
        .await
        .expect("the server ends the connection");
}

#[tokio::test]
async fn beyond_the_connection_limit_visitors_wait_and_are_then_served() {
    let upstream = Scripted::start().await;
    let patience = Patience {
        headers: Duration::from_millis(500),
        ..Patience::default()
    };
    let site = Site::start_bounded(settings(upstream.addr), NOON, 2, patience).await;
    let idle = [send(&site, "").await, send(&site, "").await];
    let answer = timeout(SOON, site.get("/healthz").send())
        .await
        .expect("an answer")
        .unwrap();
    assert_eq!(answer.status(), 200);
    drop(idle);
}

#[tokio::test]
async fn a_stop_lets_what_is_in_flight_end_and_takes_no_more() {
    let upstream = Scripted::start().await;
    let mut site = Site::over(&upstream).await;
    upstream.set(|script| script.issue = Reply::Silence);
    let request = site.post("/captcha/keys");
    let in_flight = tokio::spawn(async move { Answer::of(request).await });
    while upstream.requests().is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    site.backend.announce_stop();
    let ready = site.get("/readyz").send().await.unwrap();
    assert_eq!(ready.status(), 503);
    let stopped = site.stop();
    // The upstream's silence ends with its timeout, and the visitor is told.
    assert_eq!(in_flight.await.unwrap().code(), "upstream_unavailable");
    timeout(SOON, stopped)
        .await
        .expect("the server ends")
        .unwrap();
    assert!(TcpStream::connect(site.addr).await.is_err());
}

#[tokio::test]
async fn what_does_not_end_in_time_does_not_hold_the_stop_up() {
    let upstream = Scripted::start().await;
    upstream.set(|script| script.issue = Reply::Silence);
    let mut settings = settings(upstream.addr);
    settings.upstream_timeout = Duration::from_secs(60);
    settings.shutdown_grace = Duration::from_millis(300);
    let mut site = Site::start(settings).await;
    let request = site.post("/captcha/keys");
    let in_flight = tokio::spawn(request.send());
    while upstream.requests().is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    timeout(SOON, site.stop())
        .await
        .expect("the server ends")
        .unwrap();
    in_flight.abort();
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_too() {
    let upstream = Scripted::start().await;
    let site = Site::over(&upstream).await;
    let nowhere = Answer::of(site.get("/captcha/nowhere")).await;
    assert_eq!(
        (nowhere.status.as_u16(), nowhere.code()),
        (404, "bad_request")
    );
    let root = Answer::of(site.get("/nowhere")).await;
    assert_eq!((root.status.as_u16(), root.code()), (404, "bad_request"));
    let method = Answer::of(site.get("/captcha/keys")).await;
    assert_eq!(
        (method.status.as_u16(), method.code()),
        (405, "bad_request")
    );
    assert_eq!(Answer::of(site.get("/healthz")).await.status, 200);
    assert_eq!(Answer::of(site.get("/readyz")).await.status, 200);
    assert!(upstream.requests().is_empty());
}

#[tokio::test]
async fn practice_says_so_in_every_reply_and_others_do_not() {
    let upstream = Scripted::start().await;
    let real = Site::over(&upstream).await;
    assert_eq!(
        Answer::of(real.get("/healthz"))
            .await
            .header("sori-upstream"),
        None
    );
    let practice = Site::start(sori_backend::Settings::practice()).await;
    for path in [
        "/healthz",
        "/nowhere",
        "/captcha/nowhere",
        "/captcha/audio/x",
    ] {
        let answer = Answer::of(practice.get(path)).await;
        assert_eq!(answer.header("sori-upstream"), Some("practice"), "{path}");
    }
}
