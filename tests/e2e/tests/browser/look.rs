//! axe-core in every state, both themes, both languages; narrow screens; sizes of targets.

use sori_e2e::{Page, Setup};

use crate::common::{page, play, until_heard};

async fn in_both_themes(page: &Page, state: &str) {
    for theme in ["light", "dark"] {
        page.script_with(
            "document.querySelector('sori-captcha').setAttribute('theme', arguments[0])",
            vec![theme.into()],
        )
        .await;
        // The page behind it follows, as a page that chooses a theme does.
        page.script_with(
            "document.documentElement.style.cssText = arguments[0] === 'dark'
                ? 'color-scheme: dark; background: #111; color: #eee' : ''",
            vec![theme.into()],
        )
        .await;
        page.assert_accessible("main", &format!("{state}, {theme}"))
            .await;
    }
}

async fn every_state(language: &'static str) {
    Setup::new(&format!("axe_{language}"))
        .page("/form.html", page(&format!(r#"endpoint="/captcha" lang="{language}" lead-in="0" rate="0.5" required"#)))
        .page(
            "/inline.html",
            page(&format!(r#"endpoint="/captcha" lang="{language}" lead-in="0" rate="1.5" verify="inline" consent required"#)),
        )
        .page("/error.html", page(&format!(r#"endpoint="/captcha" lang="{language}" error="Wrong numbers.""#)))
        .page("/disabled.html", page(&format!(r#"endpoint="/captcha" lang="{language}" disabled"#)))
        .page("/failed.html", page(&format!(r#"endpoint="/nowhere" lang="{language}""#)))
        .run(async |page| {
            page.open("/form.html").await;
            let captcha = page.captcha("").await;
            in_both_themes(page, "idle").await;
            captcha.part("play").await.click().await;
            until_heard(page).await;
            captcha.part("play").await.click().await;
            captcha.until_state("paused").await;
            in_both_themes(page, "paused").await;
            captcha.part("play").await.click().await;
            captcha.until_state("playing").await;
            in_both_themes(page, "playing").await;

            page.open("/inline.html").await;
            let captcha = page.captcha("").await;
            captcha.part("consent").await.click().await;
            play(page).await;
            captcha.until_state("ready").await;
            in_both_themes(page, "ready").await;
            captcha.part("answer").await.type_text("99999").await;
            captcha.part("check").await.click().await;
            captcha.until_state("rejected").await;
            in_both_themes(page, "rejected").await;
            play(page).await;
            captcha.part("answer").await.type_text(&format!("{}12345", "\u{e003}".repeat(5))).await;
            captcha.part("check").await.click().await;
            captcha.until_state("verified").await;
            in_both_themes(page, "verified").await;

            page.open("/error.html").await;
            page.captcha("").await;
            in_both_themes(page, "the server's verdict").await;
            page.open("/disabled.html").await;
            page.captcha("").await;
            in_both_themes(page, "disabled").await;
            page.open("/failed.html").await;
            page.captcha("").await.part("play").await.click().await;
            page.captcha("").await.until_state("failed").await;
            in_both_themes(page, "failed").await;
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_in_any_state_in_korean() {
    every_state("ko").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_in_any_state_in_english() {
    every_state("en").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_fits_320_pixels_with_double_text_and_wide_spacing() {
    Setup::new("narrow")
        .page("/page.html", page(r#"endpoint="/captcha" lang="en" required"#))
        .run(async |page| {
            page.client().set_window_size(320, 800).await.expect("the window can be narrow");
            page.open("/page.html").await;
            play(page).await;
            // WCAG 1.4.10 reflow, 1.4.12 text spacing, 1.4.4 text at 200 %.
            for (width, style) in [
                (288, ""),
                (288, "line-height: 1.5; letter-spacing: 0.12em; word-spacing: 0.16em"),
                (576, "font-size: 200%"),
            ] {
                page.script_with("document.documentElement.style.cssText = arguments[0]", vec![style.into()])
                    .await;
                // The host's box is measured, since a headless window may be wider than asked for.
                let overflow = page
                    .script_with(
                        "const host = document.querySelector('sori-captcha');
                         host.style.cssText = `display: block; width: ${arguments[0]}px`;
                         return [...host.shadowRoot.querySelectorAll('*')]
                            .filter((part) => part.getClientRects().length && getComputedStyle(part).position !== 'absolute')
                            .filter((part) => part.getBoundingClientRect().right > host.getBoundingClientRect().right + 1)
                            .map((part) => part.getAttribute('part') ?? part.localName)",
                        vec![width.into()],
                    )
                    .await;
                assert_eq!(overflow, serde_json::json!([]), "sticks out with {style:?}");
            }
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_target_is_44_pixels() {
    Setup::new("targets")
        .page("/page.html", page(r#"endpoint="/captcha" verify="inline" consent lang="ko""#))
        .run(async |page| {
            page.open("/page.html").await;
            page.captcha("").await;
            let small = page
                .script(
                    "return [...document.querySelector('sori-captcha').shadowRoot.querySelectorAll('button, input')]
                        .filter((part) => part.getClientRects().length)
                        .map((part) => [part.getAttribute('part'), (part.closest('label') ?? part).getBoundingClientRect()])
                        .filter(([, box]) => box.width < 43.9 || box.height < 43.9)
                        .map(([name, box]) => `${name}: ${box.width} × ${box.height}`)",
                )
                .await;
            assert_eq!(small, serde_json::json!([]));
        })
        .await;
}
