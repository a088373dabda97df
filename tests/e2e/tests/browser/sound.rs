//! What can be heard, and when, measured at the element's own output.
#![allow(clippy::print_stdout, reason = "figures, shown with --nocapture")]

use serde_json::Value;
use sori_e2e::Setup;

use crate::common::page;

/// Watches what comes out of the element, from the press on. `captureStream()` exists in Chromium.
const LISTEN: &str = "
    window.heard_at = {};
    const host = document.querySelector('sori-captcha'), root = host.shadowRoot;
    const first = (what) => heard_at[what] ??= performance.now() - heard_at.zero;
    root.querySelector('[part=play]').addEventListener('click', () => heard_at.zero ??= performance.now(), true);
    const context = new AudioContext();
    new MutationObserver(() => {
        const audio = root.querySelector('audio');
        if (!audio || window.tapped) return;
        window.tapped = true;
        audio.addEventListener('playing', () => {
            if (audio.duration > 3) return first('speech');
            first('silence');
            heard_at.lead_in = audio.duration * 1000;
        });
        // A stream of the element's sound continues when its source changes.
        const meter = context.createAnalyser(), samples = new Float32Array(meter.fftSize);
        audio.addEventListener('playing', () => {
            context.resume();
            const stream = audio.captureStream();
            if (stream.getAudioTracks().length) context.createMediaStreamSource(stream).connect(meter);
        });
        setInterval(() => {
            meter.getFloatTimeDomainData(samples);
            if (samples.some((sample) => Math.abs(sample) > 0.001)) first('sound');
        }, 5);
    }).observe(root, { childList: true });";

async fn first_sound(name: &str, lead_in: &str) -> Value {
    let attributes = format!(r#"endpoint="/captcha" {lead_in}"#);
    let (told, telling) = tokio::sync::oneshot::channel();
    Setup::new(name)
        // Only Chromium gives a test the element's samples.
        .in_chromium()
        .page("/page.html", page(&attributes))
        .run(async |page| {
            page.open("/page.html").await;
            page.captcha("").await;
            page.script(LISTEN).await;
            page.captcha("").await.part("play").await.click().await;
            page.until("sound comes out", "return heard_at.sound > 0")
                .await;
            let at = page.script("return heard_at").await;
            told.send(at).expect("the test waits for it");
        })
        .await;
    telling.await.expect("the page has told it")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_press_is_answered_by_silence_and_digits_come_after_it() {
    let at = first_sound("sound_after_lead_in", "").await;
    let ms = |what: &str| {
        at[what]
            .as_f64()
            .unwrap_or_else(|| panic!("no {what}: {at}"))
    };
    println!(
        "after the press: silence plays at {:.0} ms for {:.0} ms, speech at {:.0} ms, the first audible sample at {:.0} ms",
        ms("silence"),
        ms("lead_in"),
        ms("speech"),
        ms("sound")
    );
    assert!(
        ms("silence") < ms("speech") && ms("speech") < ms("sound"),
        "{at}"
    );
    // A busy machine may be late by any time, but the digits must never start before the silence has ended.
    assert!(ms("speech") - ms("silence") > 0.9 * ms("lead_in"), "{at}");
}
