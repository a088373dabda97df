//! The element in the page: its attributes, its properties, its language, the page's own link.

use super::*;

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
    assert_eq!(text(&own, "ariaLabel"), "");
    assert_eq!(text(&own, "ariaDescription"), "여기 (new window)");
    assert_eq!(text(&own, "title"), "여기");
    assert_eq!(get(&part(&element, "link"), "hidden"), true);
    set(&own, "textContent", &"나누기".into());
    set(&element, "lang", &"ko".into());
    assert_eq!(text(&own, "ariaDescription"), "여기 (새 창)");
    let heard = list(&press(&element, "link", &JsValue::UNDEFINED));
    assert!(heard[0].starts_with("sori-shared"), "{heard:?}");
}

/// A name that we made of the text would contain styles and hidden texts, and lack images (WCAG 2.5.3).
#[wasm_bindgen_test]
async fn the_name_of_the_authors_link_stays_as_the_author_made_it() {
    set_up().await;
    for (markup, label, description) in [
        (
            "<a href=/><style>a{}</style><b hidden>x</b>Share <img alt=on> N</a>",
            "",
            "(새 창)",
        ),
        ("<a href=/ aria-label=나누기>x</a>", "나누기", "(새 창)"),
        ("<a href=/><img alt=나누기></a>", "", "(새 창)"),
        (
            "<a href=/><svg><title>나누기</title></svg></a>",
            "",
            "(새 창)",
        ),
        ("<a href=/ aria-description=설명>나누기</a>", "", "설명"),
        ("<a href=/>나누기 (새 창)</a>", "", ""),
        // No name at all.
        ("<a href=/><img alt=''></a>", "네이버에 공유", "(새 창)"),
    ] {
        let element = put(&format!(
            "<sori-share lang=ko url='https://example.com/'>{markup}</sori-share>"
        ));
        let own = link(&element);
        assert_eq!(
            ["ariaLabel", "ariaDescription"].map(|name| text(&own, name)),
            [label, description],
            "{markup}"
        );
        set(&element, "url", &"http://localhost/".into());
        let why = text(&own, "title");
        assert!(!why.is_empty());
        let described = text(&own, "ariaDescription");
        assert_eq!(
            described,
            if description == "설명" {
                description
            } else {
                &why
            }
        );
        set(&element, "url", &"https://example.com/".into());
        assert_eq!(text(&own, "ariaDescription"), description);
    }
    let element = put("<sori-share lang=ko url='https://example.com/'><a href=/></a></sori-share>");
    let own = link(&element);
    set(&own, "textContent", &"나중에".into());
    tell(&element, "pointerover");
    assert_eq!(text(&own, "ariaLabel"), "", "the text came later");
}

/// The button's own link was disabled before the page put a link into the element.
#[wasm_bindgen_test]
async fn a_usable_link_is_not_announced_as_disabled() {
    set_up().await;
    let element = put("<sori-share url='http://localhost/'></sori-share>");
    set(&element, "innerHTML", &"<a href=/own>x</a>".into());
    tell(&element, "pointerover");
    let own = link(&element);
    assert_eq!(text(&own, "ariaDisabled"), "true");
    set(&element, "url", &"https://example.com/".into());
    set(&element, "innerHTML", &"".into());
    tell(&element, "pointerover");
    let anchor = part(&element, "link");
    assert_eq!(
        text(&anchor, "href"),
        linked("https://example.com/", &"".into())
    );
    for gone in ["role", "ariaDisabled", "title"] {
        assert_eq!(text(&anchor, gone), "", "{gone}");
    }
}

#[wasm_bindgen_test]
async fn the_authors_attributes_come_back_when_the_link_works_again() {
    set_up().await;
    let element = put(
        "<sori-share url='http://localhost/' copy><a href='/own' role=button tabindex=-1 title=여기>x</a></sori-share>",
    );
    let own = link(&element);
    assert_eq!(text(&own, "role"), "link");
    assert_eq!(get(&own, "tabIndex"), 0);
    set(&element, "lang", &"ko".into());
    set(&element, "url", &"https://example.com/".into());
    let expected = ["button", "여기", ""];
    assert_eq!(
        ["role", "title", "ariaDisabled"].map(|name| text(&own, name)),
        expected
    );
    assert_eq!(get(&own, "tabIndex"), -1);
    assert_eq!(text(&part(&element, "copy"), "role"), "");
    // A link that is disabled when the page takes it elsewhere.
    set(&element, "url", &"http://localhost/".into());
    set(&element, "textContent", &"".into());
    tell(&element, "pointerover");
    assert!(text(&own, "href").ends_with("/web/shareView?url=https%3A%2F%2Fexample.com%2F"));
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
    let manifest = include_str!("../../pkg/custom-elements.json");
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
