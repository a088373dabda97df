//! What a press does: a tab, a popup, the link copied, the system's own sheet.

use super::*;

/// Only Chromium can be kept from requesting the real share page.
fn away_from_naver(name: &str) -> Setup {
    Setup::new(name)
        .in_chromium()
        .browser_argument("--host-resolver-rules=MAP share.naver.com 127.0.0.1:9")
}

/// The test serves a page in place of NAVER's share page, because only the URL decides where the link leads.
#[tokio::test(flavor = "multi_thread")]
async fn a_press_opens_a_tab_without_an_opener() {
    away_from_naver("share_tab")
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

/// The page changes after the button was made, and the visitor uses the middle button instead of a click: the link is
/// up to date.
#[tokio::test(flavor = "multi_thread")]
async fn a_middle_click_opens_what_the_page_is_now() {
    away_from_naver("share_middle_click")
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
    away_from_naver("share_popup")
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

/// A sandboxed frame may follow links but not open windows, so the browser itself blocks the popup.
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
            // Pastes what was copied.
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

/// Orca does not speak an announcement with the same text as the last one.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_result_twice_is_announced_twice() {
    Setup::new("share_copy_twice")
        .page("/", page(&format!("<sori-share url='{URL}' copy></sori-share>")))
        .run(async |page| {
            page.open("/").await;
            let copy = page.share("").await.part("copy").await;
            page.script(
                "window.said = [];
                 const status = document.querySelector('sori-share').shadowRoot.querySelector('[part=status]');
                 new MutationObserver(() => status.textContent && said.push(status.textContent))
                   .observe(status, { childList: true, characterData: true, subtree: true });",
            )
            .await;
            for times in 1..=3 {
                copy.click().await;
                page.until("it is said", &format!("return said.length === {times}")).await;
            }
            let said = page.script("return said").await;
            let words = "링크를 복사했습니다.";
            assert_eq!(said, json!([words, format!("{words}\u{a0}"), words]));
        })
        .await;
}

/// In some browsers inside apps, the promise of the clipboard is never settled.
#[tokio::test(flavor = "multi_thread")]
async fn a_clipboard_that_never_answers_leaves_no_dead_button() {
    Setup::new("share_copy_stuck")
        .page("/", page(&format!("<sori-share url='{URL}' copy></sori-share>")))
        .run(async |page| {
            page.open("/").await;
            let share = page.share("").await;
            page.script(
                "window.asked = 0;
                 Object.defineProperty(navigator, 'clipboard', { value: { writeText() { asked += 1; return new Promise(() => {}); } } });",
            )
            .await;
            let copy = share.part("copy").await;
            copy.click().await;
            share.until_text("status", "링크를 복사하지 못했습니다.").await;
            assert!(share.part("url").await.is_displayed().await);
            copy.click().await;
            assert_eq!(page.script("return asked").await, 2);
        })
        .await;
}

/// Pages without https have no clipboard, and a policy may block it.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_clipboard_the_link_is_copied_from_a_field() {
    let button = format!("<sori-share url='{URL}' copy></sori-share><input id=target>");
    let without =
        "<script>Object.defineProperty(navigator, 'clipboard', { value: undefined });</script>";
    Setup::new("share_copy_http")
        .in_chromium()
        .page("/", page(&format!("{without}{button}")))
        .page(
            "/policy",
            page(&button).header("permissions-policy", "clipboard-write=()"),
        )
        .run(async |page| {
            for path in ["/", "/policy"] {
                page.open(path).await;
                listen(page).await;
                let share = page.share("").await;
                let copy = share.part("copy").await;
                copy.click().await;
                share.until_text("status", "링크를 복사했습니다.").await;
                assert_eq!(
                    heard(page).await,
                    json!([format!("sori-copied copy {URL}")])
                );
                assert!(copy.has_focus().await, "the focus has moved");
                assert!(!share.part("url").await.is_displayed().await);
                page.type_into("#target", &format!("{}v", char::from(Key::Control)))
                    .await;
                assert_eq!(
                    page.script("return document.querySelector('#target').value")
                        .await,
                    URL
                );
                // What was copied is not what is shared now.
                page.script(
                    "document.querySelector('sori-share').url = 'https://example.com/other'",
                )
                .await;
                share.until_text("status", "").await;
            }
        })
        .await;
}

/// The page's own policy blocks the clipboard, and the old command does not work either.
#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_is_refused_leaves_the_url_to_be_selected() {
    let policy = page(&format!("<script>document.execCommand = () => false;</script><sori-share url='{URL}' copy></sori-share>"))
        .header("permissions-policy", "clipboard-write=()");
    Setup::new("share_copy_refused")
        // Firefox has no policy for the clipboard.
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
            assert_eq!(field.attribute("dir").await.as_deref(), Some("ltr"));
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

/// Headless browsers have no share sheet, so the test imitates one as the standard describes it.
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
                // The result has been processed, so the next press works again.
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
