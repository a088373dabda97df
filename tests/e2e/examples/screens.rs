//! Makes pictures of every state, for a person to look at: `cargo run -p sori-e2e --example screens` after `cargo
//! xtask build`. They go to `target/screens/LANGUAGE/STATE-KIND-LOOK.png`.
#![allow(clippy::print_stdout, reason = "says where the pictures are")]

use std::fs;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use sori_e2e::states::{self, StateName};
use sori_e2e::{Page, Reply, target_folder};

/// Name, theme, whether the system forces its colours, and the width in px (of a column of 420 px, and of a small
/// phone).
const LOOKS: [(&str, &str, bool, u32); 4] = [
    ("light", "light", false, 452),
    ("dark", "dark", false, 452),
    ("forced", "auto", true, 452),
    ("narrow", "light", false, 320),
];

/// What most forms contain; [`states::markup`] has every part that exists.
fn plain(lang: &str) -> String {
    let way = if lang == "ko" {
        "다른 방법으로 확인"
    } else {
        "Another way"
    };
    format!(
        r#"<sori-captcha endpoint="/captcha" name="captcha" lang="{lang}" lead-in="0" rate="1.5" required
        timeout="600000"><a slot="alternative" href="/help">{way}</a></sori-captcha>"#
    )
}

/// States that a plain captcha reaches without a server's verdict.
const PLAIN: [StateName; 6] = [
    StateName::Idle,
    StateName::Loading,
    StateName::Playing,
    StateName::Paused,
    StateName::Ready,
    StateName::Failed,
];

fn document(lang: &str, captcha: &str) -> Reply {
    Reply::html(&format!(
        r#"<!doctype html><html lang="{lang}"><title>States</title><meta name="viewport" content="width=device-width">
        <style>body {{ margin: 16px; font-family: system-ui, sans-serif }}
        html[data-theme=dark] {{ color-scheme: dark; background: #111; color: #eee }}</style>
        <script type="module" src="/pkg/define.js"></script><main><form>{captcha}</form></main>"#
    ))
}

async fn take(page: &Page, theme: &str, forced: bool, width: u32) -> Vec<u8> {
    let metrics = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
    page.devtools("Emulation.setDeviceMetricsOverride", metrics)
        .await;
    let features =
        json!([{ "name": "forced-colors", "value": if forced { "active" } else { "none" } }]);
    page.devtools(
        "Emulation.setEmulatedMedia",
        json!({ "features": features }),
    )
    .await;
    let height = page
        .script_with(
            "document.documentElement.dataset.theme = arguments[0];
             document.querySelector('sori-captcha').theme = arguments[0];
             return Math.ceil(document.documentElement.getBoundingClientRect().height) + 32",
            vec![theme.into()],
        )
        .await;
    let clip = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": 1 });
    let taken = page
        .devtools("Page.captureScreenshot", json!({ "clip": clip }))
        .await;
    let data = taken["data"].as_str().expect("Chromium takes a picture");
    BASE64_STANDARD.decode(data).expect("in base64")
}

#[tokio::main]
async fn main() {
    for lang in ["ko", "en"] {
        let folder = target_folder().join("screens").join(lang);
        fs::create_dir_all(&folder).expect("target can be written");
        let (setup, faults) = states::setup("screens");
        setup
            .in_chromium()
            .page("/full.html", document(lang, &states::markup(lang)))
            .page("/plain.html", document(lang, &plain(lang)))
            .run(async |page| {
                let full = StateName::ALL.into_iter().map(|state| ("full", state));
                for (kind, state) in full.chain(PLAIN.map(|state| ("plain", state))) {
                    page.devtools(
                        "Emulation.clearDeviceMetricsOverride",
                        Value::Object(Default::default()),
                    )
                    .await;
                    states::reach(page, &faults, &format!("/{kind}.html"), state).await;
                    for (look, theme, forced, width) in LOOKS {
                        let picture = take(page, theme, forced, width).await;
                        fs::write(
                            folder.join(format!("{}-{kind}-{look}.png", state.as_str())),
                            picture,
                        )
                        .expect("target can be written");
                    }
                }
            })
            .await;
        println!("{}", folder.display());
    }
}
