//! Clients that send requests and do not read the replies: how much memory they can use in this process and in the
//! kernel.

use crate::{
    scripted::{Reply, Scripted},
    site::{Answer, NOON, Site, settings},
};
use sori_backend::server::Patience;
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
    time::timeout,
};

const SOON: Duration = Duration::from_secs(20);
const MIB: usize = 1 << 20;

/// A client with small buffers in the kernel.
async fn slow_client(site: &Site) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(16 << 10).unwrap();
    socket.connect(site.addr).await.unwrap()
}

async fn ask(stream: &mut TcpStream, path: &str) {
    let request = format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
}

/// Where the metrics are.
async fn admin(site: &Site) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = site.backend.admin();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    format!("http://{address}/metrics")
}

fn value(metrics: &str, name: &str) -> usize {
    let line = metrics.lines().find_map(|line| line.strip_prefix(name));
    line.map_or(0, |value| value.trim().parse().unwrap())
}

fn held(metrics: &str) -> usize {
    value(metrics, "sori_audio_held_bytes ")
}

#[tokio::test]
async fn slow_readers_hold_no_more_audio_than_may_be_held() {
    let upstream = Scripted::start().await;
    upstream.set(|script| script.audio = Reply::LongWav(MIB));
    let mut settings = settings(upstream.addr);
    settings.upstream_timeout = SOON;
    let site = Site::start_bounded(settings, NOON, 4096, Patience::default()).await;
    let admin = admin(&site).await;
    let metrics = async || {
        site.http
            .get(&admin)
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap()
    };
    let mut slow = Vec::new();
    for _ in 0..100 {
        let key = site.key().await;
        let mut client = slow_client(&site).await;
        ask(&mut client, &format!("/captcha/audio/{key}")).await;
        // The first bytes have arrived: the reply is on its way, or a refusal.
        let mut status = [0; 12];
        timeout(SOON, client.read_exact(&mut status))
            .await
            .expect("an answer")
            .unwrap();
        if status == *b"HTTP/1.1 503" {
            break;
        }
        slow.push(client);
    }
    // 64 MiB in all; the kernel buffers a little of each.
    assert!((60..=80).contains(&slow.len()), "{}", slow.len());
    let most = held(&metrics().await);
    assert!((60 * MIB..=66 * MIB).contains(&most), "{most}");

    // Other clients do not have to wait for them.
    let key = site.key().await;
    let refused = site.audio(&key).await;
    assert_eq!(
        (refused.code(), refused.retry_after()),
        ("upstream_unavailable", Some(5))
    );
    assert_eq!(Answer::of(site.get("/healthz")).await.status, 200);
    drop(slow);
    let freed = async {
        while held(&metrics().await) > 0 {
            tokio::task::yield_now().await;
        }
    };
    timeout(SOON, freed)
        .await
        .expect("what they held is free again");
    assert_eq!(site.audio(&key).await.status, 200);
}

#[tokio::test]
async fn a_client_that_reads_nothing_is_let_go() {
    let upstream = Scripted::start().await;
    upstream.set(|script| script.audio = Reply::LongWav(MIB));
    let mut settings = settings(upstream.addr);
    settings.upstream_timeout = SOON;
    let patience = Patience {
        stall: Duration::from_millis(300),
        ..Patience::default()
    };
    let site = Site::start_bounded(settings, NOON, 16, patience).await;
    let key = site.key().await;
    let mut client = slow_client(&site).await;
    ask(&mut client, &format!("/captcha/audio/{key}")).await;
    while site.backend.metrics().traffic.connections.get() > 1 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // The kernel delivers what it has buffered; most of the audio was never passed to it.
    drop(client);
    assert_eq!(Answer::of(site.get("/healthz")).await.status, 200);
}

/// If a client requests much without reading, the kernel and this process buffer only a little: the server reads
/// further requests only while its replies are read.
#[tokio::test]
async fn a_client_that_pipelines_and_never_reads_is_not_served_on() {
    let upstream = Scripted::start().await;
    let site = Site::over(&upstream).await;
    let mut client = slow_client(&site).await;
    let batch = "GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n".repeat(100);
    let mut asked = 0;
    // The kernel takes as many requests as it can; then the server has stopped reading.
    let rest = |asked: usize| &batch.as_bytes()[asked % batch.len()..];
    while let Ok(written) = timeout(Duration::from_secs(1), client.write(rest(asked))).await {
        asked += written.unwrap();
        assert!(asked < 64 * MIB, "nothing holds it back");
    }
    let metrics = site.http.get(admin(&site).await).send().await.unwrap();
    let metrics = metrics.text().await.unwrap();
    let health = r#"sori_requests_total{method="GET",route="/healthz",status="200"} "#;
    // 230 bytes each, in a buffer of 128 KiB and the client's own.
    let answered = value(&metrics, health);
    assert!((1..2000).contains(&answered), "{answered} of {asked} bytes");
}
