//! The popup window, and what follows if none opens.

use super::*;

#[wasm_bindgen_test]
async fn a_popup_keeps_the_page_and_a_blocked_one_lets_the_link_go_on() {
    set_up().await;
    let element = put("<sori-share url='https://example.com/' popup=600X500></sori-share>");
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

#[wasm_bindgen_test]
async fn a_double_click_opens_one_popup() {
    set_up().await;
    let element = put("<sori-share url='https://example.com/' popup=600x500></sori-share>");
    let window = js_sys::eval("({opener: 1})").unwrap();
    let second = js_sys::eval("({detail: 2})").unwrap();
    let mut heard = vec![];
    let asked = popups(&window, &mut || {
        heard = list(&press(&element, "link", &second));
    });
    assert_eq!((heard, asked.length()), (vec!["prevented true".into()], 0));
}

#[wasm_bindgen_test]
async fn a_click_that_the_page_cancelled_opens_and_reports_nothing() {
    set_up().await;
    let element = put(
        "<sori-share url='https://example.com/' popup=600x500 copy><a href=/ onclick='event.preventDefault()'>x</a></sori-share>",
    );
    let mut heard = vec![];
    let asked = popups(&JsValue::NULL, &mut || {
        heard = list(&press(&element, "link", &JsValue::UNDEFINED));
    });
    assert_eq!((heard, asked.length()), (vec!["prevented true".into()], 0));
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
