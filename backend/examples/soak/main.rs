//! Runs ten thousand challenges on one instance: `cargo xtask soak`. The upstream fails at random, and some visitors
//! leave. At the end, two thousand clients request audio and never read it. Then the ledger must equal the upstream's
//! count, no call may be open, and the memory must be what it was after the first quarter. This runs only on Linux,
//! because it reads
//! /proc.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a program for developers, which prints its result"
)]

mod process;
mod slow;
mod upstream;
mod visitor;

use process::Backend;
use serde_json::{Value, json};
use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use upstream::Seen;
use visitor::Visitor;

const CHALLENGES: u64 = 10_000;
const VISITORS: usize = 16;
const SECRET: &str = "what the site's server sends to siteverify";

#[tokio::main]
async fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    rlimit::increase_nofile_limit(10_000).unwrap();
    let seen = Arc::<Seen>::default();
    let upstream = upstream::start(&seen).await;
    let state = std::env::temp_dir().join(format!("sori-soak-{}", std::process::id()));
    let backend = Backend::start(&upstream, &state);
    let visitor = Visitor {
        http: reqwest::Client::builder().no_proxy().build().unwrap(),
        base: backend.base.clone(),
    };

    let started = Instant::now();
    let outcomes = Arc::<[AtomicU64; 3]>::default();
    let begun = Arc::new(AtomicU64::new(0));
    let mut warm = 0;
    for quarter in 1..=4 {
        let mut visitors = tokio::task::JoinSet::new();
        for _ in 0..VISITORS {
            let (visitor, outcomes, begun) =
                (visitor.clone(), Arc::clone(&outcomes), Arc::clone(&begun));
            visitors.spawn(async move {
                while begun.fetch_add(1, Ordering::Relaxed) < CHALLENGES * quarter / 4 {
                    visitor.challenge(&outcomes).await;
                }
            });
        }
        visitors.join_all().await;
        begun.store(CHALLENGES * quarter / 4, Ordering::Relaxed);
        let memory = backend.memory();
        println!(
            "{:>5} challenges, {:>3} s, {memory} KiB",
            CHALLENGES * quarter / 4,
            started.elapsed().as_secs()
        );
        if quarter == 1 {
            warm = memory;
        }
    }

    seen.well.store(true, Ordering::Relaxed);
    let busy = backend.memory();
    slow::readers(&backend, &visitor).await;

    // Waits until calls whose clients have left end, and reservations lapse.
    let quota = async || -> Value {
        let answer = visitor.http.get(format!("{}/quota", backend.admin)).send();
        answer.await.unwrap().json().await.unwrap()
    };
    let mut stands = quota().await;
    for _ in 0..60 {
        if stands["reserved"] == 0 && stands["keys"] == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        stands = quota().await;
    }
    let counted = seen.counted.load(Ordering::Relaxed);
    let memory = backend.memory();
    let [passed, wrong, failed] = [0, 1, 2].map(|n: usize| outcomes[n].load(Ordering::Relaxed));
    println!(
        "{passed} passed, {wrong} wrong, {failed} could not be judged; {} faults",
        seen.faults.load(Ordering::Relaxed)
    );
    println!("the upstream has counted {counted} calls; the ledger: {stands}");
    println!(
        "{warm} KiB after the first quarter, {busy} KiB after the last, {memory} KiB at the end; {} s in all",
        started.elapsed().as_secs()
    );
    let journal = fs::metadata(state.join("journal.jsonl")).map_or(0, |file| file.len());
    println!("the journal has {journal} bytes");
    drop(backend);
    let _ = fs::remove_dir_all(&state);
    assert_eq!(stands["spent"], counted, "the ledger is exact");
    assert_eq!(
        (&stands["reserved"], &stands["keys"]),
        (&json!(0), &json!(0))
    );
    assert!(passed + wrong + failed >= CHALLENGES * 8 / 10);
    assert!(busy <= warm + warm / 4, "memory is flat");
    assert!(journal < 4 << 20, "the journal is shortened");
}
