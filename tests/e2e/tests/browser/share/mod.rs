//! A reader shares a page: by the link, a popup, the clipboard or the system's sheet, and is told when it fails.

mod press;
mod routes;

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

/// Waits for a second window, and returns its URL and opener; then closes it and returns to the first window.
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
            let description = page
                .script("return document.querySelector('sori-share a').getAttribute('aria-description')")
                .await;
            assert_eq!(description, "(새 창)");
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
            for (lang, name) in [("ko", "네이버에 공유 (새 창)"), ("en", "Share on NAVER (new window)")] {
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
                    // Browsers request the last one by themselves.
                    ["/pkg/share.js", "/pkg/button_bg.wasm", "/favicon.ico"].iter().any(|own| url == format!("{}{own}", page.origin())),
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

/// The demo has no link in the element: `define.js` loads the share button.
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

/// As a native link does, and as React gives them.
#[tokio::test(flavor = "multi_thread")]
async fn it_can_be_focused_and_its_language_taken_back() {
    Setup::new("share_focus_and_lang")
        .page(
            "/",
            page(&format!("<sori-share url='{URL}' lang='en'></sori-share>")),
        )
        .run(async |page| {
            page.open("/").await;
            let link = page.share("").await.part("link").await;
            assert!(link.text().await.contains("Share"));
            let focused = page
                .script(
                    "const share = document.querySelector('sori-share');
                     share.focus();
                     share.lang = undefined;
                     return share.shadowRoot.activeElement?.part.value",
                )
                .await;
            assert_eq!(focused, "link");
            assert!(link.text().await.contains("공유"));
        })
        .await;
}
