//! `<sori-captcha>` in a real browser: the shell (the JavaScript) with the DOM and with the functions of the wasm
//! module.
#![cfg(all(target_arch = "wasm32", feature = "captcha"))]

use js_sys::{Function, Promise, Reflect};
use sori_captcha::web::{
    captcha::{Core, Shell},
    define::define,
};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

mod form;
mod lifecycle;
mod page;
mod trap;

#[wasm_bindgen(inline_js = r#"
// The shell's files are loaded one at a time, each after the files that it imports. If there are more connections at
// once than the runner's server has idle threads (four), it can leave one without a reply until another one is closed
// (`TaskPool::spawn` of tiny_http 0.12 counts a thread that has been woken as idle).
const FILES = ["crash", "core", "labels", "language", "memory", "policy", "request", "silence", "sound", "template", "shell", "listeners", "element"];
const SHARE = ["facts", "painting", "popup", "shell", "template", "element"];
export async function load() {
  for (const file of FILES) await import(`./src/web/captcha/${file}.js`);
  for (const file of SHARE) await import(`./src/web/share/${file}.js`);
  return (await import("./src/web/captcha/core.js")).bringCoreFrom;
}

const box = () => document.querySelector("main") ?? document.body.appendChild(document.createElement("main"));

// Runs the body of an async function on the captcha that the markup has.
export async function look(markup, body) {
  box().innerHTML = markup;
  const captcha = box().querySelector("sori-captcha");
  const root = captcha?.shadowRoot;
  const task = () => new Promise((done) => setTimeout(done));
  const part = (name) => root.querySelector(`[part~=${name}]`);
  const act = Object.getPrototypeOf(async () => {}).constructor("captcha", "root", "part", "task", "box", body);
  const seen = await act(captcha, root, part, task, box());
  box().replaceChildren();
  await task();
  return JSON.stringify(seen);
}

export function warnings(act) {
  const { warn } = console, said = [];
  console.warn = (...words) => said.push(words.filter((word) => typeof word === "string").join(" "));
  return act().then(() => said.join("\n")).finally(() => { console.warn = warn; });
}

// A core that traps at the first press on Play, and a count of how often another one was loaded.
export function dying(core, bringCoreFrom) {
  const prototype = Object.getPrototypeOf(core), { report } = prototype, { reportError } = globalThis;
  let starts = 0;
  globalThis.reportError = () => {};
  prototype.report = function (id, what, ...rest) {
    if (what !== "pressPlay") return report.call(this, id, what, ...rest);
    prototype.report = report;
    throw new WebAssembly.RuntimeError("unreachable");
  };
  bringCoreFrom(async () => {
    starts += 1;
    await new Promise((done) => setTimeout(done));
    return core;
  });
  return { starts: () => starts, over: () => { prototype.report = report; globalThis.reportError = reportError; } };
}

// A shell that does nothing.
export const idle = () => new Proxy({}, { get: () => () => {} });
"#)]
extern "C" {
    #[wasm_bindgen(catch)]
    async fn load() -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn look(markup: &str, body: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = dying)]
    fn dying(core: Core, bring_core_from: &Function) -> JsValue;
    #[wasm_bindgen(catch)]
    async fn warnings(act: &Function) -> Result<JsValue, JsValue>;
    fn idle() -> Shell;
}

/// The elements, defined once for all tests. Returns `bringCoreFrom`.
async fn set_up() -> Function {
    let bring_core_from = load().await.unwrap().unchecked_into();
    JsFuture::from(define()).await.unwrap();
    bring_core_from
}

/// What the body returns, as JSON.
async fn seen(markup: &str, body: &str) -> String {
    set_up().await;
    let seen = look(markup, body).await;
    seen.unwrap_or_else(|error| panic!("{error:?}"))
        .as_string()
        .unwrap_or_default()
}

const PLAIN: &str =
    r#"<form><sori-captcha endpoint="/none" name="captcha" required></sori-captcha></form>"#;
