//! `<sori-share>` in a real browser: the shell (the JavaScript) with the DOM, and the encoding of the URL compared
//! with the browser's own.
#![cfg(all(target_arch = "wasm32", feature = "share"))]

use js_sys::{Array, JsString, Reflect};
use sori_captcha::{
    share::{act::event::ShareEvent, encode::share_link},
    web::share::{ShareShell, share},
};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

mod element;
mod pages;
mod popup;
mod shared;

#[wasm_bindgen(inline_js = r#"
// One file at a time: see tests/captcha/main.rs.
export async function defineShare(share, css) {
  for (const file of ["facts", "painting", "popup", "shell", "template"]) await import(`./src/web/share/${file}.js`);
  (await import("./src/web/share/element.js")).defineShare(share, css);
}

export const encode = (text) => encodeURIComponent(text.toWellFormed());

export function warnings(act) {
  const said = [], { warn } = console;
  console.warn = (...words) => said.push(words.join(" "));
  try { act(); } finally { console.warn = warn; }
  return said;
}

const box = () => document.querySelector("main") ?? document.body.appendChild(document.createElement("main"));

// Puts the markup into the page and returns its button.
export function put(markup) {
  box().innerHTML = markup;
  return box().querySelector("sori-share");
}

export const part = (element, name) => element.shadowRoot.querySelector(`[part=${name}]`);

export const link = (element) => element.querySelector("a") ?? part(element, "link");

// The attribute as written: the browser's serialisation would escape an apostrophe once more.
export const href = (element) => link(element).getAttribute("href") ?? "";

export const linked = (url, title) =>
  "https://share.naver.com/web/shareView?url=" + encodeURIComponent(url) + (title && "&title=" + encodeURIComponent(title.toWellFormed()));

export const absolute = (url) => new URL(url, document.baseURI).href;

export const tell = (element, type) => part(element, "link").dispatchEvent(new Event(type, { bubbles: true, composed: true }));

// What a press would do; the press itself does not navigate.
export function press(element, name, init) {
  const heard = [];
  const types = ["sori-shared", "sori-share-blocked", "sori-copied", "sori-error"];
  const hear = ({ type, detail, composed, bubbles }) => heard.push(`${type} ${JSON.stringify(detail)} ${composed && bubbles}`);
  for (const type of types) document.addEventListener(type, hear);
  let prevented;
  const stay = (event) => { prevented = event.defaultPrevented; event.preventDefault(); };
  addEventListener("click", stay, { once: true });
  const target = name === "link" ? link(element) : part(element, name);
  target.dispatchEvent(new MouseEvent("click", { bubbles: true, composed: true, cancelable: true, ...init }));
  for (const type of types) document.removeEventListener(type, hear);
  return [...heard, `prevented ${prevented}`];
}

export function popups(answer, act) {
  const { open } = globalThis, asked = [];
  globalThis.open = (...wish) => { asked.push(wish.join(" ")); return answer; };
  try { act(); } finally { globalThis.open = open; }
  return asked;
}

export const head = (markup) => {
  for (const node of [...document.head.querySelectorAll("[data-test]")]) node.remove();
  document.head.insertAdjacentHTML("beforeend", markup);
};
"#)]
extern "C" {
    #[wasm_bindgen(js_name = defineShare)]
    async fn define_share(share: &JsValue, css: &str);
    fn encode(text: &JsString) -> String;
    fn warnings(act: &mut dyn FnMut()) -> Array;
    fn put(markup: &str) -> JsValue;
    fn part(element: &JsValue, name: &str) -> JsValue;
    fn link(element: &JsValue) -> JsValue;
    fn href(element: &JsValue) -> String;
    fn linked(url: &str, title: &JsString) -> String;
    fn absolute(url: &str) -> String;
    fn tell(element: &JsValue, kind: &str);
    fn press(element: &JsValue, name: &str, init: &JsValue) -> Array;
    fn popups(answer: &JsValue, act: &mut dyn FnMut()) -> Array;
    fn head(markup: &str);
}

/// The element, defined once for all tests, and an empty page.
async fn set_up() {
    let act =
        Closure::<dyn Fn(ShareShell, ShareEvent) -> bool>::new(|shell, event| share(&shell, event));
    define_share(
        &act.into_js_value(),
        include_str!("../../src/web/share.css"),
    )
    .await;
    head("");
    title("");
}

fn title(text: &str) {
    set(&js_sys::eval("document").unwrap(), "title", &text.into());
}

fn set(target: &JsValue, name: &str, value: &JsValue) {
    Reflect::set(target, &name.into(), value).unwrap();
}

fn get(target: &JsValue, name: &str) -> JsValue {
    Reflect::get(target, &name.into()).unwrap()
}

fn text(target: &JsValue, name: &str) -> String {
    get(target, name).as_string().unwrap_or_default()
}

fn list(array: &Array) -> Vec<String> {
    array.iter().map(|item| item.as_string().unwrap()).collect()
}
