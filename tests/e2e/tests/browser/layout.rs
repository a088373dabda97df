//! The layout: small before the first press, in the order in which the parts are needed, and nothing moves while it
//! is being used.

use serde_json::{Value, json};
use sori_backend::practice::{Call, Fault, Faults};
use sori_e2e::states::{self, StateName};
use sori_e2e::{Key, Page, Setup};

use crate::common::{page, page_with, play};

/// Gives the element a width in px, and returns its height without the notice, whose text the site may change.
async fn height_at(page: &Page, width: u32) -> f64 {
    let height = page
        .script_with(
            "const host = document.querySelector('sori-captcha');
             host.style.inlineSize = `${arguments[0]}px`;
             const notice = host.shadowRoot.querySelector('[part=notice]');
             notice.style.display = 'none';
             const { height } = host.getBoundingClientRect();
             notice.style.display = '';
             return height",
            vec![width.into()],
        )
        .await;
    height.as_f64().expect("a height is a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn at_rest_it_is_small() {
    Setup::new("small")
        .page("/ko.html", page(r#"endpoint="/captcha" lang="ko" required"#))
        .page("/en.html", page(r#"endpoint="/captcha" lang="en" required"#))
        .run(async |page| {
            for language in ["ko", "en"] {
                page.open(&format!("/{language}.html")).await;
                page.captcha("").await;
                for (width, most) in [(420, 190.0), (288, 240.0)] {
                    let height = height_at(page, width).await;
                    assert!(
                        height <= most,
                        "{language}: {height} px tall at {width} px, {most} at most"
                    );
                    let side_by_side = page
                        .script(
                            "const root = document.querySelector('sori-captcha').shadowRoot;
                             const [box, play] = ['answer', 'play'].map((name) => root.querySelector(`[part=${name}]`).getBoundingClientRect());
                             return box.top === play.top && box.height === play.height && box.right < play.left",
                        )
                        .await;
                    assert_eq!(side_by_side, true, "{language}: box and Play at {width} px");
                }
            }
        })
        .await;
}

/// The part of the captcha that has the focus, or the tag of the element in the page that has it.
const FOCUSED: &str = "const at = document.activeElement;
    return at.shadowRoot?.activeElement?.getAttribute('part') ?? (at.slot || at.localName)";

async fn tab(page: &Page) -> Value {
    page.press(&char::from(Key::Tab).to_string()).await;
    page.script(FOCUSED).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_tab_passes_meet_nothing_that_cannot_be_used() {
    Setup::new("tab_order")
        .page("/page.html", page(r#"endpoint="/captcha" lang="en" required"#))
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = page.captcha("").await;
            let first = "document.querySelector('[name=name]').focus()";
            page.script(first).await;
            for expected in ["answer", "play", "alternative", "button"] {
                assert_eq!(tab(page).await, expected);
            }
            // Once there is audio, its controls come after Play, and stay there.
            play(page).await;
            captcha.until_state("ready").await;
            page.script(first).await;
            let volume = page
                .script("return !!document.querySelector('sori-captcha').shadowRoot.querySelector('[part=volume]').getClientRects().length")
                .await;
            let mut order = vec!["answer", "play", "back", "forward", "slower", "faster"];
            if volume == true {
                order.push("volume");
            }
            order.extend(["renew", "alternative", "button"]);
            for expected in order {
                assert_eq!(tab(page).await, expected);
            }
        })
        .await;
}

/// The boxes of parts, relative to the element's corner.
async fn places(page: &Page, parts: &[&str]) -> Value {
    page.script_with(
        "const host = document.querySelector('sori-captcha'), from = host.getBoundingClientRect();
         return arguments[0].map((name) => {
            const { x, y, width, height } = host.shadowRoot.querySelector(`[part=${name}]`).getBoundingClientRect();
            return [name, x - from.x, y - from.y, width, height].join(' ');
         })",
        vec![json!(parts)],
    )
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn box_play_and_check_stay_where_they_are_in_every_state() {
    let (setup, faults) = states::setup("nothing_moves");
    setup
        .page("/ko.html", page_with(&states::markup("ko")))
        .page("/en.html", page_with(&states::markup("en")))
        .page(
            "/wide.html",
            page_with(&format!(
                "<style>body {{ font-family: 'DejaVu Sans' }}</style>{}",
                states::markup("en")
            )),
        )
        .run(async |page| {
            for (language, width) in [("ko", 420), ("en", 420), ("en", 288), ("wide", 420)] {
                let mut at_rest = Value::Null;
                for state in StateName::ALL {
                    let path = format!("/{language}.html");
                    states::reach(page, &faults, &path, state).await;
                    height_at(page, width).await;
                    let now = places(page, &["answer", "play", "check"]).await;
                    if at_rest.is_null() {
                        at_rest = now;
                    } else {
                        assert_eq!(now, at_rest, "{language}, {width} px: {}", state.as_str());
                    }
                }
            }
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_press_brings_does_not_move_what_was_pressed() {
    Setup::new("pressed")
        .page(
            "/page.html",
            page(r#"endpoint="/captcha" lang="ko" lead-in="0" rate="1.5""#),
        )
        .run(async |page| {
            const BUTTONS: [&str; 7] = [
                "answer", "play", "back", "forward", "slower", "faster", "renew",
            ];
            page.open("/page.html").await;
            let captcha = page.captcha("").await;
            captcha.part("play").await.click().await;
            captcha.until_heard().await;
            let sounding = places(page, &BUTTONS).await;
            captcha.until_told("status").await;
            assert_eq!(places(page, &BUTTONS).await, sounding, "the end is told");
            captcha.part("slower").await.click().await;
            captcha.until_text("status", "140").await;
            assert_eq!(places(page, &BUTTONS).await, sounding, "the speed is told");
            captcha.part("renew").await.click().await;
            captcha.until_heard().await;
            assert_eq!(places(page, &BUTTONS).await, sounding, "another audio");
        })
        .await;
}

/// This holds whatever style a page has for its links. Otherwise only half of a button's colours would apply, and
/// nobody could read it.
#[tokio::test(flavor = "multi_thread")]
async fn where_the_audio_cannot_be_had_the_other_way_is_the_loudest() {
    let faults = Faults::default();
    let given = faults.clone();
    Setup::new("loudest")
        .upstream(|options| options.faults = given)
        .page(
            "/page.html",
            page_with(
                r##"<style>a { color: #c00; background: #ffe; text-decoration: underline }</style>
                <sori-captcha endpoint="/captcha" name="captcha" lang="en" lead-in="0">
                <a slot="alternative" href="/help">Another way</a></sori-captcha>"##,
            ),
        )
        .run(async |page| {
            const LOUD: &str = "const host = document.querySelector('sori-captcha');
                const way = getComputedStyle(host.querySelector('a'));
                const play = getComputedStyle(host.shadowRoot.querySelector('[part=play]'));
                return [way, play].map(({ backgroundColor, color }) => `${color} on ${backgroundColor}`)";
            page.open("/page.html").await;
            let captcha = page.captcha("").await;
            let at_rest = page.script(LOUD).await;
            faults.set(Call::Issue, Fault::QuotaExceeded);
            captcha.part("play").await.click().await;
            captcha.until_told("status").await;
            let spent = page.script(LOUD).await;
            assert_eq!(spent[0], at_rest[1], "the way round looks as Play did");
            assert_ne!(spent[1], at_rest[1], "and Play does not");
            page.assert_accessible("main", "the day's calls are spent").await;
            let height = page
                .script("return document.querySelector('sori-captcha > a').getBoundingClientRect().height")
                .await;
            assert!(height.as_f64() >= Some(44.0), "{height}");
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn long_texts_wrap_and_stick_out_nowhere() {
    const LONG: &str = "Audioaufnahmewiedergabeschaltflächenbeschriftung abspielen";
    Setup::new("long_texts")
        .page(
            "/page.html",
            page(r#"endpoint="/captcha" lang="en" lead-in="0" verify="inline" consent"#),
        )
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = page.captcha("").await;
            page.script_with(
                "const names = ['label', 'instruction', 'play', 'playNew', 'resume', 'pause', 'back', 'forward', 'slower', 'faster', 'volume', 'renew', 'check', 'consent', 'playing'];
                 document.querySelector('sori-captcha').messages = Object.fromEntries(names.map((name) => [name, arguments[0]]))",
                vec![LONG.into()],
            )
            .await;
            captcha.part("consent").await.click().await;
            captcha.part("play").await.click().await;
            captcha.until_heard().await;
            for (width, theirs) in [(420, LONG), (288, LONG), (288, "音声に含まれる数字をすべて半角で入力してください")] {
                page.script_with(
                    "const host = document.querySelector('sori-captcha');
                     host.style.inlineSize = `${arguments[0]}px`;
                     host.messages = Object.fromEntries(Object.keys(host.messages).map((name) => [name, arguments[1]]))",
                    vec![width.into(), theirs.into()],
                )
                .await;
                let out = page
                    .script(
                        "const host = document.querySelector('sori-captcha'), frame = host.getBoundingClientRect();
                         return [...host.shadowRoot.querySelectorAll('*')]
                            .filter((part) => part.getClientRects().length && getComputedStyle(part).position !== 'absolute')
                            .filter((part) => { const { left, right } = part.getBoundingClientRect(); return left < frame.left || right > frame.right; })
                            .map((part) => part.getAttribute('part') ?? part.localName)",
                    )
                    .await;
                assert_eq!(out, json!([]), "{width} px: {theirs}");
            }
        })
        .await;
}

/// The places are those where a page gives the element no width: a flex row, a table cell.
#[tokio::test(flavor = "multi_thread")]
async fn it_keeps_a_width_where_it_is_given_none() {
    let captcha = r#"<sori-captcha endpoint="/captcha" name="captcha" lang="ko"><a slot="alternative" href="/help">Another way</a></sori-captcha>"#;
    Setup::new("no_width")
        .page("/flex.html", page_with(&format!(r#"<div style="display: flex">{captcha}</div>"#)))
        .page("/table.html", page_with(&format!("<table><tr><td>{captcha}</table>")))
        .page("/fit.html", page_with(&format!(r#"<div style="width: fit-content">{captcha}</div>"#)))
        .run(async |page| {
            for path in ["/flex.html", "/table.html", "/fit.html"] {
                page.open(path).await;
                page.captcha("").await;
                let before = page.script("return document.querySelector('sori-captcha').getBoundingClientRect().width").await;
                assert!(before.as_f64() >= Some(240.0), "{path}: {before} px wide");
                play(page).await;
                let after = page.script("return document.querySelector('sori-captcha').getBoundingClientRect().width").await;
                assert_eq!(after, before, "{path}");
            }
        })
        .await;
}
