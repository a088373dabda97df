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
    define_share(&act.into_js_value(), include_str!("../src/web/share.css")).await;
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

#[wasm_bindgen_test]
fn every_code_point_is_encoded_as_encode_uri_component_does() {
    let all: Vec<char> = (0..=0x3_ffff)
        .step_by(7)
        .chain(0..0x800)
        .filter_map(char::from_u32)
        .collect();
    for some in all.chunks(4096) {
        let title: String = some.iter().collect();
        let link = share_link("https://example.com/", &title);
        let (_, encoded) = link.split_once("&title=").unwrap();
        assert_eq!(encoded, encode(&JsString::from(title.as_str())));
    }
}

#[wasm_bindgen_test]
async fn a_lone_surrogate_in_a_title_becomes_a_replacement_character() {
    set_up().await;
    let element = put("<sori-share url='https://example.com/'></sori-share>");
    let cut = JsString::from_char_code(&[0x61, 0xd83d, 0x62, 0xde00]);
    set(&element, "shareTitle", &cut);
    assert_eq!(href(&element), linked("https://example.com/", &cut));
    assert!(href(&element).ends_with("title=a%EF%BF%BDb%EF%BF%BD"));
}

#[wasm_bindgen_test]
async fn urls_are_resolved_by_the_browser_and_encoded_once() {
    set_up().await;
    head("<base data-test href='https://base.example.com/dir/page?q#f'>");
    for url in [
        "https://example.com/?b=2&a=1&b=3#part",
        "https://example.com/글?말=소리&100%25=%ED%95%9C",
        "https://example.com/a+b c'd\"e<f>",
        "https://한글.kr:8443/",
        "//other.example.com/x",
        "/root",
        "relative/path?x",
        "?query",
        "HTTPS://EXAMPLE.COM:443/%7Euser",
        "  https://example.com/spaces  ",
        "https://example.com/\u{1f469}\u{200d}\u{1f467}",
    ] {
        let element = put("<sori-share share-title='t'></sori-share>");
        set(&element, "url", &url.into());
        assert_eq!(href(&element), linked(&absolute(url), &"t".into()), "{url}");
    }
}

#[wasm_bindgen_test]
async fn the_page_names_its_own_url_and_title() {
    set_up().await;
    let element = put("<sori-share></sori-share>");
    let titled = |url: &str, title: &str| linked(url, &title.into());
    title("문서");
    head("<meta data-test property='og:url' content='https://og.example.com/'>");
    tell(&element, "pointerover");
    assert_eq!(href(&element), titled("https://og.example.com/", "문서"));
    head(
        "<meta data-test property='og:url' content='https://og.example.com/'>
         <meta data-test property='og:title' content='열린 \"그래프\"'>
         <link data-test rel='canonical' href='https://canonical.example.com/#x'>",
    );
    tell(&element, "focusin");
    assert_eq!(
        href(&element),
        titled("https://canonical.example.com/#x", "열린 \"그래프\"")
    );
    set(&element, "url", &"https://example.com/".into());
    set(&element, "shareTitle", &"제목".into());
    assert_eq!(href(&element), titled("https://example.com/", "제목"));
}

#[wasm_bindgen_test]
async fn a_page_that_changes_is_shared_as_it_is_at_the_press() {
    set_up().await;
    head("<link data-test rel='canonical' href='https://example.com/1'>");
    let element = put("<sori-share></sori-share>");
    head("<link data-test rel='canonical' href='https://example.com/2'>");
    title("둘");
    let heard = list(&press(&element, "link", &JsValue::UNDEFINED));
    assert_eq!(
        heard,
        [
            r#"sori-shared {"via":"link","url":"https://example.com/2","title":"둘"} true"#,
            "prevented false"
        ]
    );
    assert_eq!(
        href(&element),
        linked("https://example.com/2", &"둘".into())
    );
}

#[wasm_bindgen_test]
async fn credentials_are_left_out_and_warned_of() {
    set_up().await;
    let mut element = JsValue::UNDEFINED;
    let said = warnings(&mut || {
        element = put("<sori-share url='https://user:secret@example.com/'></sori-share>");
    });
    assert_eq!(href(&element), linked("https://example.com/", &"".into()));
    let said = list(&said).join("\n");
    assert!(
        said.contains("attribute url") && !said.contains("secret"),
        "{said}"
    );
}

#[wasm_bindgen_test]
async fn a_refused_url_disables_and_explains_and_comes_back() {
    set_up().await;
    for url in [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///x",
        "blob:https://example.com/1",
        "http://",
        "http://0x7f.1/",
        "http://[::1]/",
    ] {
        let element = put("<sori-share copy lang=en></sori-share>");
        set(&element, "url", &url.into());
        let anchor = link(&element);
        let why = "This address is not on the public web, so it cannot be shared.";
        assert_eq!(text(&anchor, "href"), "", "{url}");
        assert_eq!(text(&anchor, "role"), "link");
        assert_eq!(text(&anchor, "ariaDisabled"), "true");
        assert_eq!(get(&anchor, "tabIndex"), 0);
        assert_eq!(text(&anchor, "title"), why);
        assert_eq!(text(&part(&element, "status"), "textContent"), why);
        for name in ["link", "copy"] {
            let heard = list(&press(&element, name, &JsValue::UNDEFINED));
            assert!(
                heard[0].starts_with(r#"sori-error {"code":"config_error","retryable":false,"#)
            );
            assert_eq!(heard[1], "prevented true");
        }
        set(&element, "url", &"https://example.com/".into());
        assert_eq!(
            text(&anchor, "href"),
            linked("https://example.com/", &"".into())
        );
        for gone in ["role", "ariaDisabled", "title"] {
            assert_eq!(text(&anchor, gone), "", "{gone}");
        }
        assert_eq!(text(&part(&element, "status"), "textContent"), "");
    }
}

#[wasm_bindgen_test]
async fn an_attribute_that_is_not_understood_is_named_once() {
    set_up().await;
    let markup =
        "<sori-share url='https://example.com/' type=big popup=yes theme=pink></sori-share>";
    let said = list(&warnings(&mut || {
        put(markup);
        put(markup);
    }));
    for name in ["type", "popup", "theme"] {
        let naming = said
            .iter()
            .filter(|line| line.contains(&format!("attribute {name} ")))
            .count();
        assert_eq!(naming, 1, "{said:?}");
    }
    assert_eq!(said.len(), 3);
}

#[wasm_bindgen_test]
async fn a_popup_keeps_the_page_and_a_blocked_one_lets_the_link_go_on() {
    set_up().await;
    let element = put("<sori-share url='https://example.com/' popup=600x500></sori-share>");
    let shared = |via: &str| {
        format!(r#"sori-shared {{"via":"{via}","url":"https://example.com/","title":""}} true"#)
    };
    let window = js_sys::eval("({opener: 1})").unwrap();
    let mut heard = vec![];
    let asked = list(&popups(&window, &mut || {
        heard = list(&press(&element, "link", &JsValue::UNDEFINED));
    }));
    assert_eq!(heard, [shared("popup"), "prevented true".into()]);
    assert!(get(&window, "opener").is_null());
    assert!(
        asked[0].contains("popup,width=600,height=500,left=") && !asked[0].contains("noopener")
    );

    popups(&JsValue::NULL, &mut || {
        heard = list(&press(&element, "link", &JsValue::UNDEFINED));
    });
    let blocked =
        r#"sori-share-blocked {"via":"popup","url":"https://example.com/","title":""} true"#;
    assert_eq!(
        heard,
        [blocked.into(), shared("link"), "prevented false".into()]
    );

    let control = js_sys::eval("({ctrlKey: true})").unwrap();
    let asked = popups(&window, &mut || {
        heard = list(&press(&element, "link", &control));
    });
    assert_eq!(
        (heard, asked.length()),
        (vec![shared("link"), "prevented false".into()], 0)
    );
}

/// As in browsers inside apps: no window opens, so the link must open the page itself.
#[wasm_bindgen_test]
async fn a_window_that_is_none_lets_the_link_go_on() {
    set_up().await;
    let element = put("<sori-share url='https://example.com/' popup=600x500></sori-share>");
    for answer in [
        "({closed: true, opener: 1})",
        "({})",
        "undefined",
        "Object.freeze({})",
    ] {
        let answer = js_sys::eval(answer).unwrap();
        let mut heard = vec![];
        popups(&answer, &mut || {
            heard = list(&press(&element, "link", &JsValue::UNDEFINED));
        });
        assert!(heard[0].starts_with("sori-share-blocked"), "{heard:?}");
        assert_eq!(heard[2], "prevented false");
    }
}

/// A form's controls and a document's named elements hide properties of the same names.
#[wasm_bindgen_test]
async fn no_name_of_a_control_changes_what_is_shared() {
    set_up().await;
    let shared = js_sys::eval(
        "(() => {
            const names = new Set();
            for (const { prototype } of [HTMLFormElement, HTMLElement, Element, Node, Document, EventTarget])
              for (const name of Object.getOwnPropertyNames(prototype)) names.add(name);
            const { createElement, querySelector } = Document.prototype;
            const make = (name) => createElement.call(document, name);
            const main = querySelector.call(document, 'main') ?? document.body.appendChild(make('main'));
            const form = make('form'), images = [];
            Element.prototype.setAttribute.call(form, 'lang', 'ko');
            for (const name of names) {
              const field = make('input'), image = make('img');
              field.name = image.name = name;
              Node.prototype.appendChild.call(form, field);
              images.push(image);
            }
            const element = make('sori-share');
            element.setAttribute('share-title', '제목');
            element.setAttribute('url', 'https://example.com/');
            Node.prototype.appendChild.call(form, element);
            for (const image of images) Node.prototype.appendChild.call(main, image);
            Node.prototype.appendChild.call(main, form);
            const root = element.shadowRoot;
            const seen = [root.querySelector('[part=text]').textContent, root.querySelector('[part=link]').getAttribute('href')];
            for (const image of images) image.remove();
            Element.prototype.remove.call(form);
            return seen.join(' ');
        })()",
    );
    let shared = shared.unwrap().as_string().unwrap();
    let link = linked("https://example.com/", &"제목".into());
    assert_eq!(shared, format!("네이버에 공유 {link}"));
}

#[wasm_bindgen_test]
async fn the_authors_own_link_is_enhanced_in_place() {
    set_up().await;
    let element = put(
        "<sori-share url='https://example.com/'><a href='https://share.naver.com/' rel=nofollow title=여기>공유하기</a></sori-share>",
    );
    let own = link(&element);
    assert_eq!(
        text(&own, "href"),
        linked("https://example.com/", &"".into())
    );
    assert_eq!(text(&own, "target"), "_blank");
    assert_eq!(text(&own, "rel"), "nofollow noopener noreferrer");
    assert_eq!(text(&own, "ariaLabel"), "공유하기 (new window)");
    assert_eq!(text(&own, "title"), "여기");
    assert_eq!(get(&part(&element, "link"), "hidden"), true);
    set(&own, "textContent", &"나누기".into());
    set(&element, "lang", &"ko".into());
    assert_eq!(text(&own, "ariaLabel"), "나누기 (새 창)");
    let heard = list(&press(&element, "link", &JsValue::UNDEFINED));
    assert!(heard[0].starts_with("sori-shared"), "{heard:?}");
}

/// Compares the manifest, which editors read, with the element itself.
#[wasm_bindgen_test]
async fn the_manifest_describes_the_element() {
    set_up().await;
    let element = put("<sori-share url='https://example.com/'></sori-share>");
    let drift = js_sys::Function::new_with_args(
        "element, text",
        "const declared = JSON.parse(text).modules.flatMap((module) => module.declarations).find(({ tagName }) => tagName === 'sori-share');
         const names = (list) => list.map(({ name }) => name).sort().join(' ');
         const inside = (selector, name) => [...element.shadowRoot.querySelectorAll(selector)].map((node) => ({ name: node.getAttribute(name) ?? '' }));
         const fields = declared.attributes.filter(({ fieldName }) => !(fieldName in element) && fieldName);
         return [
           [names(declared.attributes), names(element.constructor.observedAttributes.map((name) => ({ name })))],
           [names(declared.cssParts), names(inside('[part]', 'part'))],
           [names(declared.slots), names(inside('slot', 'name'))],
           [names(fields), ''],
         ].filter(([said, is]) => said !== is).join(' | ');",
    );
    let manifest = include_str!("../pkg/custom-elements.json");
    let drift = drift.call2(&JsValue::NULL, &element, &manifest.into());
    assert_eq!(drift.unwrap(), "");
}

#[wasm_bindgen_test]
async fn properties_and_attributes_are_one() {
    set_up().await;
    let element = put("<sori-share url='https://example.com/' copy></sori-share>");
    assert_eq!(get(&element, "copy"), true);
    assert_eq!(get(&part(&element, "copy"), "hidden"), false);
    set(&element, "copy", &false.into());
    assert_eq!(get(&part(&element, "copy"), "hidden"), true);
    set(&element, "type", &"c".into());
    assert_eq!(text(&element, "type"), "c");
}

#[wasm_bindgen_test]
async fn a_property_that_was_set_before_the_upgrade_counts() {
    set_up().await;
    let upgraded = js_sys::eval(
        "(() => {
            const page = document.implementation.createHTMLDocument();
            const element = page.createElement('sori-share');
            element.url = 'https://early.example.com/';
            document.body.append(document.adoptNode(element));
            customElements.upgrade(element);
            return element;
        })()",
    )
    .unwrap();
    assert_eq!(
        href(&upgraded),
        linked("https://early.example.com/", &"".into())
    );
}

#[wasm_bindgen_test]
async fn a_moved_and_an_adopted_button_still_works() {
    set_up().await;
    let element = put("<sori-share url='https://example.com/'></sori-share>");
    let moved = js_sys::eval(
        "(() => {
            const element = document.querySelector('main sori-share');
            document.body.append(element);
            const frame = document.body.appendChild(document.createElement('iframe'));
            frame.contentDocument.body.append(element);
            const styled = element.shadowRoot.adoptedStyleSheets.length;
            document.querySelector('main').append(element);
            return styled;
        })()",
    )
    .unwrap();
    assert_eq!(moved, 1);
    assert_eq!(href(&element), linked("https://example.com/", &"".into()));
}

#[wasm_bindgen_test]
async fn the_language_is_the_nearest_also_through_shadow_roots() {
    set_up().await;
    let caption = |markup: &str| {
        let element = put(markup);
        text(&part(&element, "text"), "textContent")
    };
    assert_eq!(
        caption("<p lang=ko-KR><sori-share></sori-share></p>"),
        "네이버에 공유"
    );
    assert_eq!(
        caption("<p lang=ko><sori-share lang=en></sori-share></p>"),
        "Share on NAVER"
    );
    assert_eq!(
        caption("<p lang=fr><sori-share></sori-share></p>"),
        "Share on NAVER"
    );
    put("<p lang=ko><b></b></p>");
    let nested = js_sys::eval(
        "(() => {
            const root = document.querySelector('main b').parentNode.attachShadow({ mode: 'open' });
            return root.appendChild(document.createElement('sori-share'));
        })()",
    )
    .unwrap();
    assert_eq!(text(&part(&nested, "text"), "textContent"), "네이버에 공유");
}
