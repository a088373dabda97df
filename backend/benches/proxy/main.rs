//! The backend beside the proxy that a site would write from NAVER's sample with Express, and beside nginx, which
//! passes everything on and checks nothing: `cargo xtask bench backend`.
//!
//! The upstream costs nothing: it is in this process and answers with the same bytes each time. Rounds alternate, so
//! that what else the machine does falls on all alike. A challenge is two requests, an issue and its audio. CPU time
//! is the proxy's own, of all its instances, and not its store's. Where there are two instances, one issues the key and
//! the other sends the audio. Linux alone: it reads /proc.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a program for developers, which prints its result"
)]

mod load;
mod server;
mod upstream;

use load::Result;
use server::Server;
use std::time::Duration;

const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(4);
const VISITORS: usize = 32;
const CONNECTIONS: usize = 1000;

#[tokio::main]
async fn main() {
    // `cargo test --benches` only asks whether it builds and starts.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let _ = rustls::crypto::ring::default_provider().install_default();
    rlimit::increase_nofile_limit(20_000).unwrap();
    let upstream = upstream::start().await;
    let mut servers = vec![Server::backend(&upstream), Server::express(&upstream)];
    servers.extend(Server::nginx(&upstream));
    if let Some(redis) = Server::redis() {
        for (name, instances) in [("one with Redis", 1), ("two with Redis", 2)] {
            servers.push(Server::sharing(name, &upstream, &redis, instances));
        }
    }
    let mut memory = Vec::new();
    for server in &servers {
        memory.push(load::memory(server).await);
    }
    let mut results: Vec<_> = servers.iter().map(|_| Result::default()).collect();
    for _ in 0..ROUNDS {
        for (server, result) in servers.iter().zip(&mut results) {
            result.round(server).await;
        }
    }
    println!(
        "{VISITORS} visitors, {ROUNDS} rounds of {} s each, alternating",
        ROUND.as_secs()
    );
    print!("{:<34}", "");
    for server in &servers {
        print!("{:>20}", server.name);
    }
    println!();
    let row = |name: &str, values: Vec<f64>| {
        print!("{name:<34}");
        for value in values {
            print!("{value:>20.1}");
        }
        println!();
    };
    row(
        "CPU per request, µs",
        results.iter().map(Result::cpu_each).collect(),
    );
    row(
        "challenges per second",
        results.iter().map(Result::throughput).collect(),
    );
    for (name, percent) in [("p50", 50), ("p99", 99)] {
        let name = format!("{name} of issue + audio, ms");
        let values = results.iter_mut();
        row(
            &name,
            values.map(|result| result.percentile(percent)).collect(),
        );
    }
    let mib = |kib: u64| kib as f64 / 1024.0;
    row(
        "memory at start, MiB",
        memory.iter().map(|kept| mib(kept.0)).collect(),
    );
    row(
        &format!("memory at {CONNECTIONS} connections, MiB"),
        memory.iter().map(|kept| mib(kept.1)).collect(),
    );
}
