//! Frameworks add and remove thousands of elements; none of them may leave anything behind.
#![allow(clippy::print_stdout, reason = "figures, shown with --nocapture")]

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sori_e2e::{Page, Reply, Setup};

use crate::common::page_with;

/// Runs before the package's script, and keeps the instances that it makes, to look at their memory.
const TAP: &str = r#"<script>
    window.instances = [];
    for (const name of ["instantiate", "instantiateStreaming"]) {
        const honest = WebAssembly[name];
        WebAssembly[name] = async (...given) => {
            const made = await honest.apply(WebAssembly, given);
            instances.push((made.instance ?? made).exports);
            return made;
        };
    }
</script><div id=place></div>"#;

/// Mounts, uses, moves and unmounts. If `args[1]` is set, it also presses Play and removes the element at once: while
/// it requests a key, while it requests audio, and once while it would play.
const ROUNDS: &str = "
    const place = document.querySelector('#place');
    for (let round = 0; round < args[0]; round++) {
        const captcha = document.createElement('sori-captcha');
        captcha.setAttribute('endpoint', '/quiet');
        captcha.setAttribute('name', 'captcha');
        place.append(captcha);
        captcha.value = '12345';
        captcha.messages = { play: `Play ${round}` };
        if (round % 2) place.prepend(captcha);
        if (args[1]) {
            const task = () => new Promise((done) => setTimeout(done));
            const issued = new Promise((done) => captcha.addEventListener('sori-issued', done, { once: true }));
            captcha.play();
            if (round % 4 === 1) await task();
            if (round % 4 > 1) await issued;
            // Whether or not the browser plays it.
            while (round % 4 === 3 && captcha.matches(':state(loading)')) await task();
        }
        captcha.remove();
    }";

#[derive(Debug)]
struct Counts {
    nodes: u64,
    listeners: u64,
    heap: u64,
    /// Bytes of the module's memory.
    memory: u64,
    /// The number of entries in its tables. The larger table refers to JavaScript values.
    tables: Value,
}

async fn counts(page: &Page) -> Counts {
    for _ in 0..3 {
        page.devtools("HeapProfiler.collectGarbage", json!({}))
            .await;
    }
    let dom = page.devtools("Memory.getDOMCounters", json!({})).await;
    let heap = page.devtools("Runtime.getHeapUsage", json!({})).await;
    let module = page
        .script(
            "const exports = instances.flatMap((made) => Object.values(made));
             return {
                memory: exports.filter((made) => made instanceof WebAssembly.Memory).map(({ buffer }) => buffer.byteLength),
                tables: exports.filter((made) => made instanceof WebAssembly.Table).map(({ length }) => length),
             }",
        )
        .await;
    assert_eq!(
        module["memory"].as_array().map(Vec::len),
        Some(1),
        "one instance: {module}"
    );
    Counts {
        nodes: dom["nodes"].as_u64().expect("Chromium counts nodes"),
        listeners: dom["jsEventListeners"]
            .as_u64()
            .expect("Chromium counts listeners"),
        heap: heap["usedSize"]
            .as_f64()
            .expect("Chromium measures the heap") as u64,
        memory: module["memory"][0].as_u64().expect("a size"),
        tables: module["tables"].clone(),
    }
}

/// In scripts of twenty rounds each, because WebDriver stops a script that takes long, as it would on a busy machine.
async fn mount(page: &Page, rounds: u32, play: bool) {
    for _ in 0..rounds / 20 {
        page.promise(ROUNDS, vec![json!(20), json!(play)]).await;
    }
}

async fn leaves_nothing_behind(page: &Page, warm_up: u32, rounds: u32, play: bool) {
    page.open("/page.html").await;
    page.until(
        "it is defined",
        "return customElements.get('sori-captcha') !== undefined",
    )
    .await;
    // The first rounds fill caches, which stay.
    mount(page, warm_up, play).await;
    let before = counts(page).await;
    mount(page, rounds, play).await;
    // The elements that were removed last end their requests a little later. A leak would stay for ever.
    let deadline = Instant::now() + PATIENCE;
    loop {
        let after = counts(page).await;
        let Some(grown) = grown(&before, &after) else {
            println!("{rounds} mounts, play: {play}: {before:?} became {after:?}");
            return;
        };
        assert!(
            Instant::now() < deadline,
            "{grown}: {before:?} became {after:?}"
        );
    }
}

fn grown(before: &Counts, after: &Counts) -> Option<&'static str> {
    let grown = [
        ("nodes", after.nodes > before.nodes + 20),
        ("listeners", after.listeners > before.listeners + 5),
        ("heap", after.heap > before.heap + 300_000),
        ("wasm memory", after.memory != before.memory),
        ("references", after.tables != before.tables),
    ];
    grown
        .iter()
        .find(|(_, grown)| *grown)
        .map(|(what, _)| *what)
}

/// Only something that is never freed takes this long.
const PATIENCE: Duration = Duration::from_secs(30);

fn setup(name: &str) -> Setup {
    let keys = Reply::new("application/json", r#"{"key":"some-key","expiresIn":600}"#).status(201);
    Setup::new(name)
        // Only the DevTools protocol can count the objects that are alive.
        .in_chromium()
        .page("/quiet/keys", keys)
        .page(
            "/quiet/audio/some-key",
            Reply::new("audio/wav", crate::common::beeps()),
        )
        .page("/page.html", page_with(TAP))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_mounts_leave_nothing_behind() {
    setup("thousand_mounts")
        .run(async |page| leaves_nothing_behind(page, 100, 1000, false).await)
        .await;
}

/// Each element is removed at a different moment: before its key, before its audio, or while it would play.
#[tokio::test(flavor = "multi_thread")]
async fn removals_in_the_midst_of_requests_leave_nothing_behind() {
    setup("mounts_with_requests")
        .run(async |page| leaves_nothing_behind(page, 100, 300, true).await)
        .await;
}
