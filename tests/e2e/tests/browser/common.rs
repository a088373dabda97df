//! What several groups of tests need.

use serde_json::{Value, json};
use sori_e2e::{Host, Page, Reply};

/// A page with one captcha in a form, the package from `/pkg`.
pub(crate) fn page(attributes: &str) -> Reply {
    page_with(&format!(
        r#"<form id="form" action="/" method="post">
        <label>Name <input name="name" value="소리"></label>
        <sori-captcha name="captcha" {attributes}><a slot="alternative" href="/help">Another way</a></sori-captcha>
        <button id="send">Send</button></form>"#
    ))
}

pub(crate) fn page_with(body: &str) -> Reply {
    Reply::html(&format!(
        r#"<!doctype html><html lang="en"><meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Test</title><script>{RECORDER}</script>
        <script type="module" src="/pkg/define.js"></script><main><h1>Test</h1>{body}</main>"#
    ))
}

/// Remembers the element's events, in their order.
const RECORDER: &str = r#"window.heard = [];
for (const type of ["statechange", "issued", "verified", "rejected", "expired", "error"])
    addEventListener(`sori-${type}`, ({ detail }) => heard.push([type, detail]));"#;

/// The details of all events of a type so far.
pub(crate) async fn heard(page: &Page, event: &str) -> Vec<Value> {
    let script =
        "return heard.filter(([type]) => type === arguments[0]).map(([, detail]) => detail)";
    let details = page.script_with(script, vec![Value::from(event)]).await;
    details.as_array().cloned().unwrap_or_default()
}

/// Waits for the next `sori-error` and returns its detail.
pub(crate) async fn error(page: &Page) -> Value {
    page.until(
        "there is an error",
        "return heard.some(([type]) => type === 'error')",
    )
    .await;
    heard(page, "error").await.remove(0)
}

/// Presses Play and waits for the lead-in.
pub(crate) async fn play(page: &Page) -> Host<'_> {
    let captcha = page.captcha("").await;
    captcha.part("play").await.click().await;
    captcha.until_state("playing").await;
    captcha
}

/// Waits until the silence is over and the digits can be heard: a press before that would stop the start.
pub(crate) async fn until_heard(page: &Page) {
    page.until(
        "the digits sound",
        "const audio = document.querySelector('sori-captcha').shadowRoot.querySelector('audio');
         return !audio.paused && audio.duration > 2 && audio.currentTime > 0",
    )
    .await;
}

/// Waits until the module has taken over from the shell.
pub(crate) async fn until_the_module_is_there(page: &Page) {
    page.promise(
        "const { ready } = await import('/pkg/define.js'); await ready;",
        vec![],
    )
    .await;
}

/// Waits until the live region for errors in the answer has this text.
pub(crate) async fn until_announced(page: &Page, text: &str) {
    page.until(
        "it is announced",
        &format!(
            "return document.querySelector('sori-captcha').shadowRoot.querySelector('.announcement').textContent
                 .includes({})",
            json!(text)
        ),
    )
    .await;
}

/// What the form would submit, as its fields' names and values.
pub(crate) async fn form_data(page: &Page) -> Value {
    page.script("return Object.fromEntries(new FormData(document.querySelector('form')))")
        .await
}

/// How many keys the backend was asked for.
pub(crate) async fn keys_requested(page: &Page) -> usize {
    page.requests()
        .await
        .iter()
        .filter(|url| url.ends_with("/keys"))
        .count()
}

/// The demo's result after the form was submitted.
pub(crate) async fn verdict(page: &Page) -> String {
    page.until(
        "there is a verdict",
        "return document.querySelector('#result')?.dataset.verified !== undefined",
    )
    .await;
    let verified = page
        .script("return document.querySelector('#result').dataset.verified")
        .await;
    verified.as_str().unwrap_or_default().to_owned()
}

/// A WAV of five beeps with pauses: 8-bit mono PCM at 8,000 Hz, half a second each.
pub(crate) fn beeps() -> Vec<u8> {
    const RATE: u32 = 8000;
    let half = RATE as usize / 2;
    let samples = (0..10 * half).map(|at| {
        let sounds = (at / half) % 2 == 1;
        // A square wave of 400 Hz around the middle, 128.
        let high = (at / 10) % 2 == 0;
        match (sounds, high) {
            (false, _) => 128,
            (true, true) => 208,
            (true, false) => 48,
        }
    });
    let data: Vec<u8> = samples.collect();
    let length = u32::try_from(data.len()).expect("five seconds are few bytes");
    let mut wav = Vec::new();
    wav.extend(b"RIFF");
    wav.extend((36 + length).to_le_bytes());
    wav.extend(b"WAVEfmt ");
    wav.extend(16_u32.to_le_bytes());
    // PCM, mono.
    wav.extend([1, 0, 1, 0]);
    wav.extend(RATE.to_le_bytes());
    wav.extend(RATE.to_le_bytes());
    // One byte a sample, 8 bits.
    wav.extend([1, 0, 8, 0]);
    wav.extend(b"data");
    wav.extend(length.to_le_bytes());
    wav.extend(data);
    wav
}
