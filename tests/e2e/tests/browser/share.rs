//! A reader shares a page: by the link, a popup, the clipboard or the system's sheet, and is told when it fails.

use fantoccini::actions::{InputSource as _, KeyAction, KeyActions, MouseActions, PointerAction};
use fantoccini::key::Key;
use serde_json::{Value, json};
use sori_e2e::{Engine, Page, Part, Reply, Setup};

const URL: &str = "https://example.com/";

/// A page that loads the share button alone. `lang` is the page's language.
fn page_in(lang: &str, content: &str) -> Reply {
    Reply::html(&format!(
        r#"<!doctype html><html lang="{lang}"><meta charset="utf-8"><title>소리 &amp; 글 100%</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<script type="module" src="/pkg/share.js"></script>
<main><h1>Share</h1>{content}</main>"#
    ))
}

fn page(content: &str) -> Reply {
    page_in("ko", content)
}

/// Keeps every event of the element's, as `type detail`.
async fn listen(page: &Page) {
    page.script(
        "window.heard = [];
         for (const type of ['sori-shared', 'sori-share-blocked', 'sori-copied', 'sori-error'])
           addEventListener(type, ({ type, detail }) => heard.push(`${type} ${detail.via} ${detail.code ?? detail.url}`));",
    )
    .await;
}

async fn heard(page: &Page) -> Value {
    page.script("return window.heard").await
}

/// Waits for a second window and returns its address; it is closed, and the first is back in front.
async fn opened(page: &Page) -> (String, Value) {
    let client = page.client();
    let first = client.window().await.expect("there is a window");
    let second = loop {
        let windows = client.windows().await.expect("windows can be listed");
        if let Some(other) = windows.into_iter().find(|window| *window != first) {
            break other;
        }
    };
    client
        .switch_to_window(second)
        .await
        .expect("the new window is there");
    page.until(
        "the window has an address",
        "return location.href !== 'about:blank'",
    )
    .await;
    let address = client
        .current_url()
        .await
        .expect("a window has an address")
        .to_string();
    let opener = page.script("return String(window.opener)").await;
    client.close_window().await.expect("a window can be closed");
    client
        .switch_to_window(first)
        .await
        .expect("the first window is still there");
    (address, opener)
}

async fn href(part: &Part<'_>) -> String {
    part.attribute("href").await.unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_leads_to_naver_with_both_values_encoded_once() {
    Setup::new("share_link_target")
        .page("/", page("<sori-share url='https://example.com/글?a=1&b=%ED%95%9C#절'></sori-share>"))
        .run(async |page| {
            page.open("/").await;
            let link = page.share("").await.part("link").await;
            assert_eq!(
                href(&link).await,
                "https://share.naver.com/web/shareView?url=https%3A%2F%2Fexample.com%2F%25EA%25B8%2580%3Fa%3D1%26b%3D%25ED%2595%259C%23%25EC%25A0%2588&title=%EC%86%8C%EB%A6%AC%20%26%20%EA%B8%80%20100%25"
            );
            assert_eq!(link.attribute("rel").await.as_deref(), Some("noopener noreferrer"));
            assert_eq!(link.attribute("target").await.as_deref(), Some("_blank"));
            let decoded = page
                .script_with(
                    "const query = new URL(arguments[0].href).searchParams; return [query.get('url'), query.get('title')]",
                    vec![link.reference()],
                )
                .await;
            assert_eq!(
                decoded,
                json!(["https://example.com/%EA%B8%80?a=1&b=%ED%95%9C#%EC%A0%88", "소리 & 글 100%"])
            );
        })
        .await;
}

/// The share page is played by a page of the test's own: the address alone decides where the link leads.
#[tokio::test(flavor = "multi_thread")]
async fn a_press_opens_a_tab_without_an_opener() {
    Setup::new("share_tab")
        // Only it can be kept from asking the real share page.
        .in_chromium()
        .browser_argument("--host-resolver-rules=MAP share.naver.com 127.0.0.1:9")
        .page("/", page(&format!("<sori-share url='{URL}'></sori-share>")))
        .run(async |page| {
            page.open("/").await;
            listen(page).await;
            page.share("").await.part("link").await.click().await;
            let (address, opener) = opened(page).await;
            assert!(
                address.starts_with(
                    "https://share.naver.com/web/shareView?url=https%3A%2F%2Fexample.com%2F&title="
                ),
                "{address}"
            );
            assert_eq!(opener, "null");
            assert_eq!(
                heard(page).await,
                json!([format!("sori-shared link {URL}")])
            );
        })
        .await;
}

/// The page changes after the button was made, and the pointer comes without a click: the link is up to date.
#[tokio::test(flavor = "multi_thread")]
async fn a_middle_click_opens_what_the_page_is_now() {
    Setup::new("share_middle_click")
        // Only it can be kept from asking the real share page.
        .in_chromium()
        .browser_argument("--host-resolver-rules=MAP share.naver.com 127.0.0.1:9")
        .page(
            "/",
            page(&format!(
                "<sori-share url='{URL}' popup='500x400'></sori-share>"
            )),
        )
        .run(async |page| {
            page.open("/").await;
            listen(page).await;
            let link = page.share("").await.part("link").await;
            page.script("document.title = '바뀐 제목'").await;
            let pointer = MouseActions::new("mouse".into())
                .then(PointerAction::MoveToElement {
                    element: link.element().clone(),
                    duration: None,
                    x: 0.0,
                    y: 0.0,
                })
                .then(PointerAction::Down { button: 1 })
                .then(PointerAction::Up { button: 1 });
            page.client().perform_actions(pointer).await.unwrap();
            let (address, _) = opened(page).await;
            assert!(
                address.ends_with("title=%EB%B0%94%EB%80%90%20%EC%A0%9C%EB%AA%A9"),
                "{address}"
            );
            assert_eq!(
                heard(page).await,
                json!([format!("sori-shared link {URL}")])
            );
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_popup_is_centred_and_keeps_the_page() {
    Setup::new("share_popup")
        // Only it can be kept from asking the real share page.
        .in_chromium()
        .browser_argument("--host-resolver-rules=MAP share.naver.com 127.0.0.1:9")
        .page("/", page(&format!("<sori-share url='{URL}' popup='500x400'></sori-share>")))
        .run(async |page| {
            page.open("/").await;
            listen(page).await;
            page.script(
                "const { open } = window; window.open = (...wish) => { window.wish = wish[2]; return window.popup = open(...wish); };",
            )
            .await;
            page.share("").await.part("link").await.click().await;
            let (address, opener) = opened(page).await;
            assert!(address.starts_with("https://share.naver.com/web/shareView?"), "{address}");
            assert_eq!(opener, "null");
            assert_eq!(heard(page).await, json!([format!("sori-shared popup {URL}")]));
            let centred = page
                .script(
                    "const [width, height, left, top] = wish.match(/\\d+/g).map(Number);
                     return [width, height, left - screenX === (outerWidth - width) / 2, top - screenY === (outerHeight - height) / 2]",
                )
                .await;
            assert_eq!(centred, json!([500, 400, true, true]));
            let windows = page.client().windows().await.unwrap();
            assert_eq!(windows.len(), 1, "the link was followed as well");
        })
        .await;
}

/// A sandboxed frame may follow links of its own but open no windows: the browser itself blocks the popup.
#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_popup_is_reported_and_the_link_goes_on() {
    let button = format!("<sori-share url='{URL}' popup='500x400'></sori-share>");
    Setup::new("share_blocked")
        .page("/", Reply::html("<!doctype html><title>Frame</title><iframe sandbox='allow-scripts allow-same-origin' src='/inner' width=600 height=400></iframe>"))
        .page("/inner", page(&button))
        .run(async |page| {
            page.open("/").await;
            page.element("iframe").await;
            page.client().enter_frame(0).await.unwrap();
            let link = page.share("").await.part("link").await;
            listen(page).await;
            page.script(
                "addEventListener('click', (event) => { window.followed = !event.defaultPrevented; });",
            )
            .await;
            link.click().await;
            assert_eq!(
                heard(page).await,
                json!([format!("sori-share-blocked popup {URL}"), format!("sori-shared link {URL}")])
            );
            assert_eq!(page.script("return window.followed").await, true);
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn copying_is_announced_and_done() {
    Setup::new("share_copy")
        .page(
            "/",
            page(&format!(
                "<sori-share url='{URL}' copy></sori-share><input>"
            )),
        )
        .run(async |page| {
            page.open("/").await;
            listen(page).await;
            let share = page.share("").await;
            let status = share.part("status").await;
            assert_eq!(status.attribute("role").await.as_deref(), Some("status"));
            assert_eq!(status.text().await, "");
            let copy = share.part("copy").await;
            assert_eq!(copy.accessible_name().await, "링크 복사");
            copy.click().await;
            share.until_text("status", "링크를 복사했습니다.").await;
            assert_eq!(
                heard(page).await,
                json!([format!("sori-copied copy {URL}")])
            );
            assert!(copy.has_focus().await, "the focus has moved");
            // What was copied, by pasting it.
            page.type_into("input", &format!("{}v", char::from(Key::Control)))
                .await;
            assert_eq!(
                page.script("return document.querySelector('input').value")
                    .await,
                URL
            );
        })
        .await;
}

/// The page's own policy forbids the clipboard.
#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_is_refused_leaves_the_url_to_be_selected() {
    let policy = page(&format!("<sori-share url='{URL}' copy></sori-share>"))
        .header("permissions-policy", "clipboard-write=()");
    Setup::new("share_copy_refused")
        // Firefox knows no policy for the clipboard.
        .in_chromium()
        .page("/", policy)
        .run(async |page| {
            page.open("/").await;
            listen(page).await;
            let share = page.share("").await;
            let field = share.part("url").await;
            assert!(!field.is_displayed().await);
            share.part("copy").await.click().await;
            share.until_text("status", "링크를 복사하지 못했습니다.").await;
            assert_eq!(heard(page).await, json!(["sori-error copy internal_error"]));
            assert!(field.is_displayed().await);
            assert_eq!(field.accessible_name().await, "공유할 주소");
            field.type_text(&format!("{}a", char::from(Key::Control))).await;
            let selected = page
                .script_with(
                    "const { value, selectionStart, selectionEnd } = arguments[0]; return value.slice(selectionStart, selectionEnd)",
                    vec![field.reference()],
                )
                .await;
            assert_eq!(selected, URL);
            page.assert_accessible("main", "copy refused").await;
        })
        .await;
}

/// Headless browsers have no share sheet: it is played as the standard describes it.
#[tokio::test(flavor = "multi_thread")]
async fn the_share_sheet_is_offered_where_there_is_one() {
    let sheet = |outcome: &str| {
        page(&format!(
            "<script>navigator.share = async (data) => {{ window.given = data; {outcome} }};</script><sori-share url='{URL}' native></sori-share>"
        ))
    };
    Setup::new("share_sheet")
        .page("/", sheet(""))
        .page("/cancel", sheet("throw new DOMException('closed', 'AbortError')"))
        .page("/fail", sheet("throw new DOMException('no', 'NotAllowedError')"))
        .page("/none", page(&format!("<script>delete Navigator.prototype.share;</script><sori-share url='{URL}' native></sori-share>")))
        .run(async |page| {
            for (path, expected, said) in [
                ("/", json!([format!("sori-shared native {URL}")]), ""),
                ("/cancel", json!([]), ""),
                ("/fail", json!(["sori-error native internal_error"]), "공유 창을 열지 못했습니다."),
            ] {
                page.open(path).await;
                listen(page).await;
                let share = page.share("").await;
                let button = share.part("native").await;
                assert_eq!(button.accessible_name().await, "다른 앱으로 공유");
                button.click().await;
                page.until("the sheet was given the page", "return window.given !== undefined").await;
                assert_eq!(page.script("return [given.url, given.title]").await, json!([URL, "소리 & 글 100%"]));
                share.until_text("status", said).await;
                assert_eq!(heard(page).await, expected, "{path}");
                // The outcome has been taken in: the next press acts again.
                page.script("window.given = undefined").await;
                button.click().await;
                page.until("the sheet opens again", "return window.given !== undefined").await;
            }
            page.open("/none").await;
            assert!(!page.share("").await.part("native").await.is_displayed().await);
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_reaches_and_uses_everything() {
    Setup::new("share_keyboard")
        .page("/", page(&format!("<sori-share url='{URL}' copy></sori-share><sori-share id=refused url='http://localhost/' copy></sori-share>")))
        .run(async |page| {
            page.open("/").await;
            listen(page).await;
            page.script("addEventListener('click', (event) => event.preventDefault());").await;
            let share = page.share("").await;
            let refused = page.share("#refused").await;
            let press = async |key: Key| {
                let value = char::from(key);
                let keyboard = KeyActions::new("keyboard".into())
                    .then(KeyAction::Down { value })
                    .then(KeyAction::Up { value });
                page.client().perform_actions(keyboard).await.unwrap();
            };
            press(Key::Tab).await;
            assert!(share.part("link").await.has_focus().await);
            press(Key::Enter).await;
            press(Key::Tab).await;
            assert!(share.part("copy").await.has_focus().await);
            press(Key::Tab).await;
            let link = refused.part("link").await;
            assert!(link.has_focus().await, "a disabled link is out of the keyboard's reach");
            assert_eq!(link.accessible_role().await, "link");
            assert_eq!(link.attribute("aria-disabled").await.as_deref(), Some("true"));
            assert_eq!(link.attribute("href").await, None);
            let why = "인터넷에 공개된 주소가 아니어서 공유할 수 없습니다.";
            assert_eq!(link.attribute("title").await.as_deref(), Some(why));
            assert_eq!(refused.part("status").await.text().await, why);
            refused.part("copy").await.click().await;
            assert_eq!(
                heard(page).await,
                json!([format!("sori-shared link {URL}"), "sori-error copy config_error"])
            );
            if page.engine() == Engine::Chromium {
                let console = page.console().await;
                assert!(
                    console.iter().any(|line| line.contains("attribute url is a local or private address")),
                    "{console:?}"
                );
            }
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_of_the_authors_works_before_and_after_the_upgrade() {
    let own = "https://share.naver.com/web/shareView?url=https%3A%2F%2Fexample.com%2F";
    let button = format!(
        "<sori-share url='{URL}' share-title='제목'><a href='{own}'>나누기</a></sori-share>"
    );
    let plain = Reply::html(&format!(
        "<!doctype html><html lang=ko><title>Plain</title>{button}"
    ));
    Setup::new("share_own_link")
        .page("/", page(&button))
        .page("/plain", plain)
        .run(async |page| {
            page.open("/plain").await;
            let link = page.element("sori-share a").await;
            assert!(link.is_displayed().await.unwrap());
            assert_eq!(link.attr("href").await.unwrap().as_deref(), Some(own));

            page.open("/").await;
            let share = page.share("").await;
            let link = page.element("sori-share a").await;
            assert!(link.is_displayed().await.unwrap());
            assert!(
                !share.part("link").await.is_displayed().await,
                "there are two links"
            );
            assert_eq!(
                link.attr("href").await.unwrap().unwrap(),
                format!("{own}&title=%EC%A0%9C%EB%AA%A9")
            );
            let name = page
                .script("return document.querySelector('sori-share a').getAttribute('aria-label')")
                .await;
            assert_eq!(name, "나누기 (새 창)");
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_look_is_named_and_accessible_in_both_themes_and_languages() {
    const LOOKS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
    let buttons = |theme: &str| -> String {
        LOOKS
            .map(|look| {
                format!("<p>글 <sori-share id='{look}' type='{look}' theme='{theme}' url='{URL}'></sori-share> text</p>
                     <sori-share type='{look}' theme='{theme}' url='{URL}' copy></sori-share>
                     <sori-share type='{look}' theme='{theme}' url='http://10.0.0.1/' copy></sori-share>
                     <sori-share type='{look}' theme='{theme}' url='{URL}'><a href='{URL}'>나누기</a></sori-share>")
            })
            .concat()
    };
    let mut setup = Setup::new("share_looks");
    for lang in ["ko", "en"] {
        for theme in ["light", "dark", "auto"] {
            setup = setup.page(&format!("/{lang}/{theme}"), page_in(lang, &buttons(theme)));
        }
    }
    setup
        .run(async |page| {
            for (lang, name) in [("ko", "네이버로 공유 (새 창)"), ("en", "Share on NAVER (new window)")] {
                for theme in ["light", "dark", "auto"] {
                    page.open(&format!("/{lang}/{theme}")).await;
                    for look in LOOKS {
                        let link = page.share(&format!("#{look}")).await.part("link").await;
                        assert_eq!(link.accessible_name().await, name, "{look}");
                        assert_eq!(link.accessible_role().await, "link");
                        let size = page
                            .script_with("const { width, height } = arguments[0].getBoundingClientRect(); return Math.min(width, height)", vec![link.reference()])
                            .await
                            .as_f64()
                            .unwrap();
                        let least = match look {
                            "a" => 24.0,
                            "b" => 32.0,
                            _ => 44.0,
                        };
                        assert!(size >= least, "{look} is {size} px");
                    }
                    page.assert_accessible("main", &format!("{lang} {theme}")).await;
                }
            }
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_requested_or_stored_before_the_press() {
    Setup::new("share_quiet")
        .page("/", page(&format!("<sori-share url='{URL}' copy native popup='600x600'></sori-share>")))
        .run(async |page| {
            page.open("/").await;
            page.share("").await.part("link").await;
            let requests = page.requests().await;
            assert!(!requests.is_empty());
            for url in requests {
                assert!(
                    // Browsers ask for the last by themselves.
                    ["/pkg/share.js", "/pkg/share_bg.wasm", "/favicon.ico"].iter().any(|own| url == format!("{}{own}", page.origin())),
                    "{url} was requested"
                );
            }
            let stored = page
                .promise("return [document.cookie, localStorage.length, sessionStorage.length, (await indexedDB.databases()).length, (await caches.keys()).length]", vec![])
                .await;
            assert_eq!(stored, json!(["", 0, 0, 0, 0]));
            page.assert_quiet().await;
        })
        .await;
}

/// The demo has no link of its own in the element: `define.js` brings the share button.
#[tokio::test(flavor = "multi_thread")]
async fn the_demo_has_a_share_button() {
    Setup::new("share_demo")
        .run(async |page| {
            page.open("/").await;
            let link = page.share("").await.part("link").await;
            assert!(link.is_displayed().await);
            let expected =
                "https://share.naver.com/web/shareView?url=https%3A%2F%2Fexample.com%2F&title=";
            assert!(href(&link).await.starts_with(expected));
            page.assert_quiet().await;
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documentation_shows_every_option_live() {
    Setup::new("share_page")
        .run(async |page| {
            for path in ["/docs/share", "/docs/share?lang=en"] {
                page.open(path).await;
                page.share("").await.part("link").await;
                let missing = page
                    .script("return [...document.querySelectorAll('sori-share')].filter((share) => !share.shadowRoot).length")
                    .await;
                assert_eq!(missing, 0);
                let shown = page
                    .script("return ['a', 'b', 'c', 'd', 'e', 'f'].filter((look) => document.querySelector(`sori-share[type=${look}]`))")
                    .await;
                assert_eq!(shown, json!(["a", "b", "c", "d", "e", "f"]));
                page.assert_accessible("main", path).await;
                let share = page.share("[copy]").await;
                share.part("copy").await.click().await;
                page.until("the event is shown", "return document.querySelector('#log').textContent.includes('sori-copied')").await;
            }
        })
        .await;
}
