//! Makes the pictures in the READMEs: `cargo run -p sori-e2e --example pictures` after `cargo xtask build`.
//! It writes `docs/rest.png`, `docs/playing.png` and the Korean ones beside them.
#![allow(clippy::print_stdout, reason = "says what it wrote")]

use std::fs;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;
use sori_e2e::states::{self, StateName};
use sori_e2e::{Page, Reply, root};

/// In CSS pixels; the pictures have twice as many.
const WIDTH: u32 = 452;

struct Words {
    lang: &'static str,
    /// What the name of the picture ends with.
    suffix: &'static str,
    name: &'static str,
    person: &'static str,
    way: &'static str,
    button: &'static str,
}

const WORDS: [Words; 2] = [
    Words {
        lang: "en",
        suffix: "",
        name: "Name",
        person: "Bora",
        way: "Verify another way",
        button: "Join",
    },
    Words {
        lang: "ko",
        suffix: ".ko",
        name: "이름",
        person: "보라",
        way: "다른 방법으로 확인",
        button: "가입",
    },
];

fn document(words: &Words) -> Reply {
    let Words {
        lang,
        name,
        person,
        way,
        button,
        ..
    } = words;
    Reply::html(&format!(
        r#"<!doctype html><html lang="{lang}"><title>Join</title><meta name="viewport" content="width=device-width">
        <style>body {{ margin: 16px; font: 16px system-ui, sans-serif; background: #fff; color: #1c1b22 }}
        label, button {{ display: block }} label {{ font-weight: 600 }}
        input {{ display: block; box-sizing: border-box; width: 100%; min-height: 44px; margin: 6px 0 16px; padding: 0 12px; font: inherit; font-weight: 400 }}
        button {{ margin-top: 16px; min-height: 44px; padding: 0 24px; font: inherit }}</style>
        <script type="module" src="/pkg/define.js"></script>
        <form><label>{name}<input value="{person}"></label>
        <sori-captcha endpoint="/captcha" name="captcha" lead-in="0" theme="light" required timeout="600000">
        <a slot="alternative" href="/other">{way}</a></sori-captcha><button>{button}</button></form>"#
    ))
}

async fn take(page: &Page) -> Vec<u8> {
    let metrics = json!({ "width": WIDTH, "height": 900, "deviceScaleFactor": 2, "mobile": false });
    page.devtools("Emulation.setDeviceMetricsOverride", metrics)
        .await;
    let height = page
        .script("return Math.ceil(document.documentElement.getBoundingClientRect().height) + 16")
        .await;
    let clip = json!({ "x": 0, "y": 0, "width": WIDTH, "height": height, "scale": 1 });
    let taken = page
        .devtools("Page.captureScreenshot", json!({ "clip": clip }))
        .await;
    let data = taken["data"].as_str().expect("Chromium takes a picture");
    BASE64_STANDARD.decode(data).expect("in base64")
}

#[tokio::main]
async fn main() {
    for words in WORDS {
        // Speaks to an upstream with credentials, so the notice is the one that a site's visitors see.
        let (setup, faults) = states::setup("pictures");
        setup
            .in_chromium()
            .page("/page.html", document(&words))
            .run(async |page| {
                for (name, state) in [("rest", StateName::Idle), ("playing", StateName::Playing)] {
                    let captcha = states::reach(page, &faults, "/page.html", state).await;
                    if state == StateName::Playing {
                        captcha.part("answer").await.type_text("12").await;
                        page.until(
                            "the progress has begun",
                            "return document.querySelector('sori-captcha').shadowRoot
                                .querySelector('[part~=progress]').textContent.includes('0:01')",
                        )
                        .await;
                    }
                    let path = root().join(format!("docs/{name}{}.png", words.suffix));
                    fs::write(&path, take(page).await).expect("docs can be written");
                    println!("{}", path.display());
                }
            })
            .await;
    }
}
