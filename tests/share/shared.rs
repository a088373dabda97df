//! Which URL and which title are shared.

use super::*;

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

/// A comment of a visitor, or an empty link that a template left, names no page.
#[wasm_bindgen_test]
async fn only_a_canonical_link_in_the_head_with_an_address_counts() {
    set_up().await;
    head(
        "<link data-test rel=canonical><link data-test rel=canonical href=''>
         <link data-test rel=canonical href='https://second.example.com/'>",
    );
    let markup = "<sori-share></sori-share><link rel=canonical href='https://body.example.com/'>";
    let element = put(markup);
    assert_eq!(
        href(&element),
        linked("https://second.example.com/", &"".into())
    );
    head("<meta data-test property='og:url' content='https://og.example.com/'>");
    tell(&element, "pointerover");
    assert_eq!(
        href(&element),
        linked("https://og.example.com/", &"".into())
    );
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

/// The address changes and the head does not. The page of these tests cannot be shared itself, so the link is disabled.
#[wasm_bindgen_test]
async fn metadata_counts_while_its_canonical_link_is_the_address() {
    set_up().await;
    let element = put("<sori-share></sori-share>");
    let address = js_sys::eval("location.pathname + location.search").unwrap();
    let go = js_sys::Function::new_with_args("to", "history.replaceState(null, '', to)");
    let go = |to: &JsValue| go.call1(&JsValue::NULL, to).unwrap();
    for (count, (canonical, to, counts)) in [
        ("/a", "/a", true),
        ("/a", "/a?utm_source=x", true),
        ("/a#x", "/a?tab=2#y", true),
        ("/", "/?page=2", true),
        ("/v?id=1", "/v?id=1&tab=2", true),
        ("/a", "/b", false),
        ("/a", "/ab", false),
        ("/a", "/a/b", false),
        ("/", "/a", false),
        ("/v?id=1", "/v?id=2", false),
        ("/v?id=1", "/v?id=12", false),
        ("/v?id=1", "/v", false),
    ]
    .into_iter()
    .enumerate()
    {
        go(&format!("/before/{count}").into());
        let url = format!("https://{count}.example.com{canonical}");
        head(&format!(
            "<link data-test rel=canonical href='{url}'><meta data-test property='og:title' content='T{count}'>"
        ));
        tell(&element, "pointerover");
        let of_this_page = linked(&url, &format!("T{count}").as_str().into());
        assert_eq!(href(&element), of_this_page);
        go(&to.into());
        tell(&element, "pointerover");
        let expected = if counts { of_this_page } else { String::new() };
        assert_eq!(href(&element), expected, "{canonical} {to}");
    }
    go(&address);
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
