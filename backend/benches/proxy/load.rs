//! Visitors, and the measurement of what they cost.

use crate::{CONNECTIONS, ROUND, VISITORS, server::Server};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// Requests a key from `base` and its audio from `other`, which may be another instance.
async fn challenge(http: &reqwest::Client, base: &str, other: &str) {
    let issued = http
        .post(format!("{base}/captcha/keys"))
        .header("origin", base);
    let issued = issued.send().await.unwrap().bytes().await.unwrap();
    let issued: serde_json::Value = serde_json::from_slice(&issued).unwrap();
    let key = issued["key"]
        .as_str()
        .unwrap_or_else(|| panic!("no key: {issued}"));
    let audio = http
        .get(format!("{other}/captcha/audio/{key}"))
        .send()
        .await
        .unwrap();
    assert!(audio.bytes().await.unwrap().starts_with(b"RIFF"));
}

/// The URLs for a visitor's two requests, which go to the instances in turn.
fn bases(server: &Server, visitor: usize) -> [String; 2] {
    [0, 1].map(|request| server.bases[(visitor + request) % server.bases.len()].clone())
}

#[derive(Default)]
pub(crate) struct Result {
    challenges: u64,
    time: Duration,
    cpu: Duration,
    latencies: Vec<Duration>,
}

impl Result {
    pub(crate) async fn round(&mut self, server: &Server) {
        let (started, cpu) = (Instant::now(), server.cpu());
        let mut visitors = JoinSet::new();
        for visitor in 0..VISITORS {
            let [base, other] = bases(server, visitor);
            visitors.spawn(async move {
                let http = client();
                let mut latencies = Vec::new();
                while started.elapsed() < ROUND {
                    let start = Instant::now();
                    challenge(&http, &base, &other).await;
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

    pub(crate) fn throughput(&self) -> f64 {
        self.challenges as f64 / self.time.as_secs_f64()
    }

    /// In ms.
    pub(crate) fn percentile(&mut self, percent: usize) -> f64 {
        self.latencies.sort_unstable();
        let at = (self.latencies.len() * percent / 100).min(self.latencies.len() - 1);
        self.latencies[at].as_secs_f64() * 1000.0
    }

    /// The CPU time of one request in µs. A challenge has two requests.
    pub(crate) fn cpu_each(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / (self.challenges * 2) as f64
    }
}

/// The memory in KiB before the first visitor, and with many open connections that have each had a challenge.
pub(crate) async fn memory(server: &Server) -> (u64, u64) {
    let before = server.memory();
    let mut open = Vec::new();
    for _ in 0..CONNECTIONS / 50 {
        let mut visitors = JoinSet::new();
        for visitor in 0..50 {
            let [base, other] = bases(server, visitor);
            visitors.spawn(async move {
                let http = client();
                challenge(&http, &base, &other).await;
                http
            });
        }
        open.extend(visitors.join_all().await);
    }
    let with = server.memory();
    drop(open);
    (before, with)
}
