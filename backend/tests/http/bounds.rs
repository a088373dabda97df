//! Limits on connections, headers, bodies and slow clients, and the end of connections.

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

/// Everything the server sends until it closes the connection.
async fn rest(mut stream: TcpStream) -> String {
    let mut text = Vec::new();
    let read = stream.read_to_end(&mut text);
    // A reset also counts as the end.
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

    // Also if the length is not announced.
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

/// A client that sends one request after another on one connection, and waits for each reply.
struct KeepAlive {
    stream: TcpStream,
    host: String,
}

impl KeepAlive {
    async fn connect(site: &Site) -> Self {
        let stream = TcpStream::connect(site.addr).await.unwrap();
        let host = site.addr.to_string();
        Self { stream, host }
    }

    async fn ask(&mut self, method: &str, path: &str) {
        let host = &self.host;
        let request =
            format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\norigin: http://{host}\r\n\r\n");
        self.stream.write_all(request.as_bytes()).await.unwrap();
    }

    /// The head of the next reply, after its body was read too; `None` at the end of the connection.
    async fn answer(&mut self) -> Option<String> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let read = timeout(SOON, self.stream.read_u8())
                .await
                .expect("an answer or an end");
            head.push(read.ok()?);
        }
        let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
        let length = head.split_once("content-length: ").unwrap().1;
        let length: usize = length.lines().next().unwrap().parse().unwrap();
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await.ok()?;
        Some(head)
    }
}

#[tokio::test]
async fn a_client_that_never_ends_its_headers_is_let_go() {
    let upstream = Scripted::start().await;
    let patience = Patience {
        headers: Duration::from_millis(300),
        ..Patience::default()
    };
    let site = Site::start_bounded(settings(upstream.addr), NOON, 16, patience).await;
    // An idle connection has its own limit, which is longer.
    let mut idle = KeepAlive::connect(&site).await;
    idle.ask("GET", "/healthz").await;
    idle.answer().await.unwrap();
    let stream = send(&site, "GET /healthz HTTP/1.1\r\nhost: a\r\n").await;
    rest(stream).await;
    let mut trickling = TcpStream::connect(site.addr).await.unwrap();
    let trickle = async {
        while trickling.write_all(b"G").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(SOON, trickle)
        .await
        .expect("the server ends the connection");
    idle.ask("GET", "/healthz").await;
    assert!(idle.answer().await.unwrap().starts_with("http/1.1 200"));
}

#[tokio::test]
async fn a_connection_without_a_request_is_let_go_in_the_end() {
    let upstream = Scripted::start().await;
    let patience = Patience {
        idle: Duration::from_millis(300),
        ..Patience::default()
    };
    let site = Site::start_bounded(settings(upstream.addr), NOON, 16, patience).await;
    rest(send(&site, "").await).await;
    let answered = send(&site, "GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n").await;
    assert!(rest(answered).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn an_old_connection_ends_after_an_answer_that_says_so_and_never_in_a_request() {
    let upstream = Scripted::start().await;
    let mut settings = settings(upstream.addr);
    settings.upstream_timeout = Duration::from_secs(1);
    let patience = Patience {
        connection: Duration::from_millis(400),
        ..Patience::default()
    };
    let site = Site::start_bounded(settings, NOON, 64, patience).await;
    // The request begins while the connection is young, and its reply comes when it is old.
    upstream.set(|script| script.issue = Reply::Silence);
    let mut client = KeepAlive::connect(&site).await;
    client.ask("GET", "/healthz").await;
    assert!(!client.answer().await.unwrap().contains("connection: close"));
    client.ask("POST", "/captcha/keys").await;
    let answer = client.answer().await.expect("an answer");
    assert!(answer.starts_with("http/1.1 503"), "{answer}");
    assert!(answer.contains("connection: close"), "{answer}");
    assert_eq!(client.answer().await, None);

    // The connection becomes old while it is idle; the next request still gets a reply.
    let mut client = KeepAlive::connect(&site).await;
    client.ask("GET", "/healthz").await;
    client.answer().await.unwrap();
    tokio::time::sleep(patience.connection).await;
    client.ask("GET", "/healthz").await;
    let answer = client.answer().await.expect("an answer");
    assert!(answer.contains("connection: close"), "{answer}");
}

#[tokio::test]
async fn no_exchange_lasts_for_ever() {
    let upstream = Scripted::start().await;
    let mut settings = settings(upstream.addr);
    settings.upstream_timeout = Duration::from_secs(600);
    let patience = Patience {
        exchange: Duration::from_millis(300),
        ..Patience::default()
    };
    let site = Site::start_bounded(settings, NOON, 16, patience).await;
    upstream.set(|script| script.issue = Reply::Silence);
    let mut client = KeepAlive::connect(&site).await;
    client.ask("POST", "/captcha/keys").await;
    assert_eq!(client.answer().await, None);
}

#[tokio::test]
async fn a_newcomer_takes_the_place_of_who_waits_for_nothing() {
    let upstream = Scripted::start().await;
    // No time limit closes them.
    let patience = Patience {
        idle: Duration::from_secs(3600),
        headers: Duration::from_secs(3600),
        ..Patience::default()
    };
    let site = Site::start_bounded(settings(upstream.addr), NOON, 2, patience).await;
    let idle = send(&site, "").await;
    let half = send(&site, "GET /healthz HTTP/1.1\r\nhost: a\r\n").await;
    let mut newcomers = Vec::new();
    for _ in 0..4 {
        let mut newcomer = KeepAlive::connect(&site).await;
        newcomer.ask("GET", "/healthz").await;
        assert!(newcomer.answer().await.unwrap().starts_with("http/1.1 200"));
        newcomers.push(newcomer);
    }
    // These had waited longest.
    rest(idle).await;
    rest(half).await;
}

#[tokio::test]
async fn where_everybody_waits_for_an_answer_a_newcomer_is_told_at_once() {
    let upstream = Scripted::start().await;
    let mut settings = settings(upstream.addr);
    settings.upstream_timeout = Duration::from_secs(5);
    let site = Site::start_bounded(settings, NOON, 2, Patience::default()).await;
    upstream.set(|script| script.issue = Reply::Silence);
    let mut waiting = Vec::new();
    for count in 1..=2 {
        let mut client = KeepAlive::connect(&site).await;
        client.ask("POST", "/captcha/keys").await;
        waiting.push(client);
        while upstream.count("code=0") < count {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    for _ in 0..3 {
        let refused = Answer::of(site.post("/captcha/keys")).await;
        assert_eq!(
            (refused.status.as_u16(), refused.code()),
            (503, "upstream_unavailable")
        );
        assert_eq!(refused.retry_after(), Some(1));
    }
    // No other client lost its connection.
    for client in &mut waiting {
        assert!(client.answer().await.unwrap().starts_with("http/1.1 503"));
    }
    assert_eq!(Answer::of(site.get("/healthz")).await.status, 200);
}

#[tokio::test]
async fn one_address_has_no_more_than_its_share_of_the_places() {
    let upstream = Scripted::start().await;
    let mut settings = settings(upstream.addr);
    settings.peer_connections = 3;
    let site = Site::start_bounded(settings, NOON, 16, Patience::default()).await;
    let elsewhere =
        socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    let other: std::net::SocketAddr = ([127, 0, 0, 2], 0).into();
    elsewhere.bind(&other.into()).unwrap();
    elsewhere.connect(&site.addr.into()).unwrap();
    let mut idle = Vec::new();
    for _ in 0..5 {
        idle.push(send(&site, "").await);
    }
    // The first two connections were closed for the last two; the other address kept its connection.
    for stream in idle.drain(..2) {
        rest(stream).await;
    }
    elsewhere.set_nonblocking(true).unwrap();
    let mut client = KeepAlive {
        stream: TcpStream::from_std(elsewhere.into()).unwrap(),
        host: site.addr.to_string(),
    };
    client.ask("GET", "/healthz").await;
    assert!(client.answer().await.unwrap().starts_with("http/1.1 200"));
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
async fn a_client_that_connects_just_before_the_stop_is_answered() {
    let upstream = Scripted::start().await;
    let mut site = Site::over(&upstream).await;
    let mut idle = KeepAlive::connect(&site).await;
    idle.ask("GET", "/healthz").await;
    idle.answer().await.unwrap();
    // The operating system has accepted the connection; the server may not have.
    let mut newcomer = KeepAlive::connect(&site).await;
    let stopped = site.stop();
    newcomer.ask("GET", "/healthz").await;
    let answer = newcomer.answer().await.expect("an answer");
    assert!(answer.contains("connection: close"), "{answer}");
    // A connection that waits for nothing does not delay the stop.
    assert_eq!(idle.answer().await, None);
    timeout(SOON, stopped)
        .await
        .expect("the server ends")
        .unwrap();
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
    // Bytes that are not UTF-8 are not a key.
    let bytes = Answer::of(site.get("/captcha/audio/%FF%FE")).await;
    assert_eq!((bytes.status.as_u16(), bytes.code()), (404, "invalid_key"));
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
