//! An upstream that costs almost nothing.

use std::sync::atomic::{AtomicU64, Ordering};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// The size of five digits spoken, at 16 kHz.
const AUDIO_BYTES: usize = 100_000;

static KEYS: AtomicU64 = AtomicU64::new(0);

/// Starts the upstream and returns its address.
pub(crate) async fn start() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let wav = [b"RIFF\x40\0\0\0WAVE".to_vec(), vec![0; AUDIO_BYTES]].concat();
    let audio: &'static [u8] = response("audio/wav;charset=UTF-8", &wav).leak();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                // It is no failure if the proxy ends the connection.
                let _ = answer(stream, audio).await;
            });
        }
    });
    address.to_string()
}

/// Responds to the requests of one connection. They have no body, and each is sent only after the response to the one
/// before.
async fn answer(mut stream: TcpStream, audio: &[u8]) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut head = Vec::with_capacity(4096);
    loop {
        head.clear();
        while !head.ends_with(b"\r\n\r\n") {
            if stream.read_buf(&mut head).await? == 0 {
                return Ok(());
            }
        }
        if head.starts_with(b"GET /v1/captcha/scaptcha") {
            stream.write_all(audio).await?;
        } else {
            let key = KEYS.fetch_add(1, Ordering::Relaxed);
            let body = format!(r#"{{"key":"bench-key-{key}"}}"#);
            let answer = response("text/plain;charset=UTF-8", body.as_bytes());
            stream.write_all(&answer).await?;
        }
    }
}

fn response(kind: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head =
        format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}
