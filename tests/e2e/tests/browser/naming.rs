//! The page's own words for the answer box, and the language that the widget speaks.

use sori_e2e::{Page, Reply, Setup};

use crate::common::page_with;

async fn name_of_the_box(page: &Page) -> String {
    let answer = page.captcha("").await.part("answer").await;
    answer.accessible_name().await
}

/// A `<label>` around the element contains the link that is shown before the widget, too.
#[tokio::test(flavor = "multi_thread")]
async fn a_label_around_the_element_does_not_name_the_box_by_the_fallback() {
    let body = r#"<form action="/" method="post"><label>Numbers you hear
        <sori-captcha endpoint="/captcha" name="captcha"><a href="/help">Contact us</a></sori-captcha></label></form>"#;
    Setup::new("wrapping_label")
        .page("/page.html", page_with(body))
        .run(async |page| {
            page.open("/page.html").await;
            let name = name_of_the_box(page).await;
            assert!(name.starts_with("Numbers you hear"), "{name}");
            assert!(!name.contains("Contact"), "{name}");
            page.assert_accessible("sori-captcha", "with a label around it")
                .await;
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn aria_labelledby_names_the_box_before_a_label_does() {
    let body = r#"<form action="/" method="post"><p id="one">Listen and type</p><p id="two">five digits</p>
        <label for="c">Another name</label>
        <sori-captcha id="c" aria-labelledby="one two" endpoint="/captcha" name="captcha"></sori-captcha></form>"#;
    Setup::new("labelledby")
        .page("/page.html", page_with(body))
        .run(async |page| {
            page.open("/page.html").await;
            let name = name_of_the_box(page).await;
            assert!(name.starts_with("Listen and type five digits"), "{name}");
            assert!(!name.contains("Another name"), "{name}");
        })
        .await;
}

/// A page that does not say its language: the reader's browser does.
#[tokio::test(flavor = "multi_thread")]
async fn without_lang_the_widget_speaks_the_browsers_language() {
    let page_without_lang = Reply::html(
        r#"<!doctype html><title>Test</title>
        <script>Object.defineProperty(Navigator.prototype, "language", { get: () => "ko-KR" })</script>
        <script type="module" src="/pkg/define.js"></script>
        <form><sori-captcha endpoint="/captcha" name="captcha"><a slot="alternative" href="/help">다른 방법</a></sori-captcha></form>"#,
    );
    Setup::new("no_lang")
        .page("/page.html", page_without_lang)
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = page.captcha("").await;
            assert_eq!(captcha.part("play").await.text().await, "음성 재생");
        })
        .await;
}
