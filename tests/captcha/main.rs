//! `<sori-captcha>` in a real browser: the shell against the DOM, with the module's own functions behind it.
#![cfg(all(target_arch = "wasm32", feature = "captcha"))]

use js_sys::{Function, JsString, Object, Promise, Reflect, Uint8Array};
use sori_captcha::{captcha::bridge::Op, web::captcha as module};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

mod form;
mod lifecycle;
mod page;
mod trap;

/// The shell's files, each after those it imports. Naming them makes the runner serve them.
macro_rules! shell {
    ($($path:literal $name:ident)*) => {
        $(
            #[wasm_bindgen(module = $path)]
            extern "C" {
                pub fn $name();
            }
        )*
        const SHELL: &[&str] = &[$($path),*];
    };
}
shell! {
    "/src/web/captcha/protocol.js" UNIT
    "/src/web/captcha/memory.js" keep
    "/src/web/captcha/policy.js" was_blocked
    "/src/web/captcha/tree.js" build
    "/src/web/captcha/paint.js" paint
    "/src/web/captcha/instance.js" serve
    "/src/web/captcha/sound.js" start
    "/src/web/captcha/request.js" request
    "/src/web/captcha/effects.js" EFFECTS
    "/src/web/captcha/tell.js" tell
    "/src/web/captcha/page.js" read
    "/src/web/captcha/connection.js" connect
    "/src/web/captcha/listen.js" listen
    "/src/web/captcha/element.js" element
}

#[wasm_bindgen(inline_js = r#"
// One file at a time: of more connections at once than it has idle threads, four, the runner's server can leave one
// without an answer until another one is closed (`TaskPool::spawn` of tiny_http 0.12 counts a thread that has been
// woken as idle).
export async function load(paths) {
  let last;
  for (const path of paths) last = await import(`.${path}`);
  return last.define_captcha;
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

// An instance that dies at the first press, and what it takes to start another one.
export function dying(honest, define, sheet) {
  let dead = false, starts = 0;
  const report = globalThis.reportError;
  globalThis.reportError = () => {};
  const exports = { ...honest, tell(...told) {
    if (dead || told[1] === 12) { dead = true; throw new WebAssembly.RuntimeError("unreachable"); }
    return honest.tell(...told);
  } };
  const restart = async () => {
    starts += 1;
    await new Promise((done) => setTimeout(done, 20));
    define(honest, sheet);
  };
  return { exports, restart, starts: () => starts, over: () => { globalThis.reportError = report; } };
}
"#)]
extern "C" {
    #[wasm_bindgen(catch)]
    async fn load(paths: Vec<String>) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn look(markup: &str, body: &str) -> Result<JsValue, JsValue>;
    fn dying(honest: &JsValue, define: &JsValue, sheet: &str) -> JsValue;
    #[wasm_bindgen(catch)]
    async fn warnings(act: &Function) -> Result<JsValue, JsValue>;
}

/// Puts a function of the module where the glue of a release build has it.
macro_rules! export {
    ($exports:ident, $name:literal, |$($arg:ident: $type:ty),*| -> $result:ty { $body:expr }) => {
        let closure = Closure::<dyn Fn($($type),*) -> $result>::new(|$($arg: $type),*| $body);
        set(&$exports, $name, &closure.into_js_value());
    };
}

fn set(target: &JsValue, name: &str, value: &JsValue) {
    Reflect::set(target, &name.into(), value).unwrap();
}

fn exports() -> JsValue {
    let exports = Object::new();
    export!(exports, "definition", |piece: usize| -> JsString {
        module::definition(piece)
    });
    export!(exports, "connect", |disabled: bool,
                                 answer: String|
     -> u32 {
        module::connect(disabled, answer)
    });
    export!(exports, "tell", |id: u32,
                              op: u32,
                              number: u32,
                              at: u32,
                              length: u32,
                              text: String|
     -> JsString {
        module::tell(id, op, number, at, length, &text)
    });
    export!(exports, "press", |id: u32,
                               flags: u32,
                               text: String|
     -> u32 {
        module::press(id, flags, &text)
    });
    export!(exports, "scan", |id: u32, piece: Uint8Array| -> bool {
        module::scan(id, &piece.to_vec())
    });
    export!(exports, "silence", |ms: u32| -> Uint8Array {
        module::silence(ms)
    });
    let send = Closure::<dyn Fn(u32, web_sys::Request, module::Done)>::new(module::send);
    set(&exports, "send", &send.into_js_value());
    export!(exports, "detail", |id: u32, signal: u32| -> JsValue {
        module::detail(id, signal)
    });
    exports.into()
}

fn disconnect(id: u32) {
    let _ = module::tell(id, Op::Disconnected as u32, 0, 0, 0, "");
}

/// `define_captcha` of the shell.
async fn define() -> Function {
    let paths = SHELL.iter().map(ToString::to_string).collect();
    load(paths).await.unwrap().unchecked_into()
}

async fn define_captcha(exports: &JsValue, sheet: &str, restart: &JsValue) {
    define()
        .await
        .call3(&JsValue::NULL, exports, &sheet.into(), restart)
        .unwrap();
}

/// The element, defined once for all tests.
async fn set_up() {
    thread_local! {
        static EXPORTS: JsValue = exports();
    }
    let restart = Function::new_no_args("return globalThis.another_instance()");
    let exports = EXPORTS.with(JsValue::clone);
    define_captcha(&exports, ":host { display: block }", &restart).await;
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
