//! An upstream that replies as a test tells it, and records every byte that it gets.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

/// How a call is answered.
#[derive(Clone, Debug, Default)]
pub(crate) enum Reply {
    /// As in the documentation: a new key, a short WAV, `{"result":true}`.
    #[default]
    Good,
    /// As in the documentation, after this time.
    Late(Duration),
    /// This status and body.
    Text(u16, &'static str),
    /// This status, these lines of the head, and no body.
    Head(u16, &'static str),
    /// The connection is reset.
    Reset,
    /// No reply.
    Silence,
    /// The head of a reply, and then one byte at a time.
    Trickle,
    /// A body of 100 MB.
    Huge,
    /// A WAV that is shorter than its header says, in a complete body.
    ShortWav,
    /// A whole WAV of so many bytes.
    LongWav(usize),
    /// A WAV in a body that is cut off.
    CutWav,
    /// A redirect to another host.
    Redirect(SocketAddr),
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Script {
    pub issue: Reply,
    pub audio: Reply,
    pub verify: Reply,
}

#[derive(Default)]
struct Shared {
    script: Mutex<Script>,
    /// Replies to the next request whose target contains the text.
    once: Mutex<Vec<(&'static str, Reply)>>,
    requests: Mutex<Vec<String>>,
    keys: AtomicU32,
}

pub(crate) struct Scripted {
    pub addr: SocketAddr,
    shared: Arc<Shared>,
    task: Option<JoinHandle<()>>,
}

impl Scripted {
    pub(crate) async fn start() -> Self {
        Self::start_at(([127, 0, 0, 1], 0).into()).await
    }

    pub(crate) async fn start_at(addr: SocketAddr) -> Self {
        let listener = TcpListener::bind(addr).await.unwrap();
        let addr = listener.local_addr().unwrap();
        let shared = Arc::<Shared>::default();
        let for_task = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let shared = Arc::clone(&for_task);
                // In some tests the client goes away on purpose.
                connections.spawn(async move { answer(stream, &shared).await.ok() });
            }
        });
        Self {
            addr,
            shared,
            task: Some(task),
        }
    }

    /// Closes the listener and the connections, and waits until both have closed.
    pub(crate) async fn stop(mut self) {
        let task = self.task.take().unwrap();
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
        while TcpStream::connect(self.addr).await.is_ok() {
            tokio::task::yield_now().await;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    pub(crate) fn set(&self, change: impl FnOnce(&mut Script)) {
        change(&mut self.shared.script.lock().unwrap());
    }

    /// Gives this reply to the next request whose target contains `part`, and only to that one.
    pub(crate) fn once(&self, part: &'static str, reply: Reply) {
        self.shared.once.lock().unwrap().push((part, reply));
    }

    /// The head of every request, unchanged.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.shared.requests.lock().unwrap().clone()
    }

    /// How many requests had a target that contains `part`.
    pub(crate) fn count(&self, part: &str) -> usize {
        let requests = self.shared.requests.lock().unwrap();
        let target = |head: &String| head.lines().next().is_some_and(|line| line.contains(part));
        requests.iter().filter(|head| target(head)).count()
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

async fn answer(mut stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    while let Some(head) = read_head(&mut stream).await? {
        let target = head.split(' ').nth(1).unwrap_or_default().to_owned();
        shared.requests.lock().unwrap().push(head);
        let script = shared.script.lock().unwrap().clone();
        let (reply, good) = if target.contains("/scaptcha?") {
            (
                script.audio,
                response(200, "audio/wav;charset=UTF-8", &wav(400, 400)),
            )
        } else if target.contains("code=1") {
            (
                script.verify,
                response(200, "application/json", br#"{"result":true}"#),
            )
        } else {
            let key = shared.keys.fetch_add(1, Ordering::Relaxed);
            let body = format!(r#"{{"key":"scripted-key-{key}"}}"#);
            (
                script.issue,
                response(200, "text/plain;charset=UTF-8", body.as_bytes()),
            )
        };
        let next = {
            let mut once = shared.once.lock().unwrap();
            let at = once.iter().position(|(part, _)| target.contains(part));
            at.map(|at| once.remove(at).1)
        };
        match next.unwrap_or(reply) {
            Reply::Good => stream.write_all(&good).await?,
            Reply::Late(wait) => {
                tokio::time::sleep(wait).await;
                stream.write_all(&good).await?;
            }
            Reply::Text(status, body) => {
                stream
                    .write_all(&response(status, "text/html", body.as_bytes()))
                    .await?;
            }
            Reply::Head(status, lines) => {
                let head = format!("HTTP/1.1 {status} Whatever\r\n{lines}\r\n");
                let head = format!("{head}content-length: 0\r\n\r\n");
                stream.write_all(head.as_bytes()).await?;
            }
            Reply::Reset => {
                socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO))?;
                return Ok(());
            }
            Reply::Silence => tokio::time::sleep(Duration::from_secs(600)).await,
            Reply::Trickle => {
                stream
                    .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
                    .await?;
                loop {
                    stream.write_all(b"{").await?;
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
            Reply::Huge => {
                stream
                    .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 104857600\r\n\r\n")
                    .await?;
                stream.write_all(&wav(104_857_592, 0)).await?;
                let chunk = vec![b' '; 65_536];
                for _ in 0..1600 {
                    stream.write_all(&chunk).await?;
                }
            }
            Reply::ShortWav => {
                stream
                    .write_all(&response(200, "audio/wav", &wav(4000, 400)))
                    .await?;
            }
            Reply::LongWav(bytes) => {
                let wav = wav(u32::try_from(bytes - 8).unwrap(), bytes - 8);
                stream.write_all(&response(200, "audio/wav", &wav)).await?;
            }
            Reply::CutWav => {
                stream
                    .write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n190\r\n")
                    .await?;
                stream.write_all(&wav(4000, 200)).await?;
                return Ok(());
            }
            Reply::Redirect(other) => {
                let head = format!(
                    "HTTP/1.1 302 Found\r\nlocation: http://{other}{target}\r\ncontent-length: 0\r\n\r\n"
                );
                stream.write_all(head.as_bytes()).await?;
            }
        }
    }
    Ok(())
}

async fn read_head(stream: &mut TcpStream) -> std::io::Result<Option<String>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if stream.read(&mut byte).await? == 0 {
            return Ok(None);
        }
        head.push(byte[0]);
    }
    Ok(Some(String::from_utf8_lossy(&head).into_owned()))
}

fn response(status: u16, media_type: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} Whatever\r\ncontent-type: {media_type}\r\ncontent-length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// A WAV of `actual` bytes after the first 8, whose RIFF header declares `declared` bytes.
fn wav(declared: u32, actual: usize) -> Vec<u8> {
    let mut wav = b"RIFF".to_vec();
    wav.extend(declared.to_le_bytes());
    wav.extend(b"WAVEfmt ");
    wav.resize(8 + actual.max(8), 0);
    wav
}
