//! `<sori-captcha>` in a real browser: the shell against the DOM, with the module's own functions behind it.
#![cfg(all(target_arch = "wasm32", feature = "captcha"))]

use js_sys::{Function, Object, Promise, Reflect, Uint8Array};
use sori_captcha::{captcha::bridge::Op, web::captcha as module};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(module = "/src/web/captcha/element.js")]
extern "C" {
    fn define_captcha(exports: &JsValue, sheet: &str, restart: &JsValue);
}

/// The runner serves only files that are named: these are what `element.js` imports.
macro_rules! served {
    ($($path:literal $name:ident)*) => {$(
        #[wasm_bindgen(module = $path)]
        extern "C" {
            pub fn $name();
        }
    )*};
}
served! {
    "/src/web/captcha/connection.js" connect
    "/src/web/captcha/effects.js" EFFECTS
    "/src/web/captcha/instance.js" serve
    "/src/web/captcha/listen.js" listen
    "/src/web/captcha/memory.js" keep
    "/src/web/captcha/page.js" read
    "/src/web/captcha/paint.js" paint
    "/src/web/captcha/policy.js" was_blocked
    "/src/web/captcha/protocol.js" UNIT
    "/src/web/captcha/request.js" request
    "/src/web/captcha/sound.js" start
    "/src/web/captcha/tell.js" tell
    "/src/web/captcha/tree.js" build
}

#[wasm_bindgen(inline_js = r#"
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
    export!(exports, "definition", |_unused: JsValue| -> String {
        module::definition()
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
     -> String {
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

/// The element, defined once for all tests.
fn set_up() {
    thread_local! {
        static EXPORTS: JsValue = exports();
    }
    let restart = Function::new_no_args("return globalThis.another_instance()");
    EXPORTS.with(|exports| define_captcha(exports, ":host { display: block }", &restart));
}

/// What the body returns, as JSON.
async fn seen(markup: &str, body: &str) -> String {
    set_up();
    let seen = look(markup, body).await;
    seen.unwrap_or_else(|error| panic!("{error:?}"))
        .as_string()
        .unwrap_or_default()
}

const PLAIN: &str =
    r#"<form><sori-captcha endpoint="/none" name="captcha" required></sori-captcha></form>"#;

#[wasm_bindgen_test]
async fn properties_set_before_the_upgrade_hold_after_it() {
    let seen = seen(
        "",
        r#"const page = document.implementation.createHTMLDocument();
        page.body.innerHTML = "<sori-captcha></sori-captcha>";
        const early = page.body.firstChild;
        Object.assign(early, { endpoint: "/early", required: true, leadIn: "100", messages: { play: "Los" }, value: "12" });
        const before = early.shadowRoot;
        box.append(early);
        const text = (name) => early.shadowRoot.querySelector(`[part=${name}]`);
        return [before, early.getAttribute("endpoint"), early.hasAttribute("required"), early.getAttribute("lead-in"),
          text("play").textContent, text("answer").value, Object.keys(early)]"#,
    )
    .await;
    assert_eq!(seen, r#"[null,"/early",true,"100","Los","12",[]]"#);
}

#[wasm_bindgen_test]
async fn every_attribute_is_a_property_too() {
    let seen = seen(
        PLAIN,
        r#"const names = customElements.get("sori-captcha").observedAttributes;
        const wrong = names.filter((name) => {
          const camel = name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
          captcha.removeAttribute(name);
          const absent = captcha[camel];
          if (typeof absent === "boolean") {
            captcha[camel] = true;
            const on = captcha.hasAttribute(name);
            captcha[camel] = false;
            return !on || captcha.hasAttribute(name);
          }
          captcha[camel] = "1500";
          const set = captcha.getAttribute(name);
          captcha.setAttribute(name, "x");
          return absent !== "" || set !== "1500" || captcha[camel] !== "x";
        });
        return [names.length > 15, wrong]"#,
    )
    .await;
    assert_eq!(seen, "[true,[]]");
}

#[wasm_bindgen_test]
async fn a_second_definition_changes_nothing() {
    let seen = seen(PLAIN, "return part('play') !== null").await;
    assert_eq!(seen, "true");
    let class =
        "return globalThis.first === (globalThis.first = customElements.get('sori-captcha'))";
    self::seen(PLAIN, class).await;
    assert_eq!(self::seen(PLAIN, class).await, "true");
}

#[wasm_bindgen_test]
async fn a_move_keeps_the_answer_and_a_removal_frees_the_session() {
    set_up();
    let free = module::connect(false, String::new());
    disconnect(free);
    let moved = seen(
        PLAIN,
        r#"captcha.value = "12";
        const other = box.appendChild(document.createElement("section"));
        other.append(captcha);
        await task();
        return [captcha.value, captcha.matches(":state(idle)"), captcha.form === null]"#,
    )
    .await;
    assert_eq!(moved, r#"["12",true,true]"#);
    for _ in 0..50 {
        seen(PLAIN, "captcha.remove(); await task(); return 0").await;
    }
    let next = module::connect(false, String::new());
    disconnect(next);
    assert_eq!(next, free, "every session is free again");
}

#[wasm_bindgen_test]
async fn removed_and_put_back_it_works() {
    let seen = seen(
        PLAIN,
        r#"captcha.remove();
        await task();
        captcha.play(); captcha.reset(); captcha.value = "1";
        box.append(captcha);
        captcha.value = "12";
        return [captcha.value, part("status").getAttribute("role"), captcha.validity.valueMissing]"#,
    )
    .await;
    assert_eq!(seen, r#"["12","status",true]"#);
}

#[wasm_bindgen_test]
async fn a_copy_is_a_captcha_of_its_own() {
    let seen = seen(
        PLAIN,
        r#"captcha.value = "12";
        const copy = captcha.cloneNode(true);
        captcha.after(copy);
        copy.value = "34";
        return [captcha.value, copy.value, copy.name, copy.shadowRoot.querySelectorAll("[part=play]").length]"#,
    )
    .await;
    assert_eq!(seen, r#"["12","34","captcha",1]"#);
}

#[wasm_bindgen_test]
async fn another_document_gets_its_own_style() {
    let seen = seen(
        PLAIN,
        r#"const frame = box.appendChild(document.createElement("iframe"));
        captcha.value = "12";
        frame.contentDocument.body.append(captcha);
        await task();
        const style = frame.contentWindow.getComputedStyle(captcha).display;
        return [style, root.adoptedStyleSheets.length, captcha.value, captcha.ownerDocument === frame.contentDocument]"#,
    )
    .await;
    assert_eq!(seen, r#"["block",1,"12",true]"#);
}

#[wasm_bindgen_test]
async fn nothing_is_requested_or_made_before_an_act() {
    let seen = seen(
        PLAIN,
        r#"const count = () => performance.getEntriesByType("resource").length;
        const before = count();
        captcha.focus();
        captcha.value = "1";
        captcha.rate = "0.8";
        captcha.pause(); captcha.back(); captcha.forward(); captcha.reset();
        captcha.checkValidity();
        await task();
        return [count() - before, root.querySelectorAll("audio").length]"#,
    )
    .await;
    assert_eq!(seen, "[0,0]");
}

#[wasm_bindgen_test]
async fn a_form_has_it_as_a_field() {
    let seen = seen(
        r#"<form><fieldset><label for="it">Check</label>
        <sori-captcha id="it" endpoint="/none" name="captcha" required consent></sori-captcha></fieldset></form>"#,
        r#"const [form] = document.forms, fieldset = form.querySelector("fieldset");
        const sent = () => [...new FormData(form)].map((pair) => pair.join("=")).join("&");
        const seen = [captcha.form === form, form.checkValidity(), captcha.validity.valueMissing, captcha.labels.length, sent()];
        root.querySelector("[type=checkbox]").click();
        seen.push(sent());
        fieldset.disabled = true;
        seen.push(sent(), captcha.willValidate, part("answer").disabled);
        fieldset.disabled = false;
        captcha.value = "12";
        form.reset();
        seen.push(captcha.value, part("answer").disabled);
        return seen"#,
    )
    .await;
    assert_eq!(
        seen,
        r#"[true,false,true,1,"","captcha-consent=on","",false,true,"",false]"#
    );
}

#[wasm_bindgen_test]
async fn input_and_change_reach_the_page_once_each() {
    let seen = seen(
        PLAIN,
        r#"const heard = [];
        for (const type of ["input", "change"]) box.addEventListener(type, ({ target }) => heard.push([type, target === captcha]));
        const answer = part("answer");
        answer.value = "1";
        answer.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true }));
        answer.dispatchEvent(new Event("change", { bubbles: true }));
        part("volume").dispatchEvent(new InputEvent("input", { bubbles: true, composed: true }));
        return [heard, captcha.value]"#,
    )
    .await;
    assert_eq!(seen, r#"[[["input",true],["change",true]],"1"]"#);
}

#[wasm_bindgen_test]
async fn the_nearest_language_counts_also_through_a_shadow_root() {
    let seen = seen(
        r#"<div lang="ko-KR"></div>"#,
        r#"const host = box.querySelector("div");
        const inner = host.attachShadow({ mode: "open" });
        inner.innerHTML = "<sori-captcha endpoint='/none'></sori-captcha>";
        const captcha2 = inner.firstChild, play = captcha2.shadowRoot.querySelector("[part=play]");
        const korean = play.textContent;
        captcha2.setAttribute("lang", "en-GB");
        return [korean, play.textContent, captcha2.shadowRoot.querySelector(".sori").lang]"#,
    )
    .await;
    assert_eq!(seen, r#"["음성 재생","Play audio","en"]"#);
}

#[wasm_bindgen_test]
async fn an_unknown_value_is_a_warning_that_names_the_attribute() {
    set_up();
    let act = Closure::<dyn Fn() -> Promise>::new(|| {
        future_to_promise(async {
            seen(
                "<sori-captcha endpoint='/none' theme='pink' rate='9' lead-in='soon' verify='maybe'></sori-captcha>",
                "return 0",
            )
            .await;
            Ok(JsValue::NULL)
        })
    });
    let act: Function = act.into_js_value().unchecked_into();
    let said = warnings(&act)
        .await
        .unwrap()
        .as_string()
        .unwrap_or_default();
    for name in [
        "theme=\"pink\"",
        "rate=\"9\"",
        "lead-in=\"soon\"",
        "verify=\"maybe\"",
    ] {
        assert!(said.contains(name), "{name}: {said}");
    }
    assert!(!said.contains("endpoint"), "{said}");
}

#[wasm_bindgen_test]
async fn enter_while_composing_sends_nothing() {
    let seen = seen(
        PLAIN,
        r#"let sent = 0;
        document.forms[0].addEventListener("submit", (event) => { event.preventDefault(); sent += 1; });
        document.forms[0].noValidate = true;
        const press = (init) => part("answer").dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, composed: true, cancelable: true, ...init }));
        press({ isComposing: true });
        press({ keyCode: 229 });
        const composing = sent;
        press({});
        return [composing, sent]"#,
    )
    .await;
    assert_eq!(seen, "[0,1]");
}

/// A press wakes the module up; two presses wake it up once.
/// What `act` sees of an instance that dies at the first press, and how many were started after it.
async fn after_a_trap(act: &str) -> (Option<String>, Option<f64>) {
    set_up();
    let define = Closure::<dyn Fn(JsValue, String)>::new(|exports: JsValue, sheet: String| {
        define_captcha(&exports, &sheet, &JsValue::UNDEFINED);
    });
    let instance = dying(&exports(), &define.into_js_value(), "");
    let get = |name: &str| Reflect::get(&instance, &name.into()).unwrap();
    define_captcha(&get("exports"), "", &get("restart"));
    set(&js_sys::global(), "another_instance", &get("restart"));
    let seen = look(PLAIN, act).await.unwrap().as_string();
    let starts: Function = get("starts").unchecked_into();
    let starts = starts.call0(&JsValue::NULL).unwrap().as_f64();
    get("over")
        .unchecked_into::<Function>()
        .call0(&JsValue::NULL)
        .unwrap();
    (seen, starts)
}

#[wasm_bindgen_test]
async fn presses_in_haste_after_a_trap_start_one_instance() {
    let act = r#"captcha.value = "12";
        part("play").click();
        const dead = [captcha.matches(":state(failed)"), captcha.value, new FormData(captcha.form).get("captcha-error"), captcha.validity.valid];
        part("slower").click();
        part("slower").click();
        for (let n = 0; n < 100 && captcha.matches(":state(failed)"); n += 1) await new Promise((done) => setTimeout(done, 50));
        return [dead, captcha.matches(":state(idle)"), captcha.value]"#;
    let (seen, starts) = after_a_trap(act).await;
    assert_eq!(starts, Some(1.0));
    assert_eq!(
        seen.as_deref(),
        Some(r#"[[true,"12","internal_error",true],true,"12"]"#)
    );
}

#[wasm_bindgen_test]
async fn enter_after_a_trap_is_not_lost() {
    let act = r#"part("play").click();
        let pressed = 0;
        const button = captcha.form.appendChild(document.createElement("button"));
        button.addEventListener("click", (event) => { pressed += 1; event.preventDefault(); });
        part("answer").dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, composed: true }));
        for (let n = 0; n < 100 && !pressed; n += 1) await new Promise((done) => setTimeout(done, 50));
        return [pressed, captcha.matches(":state(failed)")]"#;
    let (seen, starts) = after_a_trap(act).await;
    assert_eq!((seen.as_deref(), starts), (Some("[1,false]"), Some(1.0)));
}
