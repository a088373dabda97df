//! Compares the backend with a proxy that a site could write from NAVER's sample with Express, and with nginx, which
//! passes everything on and checks nothing: `cargo xtask bench backend`.
//!
//! The upstream costs almost nothing: it is in this process and always sends the same bytes. The programs take turns,
//! so that other work on the machine affects all of them alike. A challenge is two requests, one for a key and one for
//! its audio. The CPU time is that of all instances of the program, without the store. If there are two instances, one
//! issues the key and the other sends the audio. This runs only on Linux, because it reads /proc.
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
    // `cargo test --benches` only checks that this program compiles and starts.
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
