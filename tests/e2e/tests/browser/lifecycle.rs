//! Elements come, move and go; nothing of them stays.

use serde_json::json;
use sori_e2e::Setup;

use crate::common::{page, page_with, play, until_heard};

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_mounts_leave_nothing_behind() {
    // Only the DevTools protocol counts what is alive.
    Setup::new("thousand_mounts")
        .in_chromium()
        .page("/page.html", page_with("<div id=place></div>"))
        .run(async |page| {
            page.open("/page.html").await;
            page.until(
                "it is defined",
                "return customElements.get('sori-captcha') !== undefined",
            )
            .await;
            let rounds = "const place = document.querySelector('#place');
                for (let round = 0; round < args[0]; round++) {
                    const captcha = document.createElement('sori-captcha');
                    captcha.setAttribute('endpoint', '/captcha');
                    place.append(captcha);
                    captcha.value = '12345';
                    if (round % 2) place.prepend(captcha);
                    if (round % 50 === 0) await new Promise((done) => setTimeout(done));
                    captcha.remove();
                }
                await new Promise((done) => setTimeout(done, 100));";
            // The first rounds fill caches that stay.
            page.promise(rounds, vec![json!(100)]).await;
            let before = counts(page).await;
            page.promise(rounds, vec![json!(1000)]).await;
            let after = counts(page).await;
            assert!(
                after.nodes <= before.nodes + 20,
                "nodes: {before:?} became {after:?}"
            );
            assert!(
                after.listeners <= before.listeners + 5,
                "listeners: {before:?} became {after:?}"
            );
            assert!(
                after.heap <= before.heap + 300_000,
                "heap: {before:?} became {after:?}"
            );
        })
        .await;
}

#[derive(Debug)]
struct Counts {
    nodes: u64,
    listeners: u64,
    heap: u64,
}

async fn counts(page: &sori_e2e::Page) -> Counts {
    for _ in 0..3 {
        page.devtools("HeapProfiler.collectGarbage", json!({}))
            .await;
    }
    let dom = page.devtools("Memory.getDOMCounters", json!({})).await;
    let heap = page.devtools("Runtime.getHeapUsage", json!({})).await;
    Counts {
        nodes: dom["nodes"].as_u64().expect("Chromium counts nodes"),
        listeners: dom["jsEventListeners"]
            .as_u64()
            .expect("Chromium counts listeners"),
        heap: heap["usedSize"]
            .as_f64()
            .expect("Chromium measures the heap") as u64,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn moved_while_playing_it_still_works_and_the_audio_ends_with_the_element() {
    Setup::new("moved")
        .page("/page.html", page(r#"endpoint="/captcha" lead-in="0""#))
        .run(async |page| {
            page.open("/page.html").await;
            play(page).await;
            until_heard(page).await;
            page.script(
                "const made = URL.createObjectURL, gone = URL.revokeObjectURL;
                 window.alive = 0;
                 URL.createObjectURL = (blob) => { alive++; return made.call(URL, blob); };
                 URL.revokeObjectURL = (url) => { alive--; return gone.call(URL, url); };
                 document.querySelector('form').append(document.querySelector('sori-captcha'))",
            )
            .await;
            let captcha = page.captcha("").await;
            until_heard(page).await;
            captcha.part("answer").await.type_text("1").await;
            captcha.part("play").await.click().await;
            captcha.until_state("paused").await;
            page.script("document.querySelector('sori-captcha').remove()")
                .await;
            page.until("no object URL is left", "return alive <= 0")
                .await;
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn properties_set_before_the_upgrade_count() {
    let body = r#"<form><div id="place"></div></form><script>
        const early = document.createElement("sori-captcha");
        early.endpoint = "/captcha";
        early.name = "early";
        early.required = true;
        document.querySelector('div').append(early);
    </script>"#;
    Setup::new("early_properties")
        .page("/page.html", page_with(body))
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = page.captcha("").await;
            assert_eq!(
                captcha.property("getAttribute('endpoint')").await,
                "/captcha"
            );
            assert_eq!(captcha.property("required").await, true);
            play(page).await;
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn back_from_the_next_page_a_submitted_key_is_dropped() {
    Setup::new("bfcache")
        .page("/page.html", page(r#"endpoint="/captcha" lead-in="0""#))
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = play(page).await;
            captcha.part("answer").await.type_text("12345").await;
            page.click("#send").await;
            crate::common::verdict(page).await;
            page.client()
                .back()
                .await
                .expect("there is a page to go back to");
            let captcha = page.captcha("").await;
            let data = page
                .script("return Object.fromEntries(new FormData(document.querySelector('form')))")
                .await;
            assert!(
                data.get("captcha-key").is_none(),
                "a spent key came back: {data}"
            );
            captcha.part("play").await.click().await;
            captcha.until_state("playing").await;
        })
        .await;
}
