//! axe-core in every state, both themes, both languages; narrow screens; sizes of targets.

use serde_json::{Value, json};
use sori_e2e::states::{self, StateName};
use sori_e2e::{Key, Page, Setup};

use crate::common::{page, page_with, play};

async fn in_both_themes(page: &Page, state: &str) {
    for theme in ["light", "dark"] {
        page.script_with(
            "document.querySelector('sori-captcha').setAttribute('theme', arguments[0])",
            vec![theme.into()],
        )
        .await;
        // The page behind it changes too, as on a page that chooses a theme.
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
    let (setup, faults) = states::setup(&format!("axe_{language}"));
    let captcha = format!(r#"endpoint="/captcha" lang="{language}""#);
    setup
        .page("/state.html", page_with(&states::markup(language)))
        .page("/form.html", page(&format!("{captcha} required")))
        .page(
            "/error.html",
            page(&format!(r#"{captcha} error="Wrong numbers.""#)),
        )
        .page("/disabled.html", page(&format!("{captcha} disabled")))
        .run(async |page| {
            for state in StateName::ALL {
                let captcha = states::reach(page, &faults, "/state.html", state).await;
                in_both_themes(page, state.as_str()).await;
                // If the audio had ended meanwhile, this state would not have been seen.
                captcha.until_state(state.as_str()).await;
            }
            for (path, what) in [
                ("/form.html", "form mode"),
                ("/error.html", "the server's verdict"),
                ("/disabled.html", "disabled"),
            ] {
                page.open(path).await;
                page.captcha("").await;
                in_both_themes(page, what).await;
            }
            page.open("/form.html").await;
            let captcha = page.captcha("").await;
            page.click("#send").await;
            captcha.until_told("error").await;
            in_both_themes(page, "held by its form").await;
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
                // The element itself is measured, because a headless window may be wider than requested.
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

/// Sets what the visitor's system asks of pages.
async fn prefer(page: &Page, feature: &str, value: &str) {
    let features = json!([{ "name": feature, "value": value }]);
    page.devtools(
        "Emulation.setEmulatedMedia",
        json!({ "features": features }),
    )
    .await;
}

/// With forced colours, a part that only its background showed needs a border, and an icon needs the colour of its
/// text.
#[tokio::test(flavor = "multi_thread")]
async fn forced_colours_keep_borders_focus_and_icons() {
    let (setup, faults) = states::setup("forced_colours");
    setup
        .in_chromium()
        .page("/state.html", page_with(&states::markup("en")))
        .run(async |page| {
            prefer(page, "forced-colors", "active").await;
            for state in [StateName::Idle, StateName::Playing, StateName::Rejected, StateName::Verified] {
                states::reach(page, &faults, "/state.html", state).await;
                // From now on the browser shows the focus, as for people who use the keyboard.
                page.press(&Key::Tab.to_string()).await;
                let lost = page
                    .script(
                        "const root = document.querySelector('sori-captcha').shadowRoot, lost = [];
                         const behind = getComputedStyle(root.querySelector('.sori')).backgroundColor;
                         if (!matchMedia('(forced-colors: active)').matches) lost.push('no forced colours');
                         for (const part of root.querySelectorAll('button, input')) {
                            if (!part.getClientRects().length) continue;
                            const name = part.getAttribute('part') ?? part.type;
                            // The system draws these itself.
                            if (!['range', 'checkbox'].includes(part.type)) {
                                const { borderTopStyle, borderTopWidth, borderTopColor, backgroundColor, color } = getComputedStyle(part);
                                if (borderTopStyle === 'none' || parseFloat(borderTopWidth) < 1) lost.push(`${name}: border`);
                                if (borderTopColor === behind) lost.push(`${name}: border's colour`);
                                if (color === backgroundColor) lost.push(`${name}: text`);
                            }
                            part.focus();
                            const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(part);
                            if (outlineStyle === 'none' || parseFloat(outlineWidth) < 2 || outlineColor === behind) lost.push(`${name}: focus`);
                         }
                         const play = root.querySelector('[part=play]'), icon = getComputedStyle(play.querySelector('path'));
                         if (icon.fill === getComputedStyle(play).backgroundColor || icon.fill !== getComputedStyle(play).color) lost.push(`icon: ${icon.fill}`);
                         return lost",
                    )
                    .await;
                assert_eq!(lost, json!([]), "{}", state.as_str());
            }
        })
        .await;
}

/// Nothing moves for people who ask for that: neither the widget's own animations nor the browser's progress bar.
#[tokio::test(flavor = "multi_thread")]
async fn reduced_motion_moves_nothing() {
    let (setup, faults) = states::setup("reduced_motion");
    setup
        .in_chromium()
        .page("/state.html", page_with(&states::markup("en")))
        .run(async |page| {
            prefer(page, "prefers-reduced-motion", "reduce").await;
            for state in [StateName::Loading, StateName::Playing, StateName::Checking] {
                states::reach(page, &faults, "/state.html", state).await;
                let moving = page
                    .script(
                        "const root = document.querySelector('sori-captcha').shadowRoot;
                         const bar = root.querySelector('progress');
                         const drawn = bar.getClientRects().length && getComputedStyle(bar).appearance !== 'none';
                         return [
                            ...document.getAnimations().map(({ effect }) => effect.target?.localName),
                            ...[...root.querySelectorAll('*')].filter((part) => parseFloat(getComputedStyle(part).transitionDuration) > 0).map((part) => part.localName),
                            ...(bar.matches(':indeterminate') && drawn ? ['progress'] : []),
                         ]",
                    )
                    .await;
                assert_eq!(moving, json!([]), "{}", state.as_str());
            }
        })
        .await;
}

/// A language module for a script that is written from right to left, as a site could add one.
#[tokio::test(flavor = "multi_thread")]
async fn a_language_from_right_to_left_turns_the_layout() {
    Setup::new("rtl")
        .page("/page.html", page(r#"endpoint="/captcha" lang="ar" consent verify="inline""#))
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = page.captcha("").await;
            page.script(
                "(globalThis[Symbol.for('sori-captcha.languages')] ??= []).push({ tag: 'ar', texts: { play: 'تشغيل', back: 'رجوع', forward: 'تقديم' } });
                 document.dispatchEvent(new Event('sori-language'))",
            )
            .await;
            captcha.until_text("play", "تشغيل").await;
            let seen = page
                .script(
                    "const host = document.querySelector('sori-captcha'), root = host.shadowRoot;
                     const left = (name) => root.querySelector(`[part=${name}]`).getBoundingClientRect().left;
                     host.style.cssText = 'display: block; inline-size: 300px';
                     const frame = host.getBoundingClientRect();
                     const out = [...root.querySelectorAll('button, input, p, label')]
                        .filter((part) => part.getClientRects().length && getComputedStyle(part).position !== 'absolute')
                        .filter((part) => { const box = part.getBoundingClientRect(); return box.left < frame.left - 1 || box.right > frame.right + 1; })
                        .map((part) => part.getAttribute('part') ?? part.localName);
                     return [root.querySelector('.sori').dir, root.querySelector('.sori').lang, left('answer') > left('play'), out]",
                )
                .await;
            assert_eq!(seen, json!(["rtl", "ar", true, []]));
            let order: Value = page
                .script("return getComputedStyle(document.querySelector('sori-captcha').shadowRoot.querySelector('.sori')).direction")
                .await;
            assert_eq!(order, "rtl");
        })
        .await;
}
