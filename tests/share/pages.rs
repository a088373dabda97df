//! What ordinary pages do to every element: none of it may stop the button.

use super::*;

/// The link's address, after `prepare` has made an element from `markup` which is not upgraded yet.
fn upgraded(markup: &str, prepare: &str) -> String {
    let make = js_sys::Function::new_with_args(
        "markup",
        &format!(
            "const page = document.implementation.createHTMLDocument();
             page.body.innerHTML = markup;
             const element = page.querySelector('sori-share');
             {prepare}
             document.body.append(document.adoptNode(element));
             customElements.upgrade(element);
             return element;"
        ),
    );
    let element = make.call1(&JsValue::NULL, &markup.into()).unwrap();
    part_href(&element)
}

fn part_href(element: &JsValue) -> String {
    text(&part(element, "link"), "href")
}

fn shared() -> String {
    linked("https://example.com/", &"".into())
}

/// Libraries keep their own data on elements, and some of it cannot be removed.
#[wasm_bindgen_test]
async fn a_property_of_a_library_that_cannot_be_removed_stops_nothing() {
    set_up().await;
    let prepare = "Object.defineProperty(element, '_lib', { value: 1, enumerable: true });
         Object.defineProperty(element, 'popup', { value: '1x1', enumerable: true });
         element.url = 'https://example.com/';";
    assert_eq!(upgraded("<sori-share></sori-share>", prepare), shared());
}

/// Some old libraries extend `Object.prototype`.
#[wasm_bindgen_test]
async fn an_extended_object_prototype_adds_no_attribute() {
    set_up().await;
    js_sys::eval("Object.prototype['two words'] = () => {}").unwrap();
    let element = put("<sori-share url='https://example.com/'></sori-share>");
    js_sys::eval("delete Object.prototype['two words']").unwrap();
    assert_eq!(part_href(&element), shared());
}

/// A link of SVG has another interface: its `target` is read-only.
#[wasm_bindgen_test]
async fn a_link_inside_an_svg_is_not_the_pages_own_link() {
    set_up().await;
    let element = put(
        "<sori-share url='https://example.com/'><svg><a href='/x'><text>x</text></a></svg></sori-share>",
    );
    assert_eq!(get(&part(&element, "link"), "hidden"), false);
    assert_eq!(part_href(&element), shared());
    let both = put(
        "<sori-share url='https://example.com/'><svg><a href='/x'></a></svg><a id=own href='/y'>y</a></sori-share>",
    );
    assert_eq!(get(&part(&both, "link"), "hidden"), true);
}

/// The browser has a share sheet, and does not allow a frame without `allow="web-share"` to open it.
#[wasm_bindgen_test]
async fn a_share_sheet_that_may_not_open_has_no_button() {
    set_up().await;
    let sheet = |can: &str| {
        js_sys::eval(&format!(
            "Object.defineProperty(navigator, 'share', {{ configurable: true, value: async () => {{}} }});
             Object.defineProperty(navigator, 'canShare', {{ configurable: true, value: {can} }});"
        ))
        .unwrap();
        let element = put("<sori-share native url='https://example.com/'></sori-share>");
        js_sys::eval("delete navigator.share; delete navigator.canShare;").unwrap();
        get(&part(&element, "native"), "hidden") == false
    };
    assert!(!sheet("() => false"));
    assert!(sheet(
        "function (data) { return this === navigator && !!data.title; }"
    ));
    assert!(sheet("undefined"), "a share sheet of an app");
}

/// A script may dispatch an event on a text, which has no `closest`.
#[wasm_bindgen_test]
async fn an_event_whose_target_is_no_element_throws_nothing() {
    set_up().await;
    let element = put("<sori-share url='https://example.com/'>text</sori-share>");
    let thrown = js_sys::Function::new_with_args(
        "element",
        "const said = [];
         const hear = (event) => { said.push(event.message); event.preventDefault(); };
         addEventListener('error', hear);
         for (const target of [element.firstChild, element.shadowRoot])
           target.dispatchEvent(new Event('click', { bubbles: true, composed: true }));
         removeEventListener('error', hear);
         return said.join();",
    );
    assert_eq!(thrown.call1(&JsValue::NULL, &element).unwrap(), "");
}
