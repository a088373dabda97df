//! HTTP written by hand, as old clients and proxies send it. A reply with a known length must arrive, and must not be
//! lost in a reset.

use crate::{
    scripted::{Reply, Scripted},
    site::{SITE_SECRET, Site, settings},
};
use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
    time::timeout,
};

const SOON: Duration = Duration::from_secs(20);

/// The reply to `request`, until the connection ends. A reset fails the test.
async fn answer(address: SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request).await.unwrap();
    rest(stream).await
}

async fn rest(mut stream: TcpStream) -> String {
    let mut text = Vec::new();
    let read = timeout(SOON, stream.read_to_end(&mut text)).await;
    read.expect("the connection ends").expect("no reset");
    String::from_utf8(text).unwrap()
}

/// The head, and as much of the body as the head announces.
fn parts(answer: &str) -> (&str, &str) {
    let (head, body) = answer.split_once("\r\n\r\n").expect(answer);
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("content-length").then_some(value)
    });
    let length: usize = length.expect(answer).parse().unwrap();
    assert_eq!(body.len(), length, "{answer}");
    (head, body)
}

fn siteverify(version: &str, headers: &str, response: &str) -> String {
    let body = form_urlencoded::Serializer::new(String::new())
        .append_pair("secret", SITE_SECRET)
        .append_pair("response", response)
        .finish();
    format!(
        "POST /captcha/siteverify {version}\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

const FORM: &str = "content-type: application/x-www-form-urlencoded\r\n";

/// If a server closes a connection with unread bytes, the connection is reset, and the client may lose a reply that
/// it has not read yet.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn surplus_bytes_after_the_body_cost_nobody_the_answer() {
    let upstream = Scripted::start().await;
    let site = Site::over(&upstream).await;
    let headers = format!("host: a\r\nconnection: close\r\n{FORM}");
    let request = siteverify("HTTP/1.1", &headers, "no-such-token") + "\r\n\r\n";
    let mut clients = JoinSet::new();
    for _ in 0..20 {
        let (address, request) = (site.addr, request.clone());
        clients.spawn(async move {
            for _ in 0..50 {
                let answer = answer(address, request.as_bytes()).await;
                let (head, body) = parts(&answer);
                assert!(head.starts_with("HTTP/1.1 200 "), "{answer}");
                assert!(body.contains("invalid-input-response"), "{answer}");
            }
        });
    }
    clients.join_all().await;
}

#[tokio::test]
async fn a_client_of_http_1_0_is_answered_and_let_go() {
    let upstream = Scripted::start().await;
    let site = Site::over(&upstream).await;
    let key = site.heard_key().await;
    let request = siteverify("HTTP/1.0", FORM, &format!("{key}:12345"));
    let passed = answer(site.addr, request.as_bytes()).await;
    let (head, body) = parts(&passed);
    assert!(head.starts_with("HTTP/1.0 200 "), "{passed}");
    assert!(body.contains(r#""success":true"#), "{passed}");

    let healthy = answer(site.addr, b"GET /healthz HTTP/1.0\r\n\r\n").await;
    assert_eq!(parts(&healthy).1, r#"{"status":"ok"}"#);
    // A client that asks for it may keep the connection.
    let mut stream = TcpStream::connect(site.addr).await.unwrap();
    for connection in ["keep-alive", "close"] {
        let request = format!("GET /healthz HTTP/1.0\r\nconnection: {connection}\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
    }
    let both = rest(stream).await;
    assert_eq!(both.matches(r#"{"status":"ok"}"#).count(), 2, "{both}");
}

/// `nc -N` and Java's `shutdownOutput` close the sending side after the request, and read the reply.
#[tokio::test]
async fn half_closed_connections_get_their_answer() {
    let upstream = Scripted::start().await;
    let site = Site::start(settings(upstream.addr)).await;
    let response = format!("{}:12345", site.heard_key().await);
    upstream.set(|script| script.verify = Reply::Late(Duration::from_millis(200)));
    for (version, connection) in [("HTTP/1.1", "close"), ("HTTP/1.1", "keep-alive")] {
        let headers = format!("host: a\r\nconnection: {connection}\r\n{FORM}");
        let request = siteverify(version, &headers, &response);
        let mut stream = TcpStream::connect(site.addr).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let answer = rest(stream).await;
        let (head, body) = parts(&answer);
        assert!(head.starts_with("HTTP/1.1 200 "), "{answer}");
        let first = connection == "close";
        let verdict = format!(r#""success":{first}"#);
        assert!(body.contains(&verdict), "{answer}");
    }
}

#[tokio::test]
async fn a_client_that_asks_whether_to_send_its_body_is_told() {
    let upstream = Scripted::start().await;
    let site = Site::over(&upstream).await;
    let headers = format!("host: a\r\nconnection: close\r\nexpect: 100-continue\r\n{FORM}");
    let request = siteverify("HTTP/1.1", &headers, "no-such-token");
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let mut stream = TcpStream::connect(site.addr).await.unwrap();
    stream
        .write_all(format!("{head}\r\n\r\n").as_bytes())
        .await
        .unwrap();
    let mut leave = [0; 25];
    timeout(SOON, stream.read_exact(&mut leave))
        .await
        .expect("leave to go on")
        .unwrap();
    assert_eq!(&leave, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(body.as_bytes()).await.unwrap();
    let answer = rest(stream).await;
    assert!(
        parts(&answer).1.contains("invalid-input-response"),
        "{answer}"
    );

    // The server does not ask for a body that it would refuse.
    let huge =
        format!("POST /captcha/siteverify HTTP/1.1\r\n{headers}content-length: 1073741824\r\n\r\n");
    let mut stream = TcpStream::connect(site.addr).await.unwrap();
    stream.write_all(huge.as_bytes()).await.unwrap();
    let refused = rest(stream).await;
    assert!(refused.starts_with("HTTP/1.1 413 "), "{refused}");
    assert!(!refused.contains("100 Continue"), "{refused}");
}

#[tokio::test]
async fn a_body_in_chunks_is_read() {
    let upstream = Scripted::start().await;
    let site = Site::over(&upstream).await;
    let key = site.heard_key().await;
    let whole = siteverify("HTTP/1.1", "", &format!("{key}:12345"));
    let body = whole.split_once("\r\n\r\n").unwrap().1;
    let mut request = format!(
        "POST /captcha/siteverify HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{FORM}transfer-encoding: chunked\r\n\r\n"
    );
    for piece in body.as_bytes().chunks(7) {
        let piece = str::from_utf8(piece).unwrap();
        request += &format!("{:x};comment=none\r\n{piece}\r\n", piece.len());
    }
    request += "0\r\ntrailer: ignored\r\n\r\n";
    let passed = answer(site.addr, request.as_bytes()).await;
    assert!(parts(&passed).1.contains(r#""success":true"#), "{passed}");
}

#[tokio::test]
async fn a_charset_of_any_spelling_is_no_other_type() {
    let upstream = Scripted::start().await;
    let site = Site::over(&upstream).await;
    for kind in [
        "application/x-www-form-urlencoded; Charset=EUC-KR",
        "Application/X-WWW-Form-URLencoded;charset=\"utf-8\"",
        "application/x-www-form-urlencoded;",
    ] {
        let headers = format!("host: a\r\nconnection: close\r\ncontent-type: {kind}\r\n");
        let request = siteverify("HTTP/1.1", &headers, "no-such-token");
        let answer = answer(site.addr, request.as_bytes()).await;
        assert!(
            parts(&answer).1.contains("invalid-input-response"),
            "{kind}: {answer}"
        );
    }
}

#[tokio::test]
async fn a_head_is_answered_without_a_body() {
    let upstream = Scripted::start().await;
    let site = Site::over(&upstream).await;
    for (path, status) in [
        ("/healthz", 200),
        ("/captcha/keys", 405),
        ("/captcha/siteverify", 405),
    ] {
        let request = format!("HEAD {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        let answer = answer(site.addr, request.as_bytes()).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{path}: {answer}"
        );
        assert!(answer.ends_with("\r\n\r\n"), "{path}: {answer}");
    }
    assert!(upstream.requests().is_empty());
}
