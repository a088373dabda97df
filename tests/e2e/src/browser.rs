//! The choice of the browser, and how it is started.

use std::path::{Path, PathBuf};
use std::{env, fs};

use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::driver::Driver;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Chromium,
    Firefox,
    /// WebKitGTK: the browser on Linux that is closest to Safari.
    WebKit,
}

impl Engine {
    /// `E2E_ENGINE`: `chromium` (the default), `firefox` or `webkit`.
    pub fn chosen() -> Self {
        match env::var("E2E_ENGINE").as_deref() {
            Err(_) | Ok("chromium") => Engine::Chromium,
            Ok("firefox") => Engine::Firefox,
            Ok("webkit") => Engine::WebKit,
            Ok(other) => panic!("E2E_ENGINE is {other:?}; it is chromium, firefox or webkit"),
        }
    }
}

/// What a test may want to change in its browser.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wishes {
    /// The language that the browser asks for, as in `Accept-Language`.
    pub(crate) language: Option<String>,
    pub(crate) arguments: Vec<String>,
    /// The environment of a desktop with assistive technology, on which the browser opens a window; without it the
    /// browser is headless.
    pub(crate) desktop: Vec<(String, String)>,
}

pub(crate) async fn connect(engine: Engine, driver: &Driver, wishes: &Wishes) -> Client {
    let mut capabilities = match engine {
        Engine::Chromium => chromium(wishes),
        Engine::Firefox => firefox(wishes),
        Engine::WebKit => webkit(),
    };
    // In ms. Scripts wait for what happens in the page, and on a busy machine that takes longer than the usual 30 s.
    capabilities["timeouts"] = json!({ "script": 300_000 });
    let Value::Object(capabilities) = capabilities else {
        unreachable!("capabilities are an object")
    };
    let capabilities: Capabilities = capabilities.into_iter().collect();
    ClientBuilder::new(HttpConnector::new())
        .capabilities(capabilities)
        .connect(&driver.address)
        .await
        .unwrap_or_else(|error| panic!("{engine:?} does not start: {error}"))
}

/// chromedriver gives each session a profile directory of its own and deletes it afterwards.
fn chromium(wishes: &Wishes) -> Value {
    let mut arguments: Vec<String> = [
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        // Chromium refuses to run sandboxed as root, and containers are root.
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--password-store=basic",
        "--window-size=1000,900",
    ]
    .map(str::to_owned)
    .into();
    arguments.push(
        if wishes.desktop.is_empty() {
            "--headless=new"
        } else {
            "--force-renderer-accessibility"
        }
        .to_owned(),
    );
    arguments.extend(wishes.arguments.iter().cloned());
    let language = wishes.language.as_deref().unwrap_or("ko-KR");
    arguments.push(format!("--lang={language}"));
    let mut options = json!({
        "args": arguments,
        // Bars above the page (automation, passwords, translation) would be read aloud.
        "excludeSwitches": ["enable-automation"],
        "prefs": {
            "intl.accept_languages": language,
            "translate": { "enabled": false },
            "credentials_enable_service": false,
        },
    });
    name_the_binary(&mut options, "CHROMIUM");
    json!({
        "browserName": "chrome",
        "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        "goog:chromeOptions": options,
    })
}

/// Tells the driver which browser to start, if `cargo xtask test` or a person has named one. Otherwise the driver
/// looks in the usual places.
fn name_the_binary(options: &mut Value, variable: &str) {
    if let Ok(path) = env::var(variable)
        && !path.is_empty()
    {
        options["binary"] = path.into();
    }
}

fn webkit() -> Value {
    json!({
        "browserName": "MiniBrowser",
        "webkitgtk:browserOptions": { "binary": mini_browser(), "args": ["--automation"] },
    })
}

/// The path of MiniBrowser, which Debian installs outside PATH, in a folder named after the architecture and the
/// version.
fn mini_browser() -> String {
    let below = |folder: &Path| -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect()
    };
    let found = below(Path::new("/usr/lib"))
        .iter()
        .flat_map(|architecture| below(architecture))
        .map(|folder| folder.join("MiniBrowser"))
        .find(|path| path.is_file());
    let path = found.expect("there is no MiniBrowser: install webkit2gtk-driver");
    path.to_str().expect("the path is text").to_owned()
}

fn firefox(wishes: &Wishes) -> Value {
    let language = wishes.language.as_deref().unwrap_or("ko-KR");
    let mut arguments = Vec::new();
    if wishes.desktop.is_empty() {
        arguments.push("-headless".to_owned());
    }
    arguments.extend(wishes.arguments.iter().cloned());
    let mut options = json!({
        "args": arguments,
        "prefs": {
            "intl.accept_languages": language,
            "browser.translations.enable": false,
            // -1: the accessibility engine is always on, not only when a screen reader asks for it.
            "accessibility.force_disabled": if wishes.desktop.is_empty() { 0 } else { -1 },
            // The page's colours must not depend on the machine's desktop.
            "layout.css.prefers-color-scheme.content-override": 1,
        },
    });
    name_the_binary(&mut options, "FIREFOX");
    json!({ "browserName": "firefox", "moz:firefoxOptions": options })
}
