//! The backend beside the proxy that a site would write from NAVER's sample, in front of one emulator:
//! `cargo bench -p sori-backend`.
//!
//! Rounds alternate, so that what else the machine does falls on both. A challenge is an issue and its
//! audio. The emulator and this program share the machine with the proxy under test, so throughput is the
//! whole chain's; the CPU time is the proxy's own. Linux alone: it reads /proc.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a program for developers, which prints its result"
)]

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(4);
const VISITORS: usize = 32;
const CONNECTIONS: usize = 1000;

struct Server {
    child: Child,
    base: String,
}

impl Server {
    fn start(command: &mut Command) -> Self {
        let command = command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let base = line.trim_end().trim_end_matches('/');
        let base = base
            .strip_prefix("ready: ")
            .expect("a line that says ready");
        Self {
            child,
            base: base.to_owned(),
        }
    }

    /// The CPU time it has used.
    fn cpu(&self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let after_name = stat.rsplit_once(')').unwrap().1;
        let ticks = after_name.split_whitespace().skip(11).take(2);
        // Linux counts in hundredths of a second for every program.
        Duration::from_millis(ticks.map(|t| t.parse::<u64>().unwrap() * 10).sum())
    }

    /// Its resident memory, in KiB.
    fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status
            .lines()
            .find(|line| line.starts_with("VmRSS:"))
            .unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// An issue and its audio.
async fn challenge(http: &reqwest::Client, base: &str) {
    let issued = http
        .post(format!("{base}/captcha/keys"))
        .header("origin", base);
    let issued = issued.send().await.unwrap().bytes().await.unwrap();
    let issued: serde_json::Value = serde_json::from_slice(&issued).unwrap();
    let key = issued["key"]
        .as_str()
        .unwrap_or_else(|| panic!("no key: {issued}"));
    let audio = http
        .get(format!("{base}/captcha/audio/{key}"))
        .send()
        .await
        .unwrap();
    assert!(audio.bytes().await.unwrap().starts_with(b"RIFF"));
}

#[derive(Default)]
struct Result {
    challenges: u64,
    time: Duration,
    cpu: Duration,
    latencies: Vec<Duration>,
}

impl Result {
    async fn round(&mut self, server: &Server) {
        let (started, cpu) = (Instant::now(), server.cpu());
        let base = Arc::new(server.base.clone());
        let mut visitors = tokio::task::JoinSet::new();
        for _ in 0..VISITORS {
            let base = Arc::clone(&base);
            visitors.spawn(async move {
                let http = client();
                let mut latencies = Vec::new();
                while started.elapsed() < ROUND {
                    let start = Instant::now();
                    challenge(&http, &base).await;
                    latencies.push(start.elapsed());
                }
                latencies
            });
        }
        for latencies in visitors.join_all().await {
            self.challenges += latencies.len() as u64;
            self.latencies.extend(latencies);
        }
        self.time += started.elapsed();
        self.cpu += server.cpu().saturating_sub(cpu);
    }

    fn throughput(&self) -> f64 {
        self.challenges as f64 / self.time.as_secs_f64()
    }

    fn percentile(&mut self, percent: usize) -> f64 {
        self.latencies.sort_unstable();
        let at = (self.latencies.len() * percent / 100).min(self.latencies.len() - 1);
        self.latencies[at].as_secs_f64() * 1000.0
    }

    fn cpu_each(&self) -> f64 {
        self.cpu.as_secs_f64() * 1000.0 / self.challenges as f64
    }
}

/// Memory before any visitor, and with many connections open that have each had a challenge.
async fn memory(server: &Server) -> (u64, u64) {
    let before = server.memory();
    let mut open = Vec::new();
    for _ in 0..CONNECTIONS / 50 {
        let mut visitors = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let base = server.base.clone();
            visitors.spawn(async move {
                let http = client();
                challenge(&http, &base).await;
                http
            });
        }
        open.extend(visitors.join_all().await);
    }
    let with = server.memory();
    drop(open);
    (before, with)
}

fn backend(upstream: &Server) -> Server {
    Server::start(
        Command::new(env!("CARGO_BIN_EXE_sori-backend"))
            .args(["serve", "--listen", "127.0.0.1:0", "--daily-quota", "none"])
            .args([
                "--client-rate",
                "off",
                "--hourly-share",
                "off",
                "--log",
                "warn",
            ])
            .args([
                "--client-id",
                "practice-id",
                "--client-secret",
                "practice-secret",
            ])
            .args([
                "--siteverify-secret",
                "not used here, and thirty-two bytes long",
            ])
            .args(["--upstream-url", &format!("{}/v1/captcha", upstream.base)]),
    )
}

fn express(upstream: &Server) -> Server {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/express");
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-express");
    fs::create_dir_all(&place).unwrap();
    for file in ["package.json", "package-lock.json", "server.cjs"] {
        fs::copy(source.join(file), place.join(file)).unwrap();
    }
    let mut npm = Command::new("npm");
    let npm = npm.args([
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--silent",
    ]);
    assert!(
        npm.current_dir(&place).status().unwrap().success(),
        "npm ci failed"
    );
    Server::start(
        Command::new("node")
            .arg(place.join("server.cjs"))
            .env("NODE_ENV", "production")
            .env("UPSTREAM", format!("{}/v1/captcha", upstream.base))
            .env("CLIENT_ID", "practice-id")
            .env("CLIENT_SECRET", "practice-secret"),
    )
}

#[tokio::main]
async fn main() {
    // `cargo test --benches` only asks whether it builds and starts.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let _ = rustls::crypto::ring::default_provider().install_default();
    rlimit::increase_nofile_limit(20_000).unwrap();
    let upstream = Server::start(Command::new(env!("CARGO_BIN_EXE_sori-backend")).args([
        "emulate",
        "--listen",
        "127.0.0.1:0",
        "--daily-quota",
        "none",
    ]));
    let (ours, theirs) = (backend(&upstream), express(&upstream));
    let (our_memory, their_memory) = (memory(&ours).await, memory(&theirs).await);
    let (mut us, mut them) = (Result::default(), Result::default());
    for _ in 0..ROUNDS {
        us.round(&ours).await;
        them.round(&theirs).await;
    }
    println!(
        "{VISITORS} visitors, {ROUNDS} rounds of {} s each, alternating",
        ROUND.as_secs()
    );
    println!(
        "{:<34}{:>14}{:>14}{:>8}",
        "", "sori-backend", "Express", "ratio"
    );
    let row = |name: &str, us: f64, them: f64| {
        println!("{name:<34}{us:>14.2}{them:>14.2}{:>8.2}", us / them);
    };
    row("challenges per second", us.throughput(), them.throughput());
    row(
        "p50 of issue + audio, ms",
        us.percentile(50),
        them.percentile(50),
    );
    row(
        "p99 of issue + audio, ms",
        us.percentile(99),
        them.percentile(99),
    );
    row("CPU per challenge, ms", us.cpu_each(), them.cpu_each());
    let mib = |kib: u64| kib as f64 / 1024.0;
    row(
        "memory at start, MiB",
        mib(our_memory.0),
        mib(their_memory.0),
    );
    let name = format!("memory at {CONNECTIONS} connections, MiB");
    row(&name, mib(our_memory.1), mib(their_memory.1));
}
