//! Compares the widget with others that are on npm, in one Chromium: `cargo xtask bench widget`.
//!
//! The widgets take turns, so that other work on the machine affects all of them alike. No back end runs, because the
//! widgets need none before a person acts. "Slow line" is 1.6 Mbit/s with a round trip of 150 ms, emulated through the
//! DevTools protocol. The floor is a page whose script defines an element with one button. Times are medians.
#![allow(
    clippy::print_stdout,
    reason = "a program for developers, which prints its result"
)]

mod contender;

use std::path::Path;
use std::process::Command;

use contender::Contender;
use serde_json::{Value, json};
use sori_e2e::{Page, Setup};

const ROUNDS: usize = 15;
/// 1.6 Mbit/s, in bytes a second.
const SLOW: u32 = 200_000;
/// In ms.
const ROUND_TRIP: u32 = 150;
const FURTHER: u32 = 50;
/// How many widgets are added before those that are measured. They take longer, because the browser compiles code when
/// it first runs.
const WARM: u32 = 10;

#[derive(Default)]
struct Costs {
    fast: Vec<f64>,
    slow: Vec<f64>,
    /// The heap in KiB, compared with a blank page.
    heap: Vec<f64>,
    /// The time in ms for each further widget.
    further: Vec<f64>,
    /// The heap in KiB for each further widget.
    further_heap: Vec<f64>,
    /// The compressed size of all files that the widget loads before a person acts.
    bytes: f64,
}

#[tokio::main]
async fn main() {
    // `cargo test --benches` only checks that this program compiles and starts.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let peers = install(&root.join("tests/e2e/benches/peers"));
    let contenders = contender::all(&root.join("pkg/dist"), &peers);
    let mut setup = Setup::new("bench").in_chromium().page(
        "/bench/blank.html",
        sori_e2e::Reply::html("<!doctype html>"),
    );
    for contender in &contenders {
        for (path, reply) in contender.replies() {
            setup = setup.page(&path, reply);
        }
    }
    setup
        .run(async |page| {
            let mut costs: Vec<Costs> = contenders.iter().map(|_| Costs::default()).collect();
            page.devtools("Network.enable", json!({})).await;
            page.devtools("Network.setCacheDisabled", json!({ "cacheDisabled": true }))
                .await;
            for _ in 0..ROUNDS {
                for (contender, costs) in contenders.iter().zip(&mut costs) {
                    round(page, contender, costs).await;
                }
            }
            print(&contenders, &mut costs);
        })
        .await;
}

/// Installs the other widgets that `package-lock.json` names into the build directory.
fn install(source: &Path) -> std::path::PathBuf {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-peers");
    std::fs::create_dir_all(&place).expect("the build directory can be written");
    for file in ["package.json", "package-lock.json", "floor.js"] {
        std::fs::copy(source.join(file), place.join(file)).expect("the file is in the repository");
    }
    let npm = Command::new("npm")
        .args([
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--silent",
        ])
        .current_dir(&place)
        .status();
    assert!(npm.is_ok_and(|npm| npm.success()), "npm ci failed");
    place
}

async fn round(page: &Page, contender: &Contender, costs: &mut Costs) {
    costs.fast.push(painted(page, contender).await);
    line(page, SLOW, ROUND_TRIP).await;
    costs.slow.push(painted(page, contender).await);
    line(page, 0, 0).await;
    page.open("/bench/blank.html").await;
    let blank = heap(page).await;
    painted(page, contender).await;
    costs.heap.push(heap(page).await - blank);
    let bytes = "return performance.getEntriesByType('resource').reduce((sum, file) => sum + file.encodedBodySize, 0)";
    costs.bytes = number(&page.script(bytes).await);
    add(page, WARM).await;
    let before = heap(page).await;
    costs.further.push(add(page, FURTHER).await);
    let after = heap(page).await;
    costs
        .further_heap
        .push((after - before) / f64::from(FURTHER));
}

/// Adds this number of widgets to the page, waits until all are shown, and returns the time for each in ms.
async fn add(page: &Page, widgets: u32) -> f64 {
    let script = "const first = document.querySelector('[data-bench]');
        const start = performance.now();
        const all = [];
        for (let n = 0; n < args[0]; n++) {
          all.push(first.cloneNode(false));
          document.forms[0].append(all[n]);
          // It is no custom element.
          if (first.localName === 'div') new friendlyChallenge.WidgetInstance(all[n], { startMode: 'none' });
        }
        // Some render in a microtask.
        for (let turn = 0; turn < 10 && !all.every(isShown); turn++) await null;
        while (!all.every(isShown)) await new Promise(requestAnimationFrame);
        return (performance.now() - start) / args[0];";
    number(&page.promise(script, vec![widgets.into()]).await)
}

/// Limits the throughput (bytes a second) and the round trip (ms). Zero means no limit.
async fn line(page: &Page, throughput: u32, latency: u32) {
    let throughput = if throughput == 0 {
        -1
    } else {
        i64::from(throughput)
    };
    let conditions = json!({
        "offline": false,
        "latency": latency,
        "downloadThroughput": throughput,
        "uploadThroughput": throughput,
    });
    page.devtools("Network.emulateNetworkConditions", conditions)
        .await;
}

/// Opens the page, waits until the widget is painted, and returns the time since the navigation began in ms.
async fn painted(page: &Page, contender: &Contender) -> f64 {
    page.open(&contender.path()).await;
    page.until("the widget is painted", "return window.painted > 0")
        .await;
    number(&page.script("return window.painted").await)
}

/// The JavaScript heap after a collection, in KiB.
async fn heap(page: &Page) -> f64 {
    page.until(
        "everything is loaded",
        "return document.readyState === 'complete'",
    )
    .await;
    for _ in 0..2 {
        page.devtools("HeapProfiler.collectGarbage", json!({}))
            .await;
    }
    let usage = page.devtools("Runtime.getHeapUsage", json!({})).await;
    number(&usage["usedSize"]) / 1024.0
}

fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("{value} is no number"))
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn print(contenders: &[Contender], costs: &mut [Costs]) {
    println!("{ROUNDS} alternating rounds");
    println!(
        "{:<10}{:>12}{:>12}{:>14}{:>10}{:>12}{:>16}{:>18}",
        "",
        "bytes, br",
        "paint, ms",
        "slow line, ms",
        "ratio",
        "heap, KiB",
        "further, ms",
        "further, KiB"
    );
    let floor = median(&mut costs[0].slow);
    for (contender, costs) in contenders.iter().zip(costs) {
        let slow = median(&mut costs.slow);
        println!(
            "{:<10}{:>12.0}{:>12.1}{:>14.1}{:>10.2}{:>12.1}{:>16.2}{:>18.2}",
            contender.name,
            costs.bytes,
            median(&mut costs.fast),
            slow,
            slow / floor,
            median(&mut costs.heap),
            median(&mut costs.further),
            median(&mut costs.further_heap)
        );
    }
}
