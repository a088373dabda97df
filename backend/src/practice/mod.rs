//! The practice upstream: an emulator of NAVER's audio-captcha protocol that speaks real digits.
//!
//! A newcomer who tries Sori runs the same code as production: the backend sends the emulator the same HTTP requests
//! that it would send to NAVER, with credentials in the same headers and the same answers to check. The emulator
//! follows NAVER's documentation call by call. Where the documentation says nothing, a comment at that place says
//! what was chosen (`desk.rs`, `naver.rs` and the dialects). It protects nothing: it speaks clearly on purpose, and
//! anybody may run it.
//!
//! ```
//! # async fn demo() -> std::io::Result<()> {
//! use sori_backend::practice::{self, Digits, Options};
//!
//! let options = Options { answer: Digits::parse("12345").ok(), ..Options::default() };
//! let running = practice::spawn(options, ([127, 0, 0, 1], 0).into()).await?;
//! println!("NAVER's protocol at {}", running.base());
//! running.shutdown().await;
//! # Ok(()) }
//! ```

mod clips;
mod desk;
mod digits;
mod failure;
mod faults;
mod naver;
mod ncloud;
mod openapi;
mod speech;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::str::FromStr;
use std::time::Duration;

use crate::{clock::Clock, upstream::Dialect};
use axum::Router;
use rand::RngExt;
use rand::distr::Alphanumeric;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub use digits::{Digits, NotDigits};
pub use faults::{Call, Fault, Faults};
pub use speech::Pauses;

/// The siteverify secret in practice mode on a loopback address, if the operator set none. It protects nothing. It is
/// always the same, so that a site under development needs to be told only once.
pub const SITEVERIFY_SECRET: &str = "practice-siteverify-secret-that-anyone-may-know";

/// What the emulator accepts, limits and speaks.
#[derive(Clone)]
pub struct Options {
    /// Which of NAVER's two APIs it emulates.
    pub dialect: Dialect,
    /// The client id that clients must send in the dialect's header.
    pub client_id: String,
    /// The client secret that clients must send in the dialect's header.
    pub client_secret: String,
    /// Calls a day, in Korean time; issuing a key and verifying an answer count. `None` is unlimited.
    pub daily_quota: Option<u32>,
    /// The digits of every challenge; `None` chooses five or six at random for each.
    pub answer: Option<Digits>,
    /// The language of the digits.
    pub voice: Voice,
    /// Whether there are pauses between the digits.
    pub pauses: Pauses,
    /// How long a key is valid. NAVER does not say. Here it is two hours, as long as the backend keeps a key.
    pub key_lifetime: Duration,
    /// Lets a test make calls fail; keep a clone of it to change the faults later.
    pub faults: Faults,
    /// The clock for the day and for the life of keys. A backend gives its own clock to the practice upstream that it
    /// runs, so that midnight comes at the same moment for both.
    pub clock: Clock,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            dialect: Dialect::default(),
            client_id: random_text(20),
            client_secret: random_text(10),
            daily_quota: Some(1_000),
            answer: None,
            voice: Voice::Korean,
            pauses: Pauses::Clear,
            key_lifetime: Duration::from_secs(2 * 60 * 60),
            faults: Faults::default(),
            clock: Clock::system(),
        }
    }
}

/// Hides credentials and answer, because debug output ends up in logs.
impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("dialect", &self.dialect)
            .field("daily_quota", &self.daily_quota)
            .field("voice", &self.voice)
            .field("pauses", &self.pauses)
            .field("key_lifetime", &self.key_lifetime)
            .finish_non_exhaustive()
    }
}

/// The language in which digits are spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Voice {
    /// 영 or 공, 일, 이 … 구.
    #[default]
    Korean,
    /// zero, one, two … nine.
    English,
}

/// Reads `ko` or `en`.
impl FromStr for Voice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "ko" => Ok(Self::Korean),
            "en" => Ok(Self::English),
            other => Err(format!("expected ko or en, got {other:?}")),
        }
    }
}

/// The emulator as routes: under `/v1/captcha`, as at `openapi.naver.com`, or under `/scaptcha/v1` and
/// `/scaptcha-bin/v1`, as at NAVER Cloud Platform's gateway.
pub fn router(options: Options) -> Router {
    naver::router(options)
}

/// Serves the emulator at `addr` (port 0 takes a free one) until [`Running`] is dropped.
///
/// # Errors
///
/// The address cannot be bound.
pub async fn spawn(options: Options, addr: SocketAddr) -> io::Result<Running> {
    let listener = TcpListener::bind(addr).await?;
    let addr = listener.local_addr()?;
    let (stop, stopped) = oneshot::channel::<()>();
    let dialect = options.dialect;
    let server = axum::serve(listener, router(options)).with_graceful_shutdown(async {
        // Dropping the sender stops the emulator just as a message does.
        stopped.await.ok();
    });
    let task = tokio::spawn(async move { server.await });
    Ok(Running {
        addr,
        dialect,
        stop,
        task,
    })
}

/// A running emulator. Dropping it stops it.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub addr: SocketAddr,
    dialect: Dialect,
    stop: oneshot::Sender<()>,
    task: JoinHandle<io::Result<()>>,
}

impl Running {
    /// How long [`Running::shutdown`] waits for open requests.
    const GRACE: Duration = Duration::from_secs(2);

    /// The value of `SORI_UPSTREAM_URL` with which a backend uses it.
    #[must_use]
    pub fn base(&self) -> String {
        match self.dialect {
            Dialect::Openapi => format!("http://{}/v1/captcha", self.addr),
            Dialect::Ncloud => format!("http://{}", self.addr),
        }
    }

    /// Accepts no more connections, and waits for open requests for two seconds at most.
    pub async fn shutdown(self) {
        let Self { stop, mut task, .. } = self;
        drop(stop);
        if tokio::time::timeout(Self::GRACE, &mut task).await.is_err() {
            task.abort();
        }
    }

    /// Runs until the server fails.
    ///
    /// # Errors
    ///
    /// The listener failed.
    pub async fn wait(self) -> io::Result<()> {
        let Self { stop, task, .. } = self;
        let ended = task.await.map_err(io::Error::other)?;
        drop(stop);
        ended
    }
}

/// Random letters and digits, as in keys and credentials.
fn random_text(chars: usize) -> String {
    rand::rng()
        .sample_iter(Alphanumeric)
        .take(chars)
        .map(char::from)
        .collect()
}
