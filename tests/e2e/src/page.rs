//! The page that a test uses.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::{Client, Locator};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::browser::Engine;
use crate::commands::Call;
use crate::pages::Pages;
use crate::part::Host;
use crate::site::{Site, target_folder};

/// How long to wait for a state. Only a state that never comes takes this long.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub struct Page {
    pub(crate) client: Client,
    site: Site,
    pages: Option<Pages>,
    engine: Engine,
}

impl Page {
    pub(crate) fn new(client: Client, site: Site, pages: Option<Pages>, engine: Engine) -> Self {
        Self {
            client,
            site,
            pages,
            engine,
        }
    }

    pub fn site(&self) -> &Site {
        &self.site
    }

    /// The origin for paths: that of the test's own pages if it has some, otherwise that of the site.
    pub fn origin(&self) -> &str {
        self.pages
            .as_ref()
            .map_or(self.site.origin(), |pages| &pages.origin)
    }

    /// How often the browser requested this path from the test's own origin.
    pub fn asked(&self, path: &str) -> usize {
        self.pages
            .as_ref()
            .expect("only a test with pages of its own counts requests")
            .asked(path)
    }

    /// From now on the path is served as if the test had no reply for it, also to requests that are waiting.
    pub fn release(&self, path: &str) {
        self.pages
            .as_ref()
            .expect("only a test with pages of its own has replies")
            .release(path);
    }

    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// WebDriver itself, for what has no method here.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Opens a path, or a whole URL.
    pub async fn open(&self, path: &str) {
        let url = if path.starts_with('/') {
            format!("{}{path}", self.origin())
        } else {
            path.to_owned()
        };
        self.client
            .goto(&url)
            .await
            .unwrap_or_else(|error| panic!("{url} does not open: {error}"));
    }

    /// The upgraded `<sori-captcha>` that the selector picks; with an empty selector the first one.
    pub async fn captcha(&self, selector: &str) -> Host<'_> {
        self.host(&format!("sori-captcha{selector}")).await
    }

    /// The upgraded `<sori-share>` that the selector picks; with an empty selector the first one.
    pub async fn share(&self, selector: &str) -> Host<'_> {
        self.host(&format!("sori-share{selector}")).await
    }

    async fn host(&self, selector: &str) -> Host<'_> {
        let upgraded = format!(
            "return document.querySelector({})?.shadowRoot != null",
            json!(selector)
        );
        self.until(&format!("{selector} is upgraded"), &upgraded)
            .await;
        Host::new(self, self.element(selector).await, selector)
    }

    /// The element in the light DOM that the CSS selector picks, waited for.
    pub async fn element(&self, selector: &str) -> Element {
        self.client
            .wait()
            .at_most(PATIENCE)
            .for_element(Locator::Css(selector))
            .await
            .unwrap_or_else(|error| panic!("there is no {selector}: {error}"))
    }

    /// A real press of the pointer on an element of the light DOM.
    pub async fn click(&self, selector: &str) {
        let element = self.element(selector).await;
        element
            .click()
            .await
            .unwrap_or_else(|error| panic!("{selector} cannot be clicked: {error}"));
    }

    /// Real key presses into an element of the light DOM.
    pub async fn type_into(&self, selector: &str, text: &str) {
        let element = self.element(selector).await;
        element
            .send_keys(text)
            .await
            .unwrap_or_else(|error| panic!("{selector} takes no keys: {error}"));
    }

    /// Real key presses wherever the focus is.
    pub async fn press(&self, text: &str) {
        let keys: Vec<_> = text
            .chars()
            .flat_map(|key| [("keyDown", key), ("keyUp", key)])
            .collect();
        self.keys(&keys).await;
    }

    /// One key while another is held.
    pub async fn press_with(&self, held: char, key: char) {
        self.keys(&[
            ("keyDown", held),
            ("keyDown", key),
            ("keyUp", key),
            ("keyUp", held),
        ])
        .await;
    }

    async fn keys(&self, keys: &[(&str, char)]) {
        let actions: Vec<_> = keys
            .iter()
            .map(|(kind, key)| json!({ "type": kind, "value": key }))
            .collect();
        let body = json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": actions }] });
        self.call("actions", Some(body)).await;
    }

    /// The result of the script. For clicks that a person would make, use [`crate::Part::click`].
    pub async fn script(&self, script: &str) -> Value {
        self.script_with(script, vec![]).await
    }

    pub async fn script_with(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client
            .execute(script, arguments)
            .await
            .unwrap_or_else(|error| panic!("the script fails: {error}\n{script}"))
    }

    /// The value of the promise that the script returns.
    pub async fn promise(&self, script: &str, arguments: Vec<Value>) -> Value {
        let frame = format!(
            "const done = arguments[arguments.length - 1];
             (async (...args) => {{ {script} }})(...Array.prototype.slice.call(arguments, 0, -1))
               .then((value) => done({{ value }}), (error) => done({{ error: String(error?.stack ?? error) }}));"
        );
        let answer = self
            .client
            .execute_async(&frame, arguments)
            .await
            .unwrap_or_else(|error| panic!("the script fails: {error}\n{script}"));
        assert!(
            answer.get("error").is_none(),
            "the script rejects: {}\n{script}",
            answer["error"]
        );
        answer.get("value").cloned().unwrap_or(Value::Null)
    }

    /// Waits until the script returns true.
    pub async fn until(&self, what: &str, script: &str) {
        self.until_for(PATIENCE.as_secs(), what, script).await;
    }

    /// Waits up to `seconds` until the script returns true.
    pub async fn until_for(&self, seconds: u64, what: &str, script: &str) {
        let deadline = Instant::now() + Duration::from_secs(seconds);
        loop {
            // The script may run while the page is being left.
            let state = self.client.execute(script, vec![]).await;
            if state
                .as_ref()
                .is_ok_and(|value| *value == Value::Bool(true))
            {
                return;
            }
            assert!(
                Instant::now() < deadline,
                "waited in vain until {what}; last: {state:?}"
            );
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// URLs that this document has requested so far, without its own.
    pub async fn requests(&self) -> Vec<String> {
        let names = self
            .script("return performance.getEntriesByType('resource').map((entry) => entry.name)")
            .await;
        names
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    }

    /// Errors and warnings on the console since the last call. Chromium only.
    pub async fn console(&self) -> Vec<String> {
        assert_eq!(
            self.engine,
            Engine::Chromium,
            "only Chromium hands out its console"
        );
        let entries = self
            .call("se/log", Some(json!({ "type": "browser" })))
            .await;
        entries
            .as_array()
            .into_iter()
            .flatten()
            .filter(|entry| matches!(entry["level"].as_str(), Some("SEVERE" | "WARNING")))
            .filter_map(|entry| entry["message"].as_str())
            .map(str::to_owned)
            .collect()
    }

    /// Fails if the console has errors or warnings. geckodriver does not give access to the console, so this never
    /// fails in Firefox.
    pub async fn assert_quiet(&self) {
        if self.engine == Engine::Chromium {
            let said = self.console().await;
            assert!(
                said.is_empty(),
                "the console is not quiet:\n{}",
                said.join("\n")
            );
        }
    }

    /// A command of the Chrome DevTools Protocol.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        assert_eq!(
            self.engine,
            Engine::Chromium,
            "only Chromium speaks the DevTools protocol"
        );
        self.call(
            "goog/cdp/execute",
            Some(json!({ "cmd": command, "params": parameters })),
        )
        .await
    }

    pub(crate) async fn call(&self, path: &str, body: Option<Value>) -> Value {
        self.client
            .issue_cmd(Call {
                path: path.to_owned(),
                body,
            })
            .await
            .unwrap_or_else(|error| panic!("WebDriver refuses {path}: {error}"))
    }

    /// Writes `target/e2e/NAME.png`.
    pub async fn screenshot(&self, name: &str) -> PathBuf {
        let picture = self
            .client
            .screenshot()
            .await
            .unwrap_or_else(|error| panic!("no screenshot: {error}"));
        let dir = target_folder().join("e2e");
        fs::create_dir_all(&dir)
            .unwrap_or_else(|error| panic!("cannot create {}: {error}", dir.display()));
        let path = dir.join(format!("{name}.png"));
        fs::write(&path, picture)
            .unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
        path
    }

    /// Prints what the page looked like when the test failed.
    pub(crate) async fn explain_failure(&self, name: &str) {
        if let Ok(url) = self.client.current_url().await {
            eprintln!("the page was {url}");
        }
        if let Ok(picture) = self.client.screenshot().await {
            let path = target_folder().join(format!("e2e/{name}.png"));
            let written = path
                .parent()
                .map(fs::create_dir_all)
                .transpose()
                .and_then(|_| fs::write(&path, picture));
            match written {
                Ok(()) => eprintln!("screenshot: {}", path.display()),
                Err(error) => eprintln!("no screenshot: {error}"),
            }
        }
        if self.engine == Engine::Chromium {
            let log = Call {
                path: "se/log".to_owned(),
                body: Some(json!({ "type": "browser" })),
            };
            if let Ok(entries) = self.client.issue_cmd(log).await {
                for entry in entries.as_array().into_iter().flatten() {
                    eprintln!("console {}: {}", entry["level"], entry["message"]);
                }
            }
        }
        let log = self.site.log();
        let lines: Vec<_> = log.lines().collect();
        for line in &lines[lines.len().saturating_sub(30)..] {
            eprintln!("site: {line}");
        }
    }
}
