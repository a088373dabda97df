//! Clients that ask for audio and never read it.

use crate::{process::Backend, visitor::Visitor};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::{io::AsyncWriteExt, net::TcpSocket};

const READERS: usize = 2_000;
/// How often the audio of one key may be fetched.
const FETCHES: usize = 20;
const SOON: Duration = Duration::from_secs(60);

/// Two thousand such clients at once. The memory that they hold must be limited, and others must be served meanwhile.
pub(crate) async fn readers(backend: &Backend, visitor: &Visitor) {
    let before = backend.memory();
    let address: SocketAddr = backend.base.trim_start_matches("http://").parse().unwrap();
    let mut readers = Vec::new();
    let mut key = String::new();
    for number in 0..READERS {
        if number % FETCHES == 0 {
            key = visitor.key().await;
        }
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        let mut stream = socket.connect(address).await.unwrap();
        let request = format!("GET /captcha/audio/{key} HTTP/1.1\r\nhost: a\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        readers.push(stream);
    }
    let held = settled(backend, visitor).await;
    let started = Instant::now();
    visitor.key().await;
    println!(
        "{READERS} clients that never read: {} KiB more, {held} KiB of it audio; a key came in {} ms meanwhile",
        backend.memory().saturating_sub(before),
        started.elapsed().as_millis()
    );
    assert!(held <= 66 << 10, "audio is bounded");
    drop(readers);
    let started = Instant::now();
    while audio_held(backend, visitor).await > 0 {
        assert!(started.elapsed() < SOON, "what they held is free again");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The size in KiB of the audio in memory, once no more audio is being fetched.
async fn settled(backend: &Backend, visitor: &Visitor) -> u64 {
    let mut held = 0;
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let now = audio_held(backend, visitor).await;
        if now == held {
            return held;
        }
        held = now;
    }
}

async fn audio_held(backend: &Backend, visitor: &Visitor) -> u64 {
    let metrics = visitor.http.get(format!("{}/metrics", backend.admin));
    let metrics = metrics.send().await.unwrap().text().await.unwrap();
    let held = metrics
        .lines()
        .find_map(|line| line.strip_prefix("sori_audio_held_bytes "));
    held.unwrap().parse::<u64>().unwrap() >> 10
}
