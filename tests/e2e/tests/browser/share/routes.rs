//! What is shared while a single-page application changes the address and the head: URL and title are always of one page.

use super::*;

/// The metadata of a page.
fn head(path: &str, title: &str) -> String {
    format!(
        r#"<link rel="canonical" href="https://example.com{path}"><meta property="og:title" content="{title}">"#
    )
}

/// A page with metadata in its head.
fn with_head(head: &str, content: &str) -> Reply {
    Reply::html(&format!(
        r#"<!doctype html><html lang="ko"><head><meta charset="utf-8"><title>소리</title>{head}
<script type="module" src="/pkg/share.js"></script></head><body><main>{content}</main>"#
    ))
}

/// Changes the metadata, as libraries for the head do it.
fn rewrite(path: &str, title: &str) -> String {
    format!(
        "document.querySelector('link[rel=canonical]').href = 'https://example.com{path}';
         document.querySelector('[property=\"og:title\"]').content = '{title}';"
    )
}

/// The URL and the title, as the link has them when a visitor points at it; null if it is disabled.
async fn shared(page: &Page) -> Value {
    page.share("").await.part("link").await;
    page.script(
        "const link = document.querySelector('sori-share').shadowRoot.querySelector('[part=link]');
         link.dispatchEvent(new Event('pointerover', { bubbles: true }));
         if (!link.href) return null;
         const query = new URL(link.href).searchParams;
         return [query.get('url'), query.get('title')]",
    )
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_button_of_a_later_route_shares_that_route() {
    let start = head("/", "Home");
    Setup::new("share_later_route")
        .page("/", with_head(&start, "<p id=app></p>"))
        .run(async |page| {
            page.open("/").await;
            page.until(
                "the element is registered",
                "return !!customElements.get('sori-share')",
            )
            .await;
            page.script(&format!(
                "history.pushState(null, '', '/post/2?ref=home');
                 {}
                 document.title = 'Post 2 | Site';
                 document.querySelector('#app').innerHTML = '<sori-share></sori-share>';",
                rewrite("/post/2", "Post 2")
            ))
            .await;
            assert_eq!(
                shared(page).await,
                json!(["https://example.com/post/2", "Post 2"])
            );
        })
        .await;
}

/// Scripts of analytics take their parameters out of the address.
#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_was_cleaned_before_the_button_loaded_keeps_its_metadata() {
    let clean = "<script>history.replaceState(null, '', '/a');</script>";
    let own = head("/a", "A");
    Setup::new("share_clean_address")
        .page(
            "/a",
            with_head(&format!("{clean}{own}"), "<sori-share></sori-share>"),
        )
        .run(async |page| {
            page.open("/a?utm_source=x").await;
            assert_eq!(shared(page).await, json!(["https://example.com/a", "A"]));
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_query_of_one_page_may_change_and_its_metadata_may_be_set_again() {
    let own = head("/a", "A");
    Setup::new("share_query")
        .page("/a", with_head(&own, "<sori-share></sori-share>"))
        .run(async |page| {
            page.open("/a").await;
            let expected = json!(["https://example.com/a", "A"]);
            assert_eq!(shared(page).await, expected);
            page.script("history.replaceState(null, '', '/a?tab=2');")
                .await;
            assert_eq!(shared(page).await, expected);
            page.script(&format!(
                "history.pushState(null, '', '/a?page=3'); {}",
                rewrite("/a", "A")
            ))
            .await;
            assert_eq!(shared(page).await, expected);
            page.script(&format!(
                "history.pushState(null, '', '/view?id=1'); {}",
                rewrite("/view?id=1", "One")
            ))
            .await;
            assert_eq!(
                shared(page).await,
                json!(["https://example.com/view?id=1", "One"])
            );
            page.script("history.pushState(null, '', '/view?id=1&tab=2');")
                .await;
            assert_eq!(
                shared(page).await,
                json!(["https://example.com/view?id=1", "One"])
            );
            // Another page of the same path: its metadata is not there yet, and the URL of this machine cannot be shared.
            page.script("history.pushState(null, '', '/view?id=2');")
                .await;
            assert_eq!(shared(page).await, Value::Null);
        })
        .await;
}

/// A single-page application changes the page and leaves the old `<head>`.
#[tokio::test(flavor = "multi_thread")]
async fn url_and_title_are_of_one_page() {
    let head = r#"<link rel="canonical" href="https://example.com/old"><meta property="og:title" content="Old">"#;
    Setup::new("share_push_state")
        .page("/", with_head(head, "<sori-share></sori-share>"))
        .run(async |page| {
            page.open("/").await;
            let link = page.share("").await.part("link").await;
            assert_eq!(shared(page).await, json!(["https://example.com/old", "Old"]));
            page.script(
                "history.pushState(null, '', '/new');
                 document.title = 'New';
                 document.querySelector('link[rel=canonical]').href = 'https://example.com/new';",
            )
            .await;
            page.script("document.querySelector('sori-share').shadowRoot.querySelector('a').focus()").await;
            assert_eq!(shared(page).await, json!(["https://example.com/new", "New"]));
            page.script("history.pushState(null, '', '/newer'); document.title = 'Newer'; document.querySelector('sori-share').lang = 'en'").await;
            // The URL of this machine cannot be shared, and the URL of the page before must not be used instead.
            assert_eq!(link.attribute("aria-disabled").await.as_deref(), Some("true"));
        })
        .await;
}
