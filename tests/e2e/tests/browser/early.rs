//! The element is painted before the module is loaded. These tests are about what a visitor does meanwhile, and about
//! what still works if the module never loads. They run in every engine.

use serde_json::json;
use sori_e2e::{Engine, Page, Reply, Setup};

use crate::common::{
    error, form_data, heard, keys_requested, page, page_with, until_announced,
    until_the_module_is_there,
};

const WASM: &str = "/pkg/sori_bg.wasm";

/// A required captcha, and this reply for its module.
fn with_module(name: &str, reply: Reply) -> Setup {
    Setup::new(name)
        .page(WASM, reply)
        .page("/page.html", page(r#"endpoint="/captcha" required"#))
}

/// The view that needs no module: the form can be sent, the page's own alternative shows, and Play can be pressed.
async fn assert_excused(page: &Page) {
    let captcha = page.captcha("").await;
    captcha.until_state("failed").await;
    captcha
        .until_text("status", "The captcha failed. Play again.")
        .await;
    assert_eq!(
        form_data(page).await,
        json!({ "name": "소리", "captcha-error": "internal_error" })
    );
    assert_eq!(captcha.property("validity.valid").await, true);
    let play = captcha.part("play").await;
    assert_eq!(play.attribute("aria-disabled").await, None);
    assert!(play.text().await.contains("Play audio"));
    let way = page.element("[slot=alternative]").await;
    assert!(way.is_displayed().await.expect("the way round is there"));
    let detail = json!({ "code": "internal_error", "retryable": true, "retryAfter": null });
    assert!(heard(page, "error").await.contains(&detail));
}

/// Checks the reason that the site's script gets. Only in Chromium: Firefox does not give the reason of a page's
/// promise to a script of WebDriver.
async fn assert_reason(page: &Page, part: &str) {
    if page.engine() == Engine::Chromium {
        let script = "const { ready } = await import('/pkg/define.js'); return ready.catch(String)";
        let reason = page.promise(script, vec![]).await;
        let reason = reason.as_str().unwrap_or_default();
        assert!(reason.contains(part), "{reason}");
    }
}

async fn listen_and_answer(page: &Page) {
    let captcha = page.captcha("").await;
    captcha.until_heard().await;
    captcha.part("answer").await.type_text("12345").await;
    let fields = form_data(page).await;
    assert_eq!(fields["captcha-answer"], "12345", "{fields}");
    assert_eq!(fields.get("captcha-error"), None);
    assert_eq!(keys_requested(page).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_press_before_the_module_is_there_plays_once_it_comes() {
    with_module("early_press", Reply::held())
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = page.captcha("").await;
            let play = captcha.part("play").await;
            play.click().await;
            assert!(play.text().await.contains("Pause"));
            // The silence starts during the press. Otherwise the browser would not allow the audio that arrives later.
            page.until(
                "the silence plays",
                "const audio = document.querySelector('sori-captcha').shadowRoot.querySelector('audio'); return audio.ended || !audio.paused",
            )
            .await;
            captcha.until_text("status", "Loading audio.").await;
            assert_eq!(keys_requested(page).await, 0);
            page.release(WASM);
            captcha.until_state("playing").await;
            listen_and_answer(page).await;
        })
        .await;
}

/// A site that serves visitors with slow screen readers asks for a long silence. A press that comes early has it too.
#[tokio::test(flavor = "multi_thread")]
async fn an_early_press_is_followed_by_as_much_silence_as_the_page_asks_for() {
    // Without a sound device, Firefox does not play silence to its end.
    Setup::new("early_lead_in")
        .in_chromium()
        .page(WASM, Reply::held())
        .page("/page.html", page(r#"endpoint="/captcha" lead-in="3000""#))
        .run(async |page| {
            page.open("/page.html").await;
            page.script(
                "window.silences = [];
                 document.querySelector('sori-captcha').shadowRoot.addEventListener(
                     'ended', ({ target }) => window.silences.push(target.duration), true)",
            )
            .await;
            let captcha = page.captcha("").await;
            captcha.part("play").await.click().await;
            page.release(WASM);
            captcha.until_heard().await;
            let silences = page.script("return window.silences").await;
            let seconds = |it: &serde_json::Value| it.as_f64().expect("a length");
            let sum: f64 = (silences.as_array().expect("an array").iter())
                .map(seconds)
                .sum();
            assert!(sum > 2.99, "{silences}");
        })
        .await;
}

/// What the shell paints without the module is what the core wants for an element that was never used.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_changes_when_the_module_comes() {
    let variants = [
        "",
        "required",
        "required shortcuts=off",
        "required consent",
        "required error='Wrong numbers.'",
        "required consent error='Wrong numbers.'",
        "required verify=inline lang=ko",
        "disabled",
        "required remember rate=1.2",
    ];
    let elements: String = variants
        .iter()
        .map(|variant| {
            format!("<sori-captcha name=captcha endpoint=/captcha {variant}><a slot=alternative href=/help>Help</a></sori-captcha>")
        })
        .collect();
    Setup::new("painted_the_same")
        .page(WASM, Reply::held())
        .page("/page.html", page_with(&elements))
        .run(async |page| {
            page.open("/page.html").await;
            page.until("they are painted", "return !!customElements.get('sori-captcha')")
                .await;
            // What is hidden is painted when it is shown.
            let look = "const seen = ({ shadowRoot }) => {
                  const copy = document.createElement('div');
                  copy.innerHTML = shadowRoot.innerHTML;
                  for (const hidden of copy.querySelectorAll('[hidden]')) hidden.remove();
                  return copy.innerHTML;
                };
                return [...document.querySelectorAll('sori-captcha')].map((captcha) => [seen(captcha), captcha.validationMessage, captcha.validity.valueMissing,
                 captcha.validity.customError, captcha.matches(':state(idle)')])";
            // One of those with a consent box.
            page.script("[...document.querySelectorAll('[consent]')].at(-1).shadowRoot.querySelector('[type=checkbox]').click()")
                .await;
            let before = page.script(look).await;
            page.release(WASM);
            until_the_module_is_there(page).await;
            let after = page.script(look).await;
            for (at, variant) in variants.iter().enumerate() {
                assert_eq!(before[at], after[at], "{variant}");
            }
        })
        .await;
}

/// A page may call `play()` from a handler of its own. Whoever presses Play then wants to hear it too.
#[tokio::test(flavor = "multi_thread")]
async fn a_press_after_the_pages_own_call_does_not_take_it_back() {
    with_module("early_call", Reply::held())
        .run(async |page| {
            page.open("/page.html").await;
            page.script("document.querySelector('sori-captcha').play()")
                .await;
            let captcha = page.captcha("").await;
            captcha.part("play").await.click().await;
            page.release(WASM);
            captcha.until_state("playing").await;
            listen_and_answer(page).await;
        })
        .await;
}

/// Otherwise the error would change the description of the box under the focus, which not every screen reader speaks.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_in_the_box_before_the_module_comes_hears_an_error_announced() {
    with_module("early_focus", Reply::held())
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = page.captcha("").await;
            captcha.part("answer").await.click().await;
            page.release(WASM);
            until_the_module_is_there(page).await;
            page.press("\u{e007}").await;
            captcha.until_text("error", "Listen first").await;
            until_announced(page, "Listen first").await;
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_presses_before_the_module_is_there_ask_for_nothing() {
    with_module("early_presses", Reply::held())
        .run(async |page| {
            page.open("/page.html").await;
            let play = page.captcha("").await.part("play").await;
            play.click().await;
            play.click().await;
            assert!(play.text().await.contains("Play audio"));
            page.release(WASM);
            until_the_module_is_there(page).await;
            assert_eq!(keys_requested(page).await, 0);
            play.click().await;
            listen_and_answer(page).await;
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_before_the_module_is_there_is_kept_and_stays_on_the_page() {
    with_module("early_typing", Reply::held())
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = page.captcha("").await;
            let answer = captcha.part("answer").await;
            answer.type_text("123").await;
            // The form says what to do, and what was typed before there was a key is not sent.
            assert_eq!(captcha.property("validity.valid").await, false);
            assert_eq!(form_data(page).await, json!({ "name": "소리" }));
            page.release(WASM);
            until_the_module_is_there(page).await;
            assert_eq!(captcha.property("value").await, "123");
            assert_eq!(form_data(page).await, json!({ "name": "소리" }));
            assert!(answer.has_focus().await);
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_for_play_works_before_the_module_is_there() {
    with_module("early_key", Reply::held())
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = page.captcha("").await;
            let answer = captcha.part("answer").await;
            answer.type_text(".").await;
            assert!(captcha.part("play").await.text().await.contains("Pause"));
            assert_eq!(captcha.property("value").await, "");
            page.release(WASM);
            captcha.until_state("playing").await;
            listen_and_answer(page).await;
        })
        .await;
}

/// A connection that hangs is an error too: the widget says so, and the next press tries again.
#[tokio::test(flavor = "multi_thread")]
async fn a_module_that_never_comes_holds_no_form_back() {
    with_module("module_never_comes", Reply::held())
        .run(async |page| {
            page.open("/page.html").await;
            let play = page.captcha("").await.part("play").await;
            play.click().await;
            error(page).await;
            assert_excused(page).await;
            page.release(WASM);
            play.click().await;
            listen_and_answer(page).await;
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_module_that_is_refused_holds_no_form_back() {
    with_module(
        "module_refused",
        Reply::html("<h1>Not found</h1>").status(404),
    )
    .run(async |page| {
        page.open("/page.html").await;
        error(page).await;
        assert_excused(page).await;
        assert_reason(page, "sori_bg.wasm answered 404").await;
        // The second try fails too, and the third succeeds: one press counts once.
        let captcha = page.captcha("").await;
        let play = captcha.part("play").await;
        play.click().await;
        page.until(
            "the failure is told again",
            "return heard.filter(([type]) => type === 'error').length === 2",
        )
        .await;
        assert_excused(page).await;
        page.release(WASM);
        play.click().await;
        listen_and_answer(page).await;
        // A page that follows the state learns of the failure, once, and of its end.
        let states = heard(page, "statechange").await;
        assert_eq!(
            states[..3],
            ["failed", "idle", "loading"].map(|state| json!({ "state": state }))
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_module_holds_no_form_back() {
    with_module(
        "module_broken",
        Reply::new("application/wasm", b"\0asm\x01\0\0\0 broken".to_vec()),
    )
    .run(async |page| {
        page.open("/page.html").await;
        error(page).await;
        assert_excused(page).await;
    })
    .await;
}

/// A complete module, but of another version than the script.
#[tokio::test(flavor = "multi_thread")]
async fn a_module_of_another_version_is_not_run_and_named() {
    let other = Reply::new("application/wasm", b"\0asm\x01\0\0\0".to_vec());
    with_module("module_of_another_version", other)
        .run(async |page| {
            page.open("/page.html").await;
            error(page).await;
            assert_excused(page).await;
            assert_reason(page, "mixed versions").await;
            page.release(WASM);
            page.captcha("").await.part("play").await.click().await;
            listen_and_answer(page).await;
        })
        .await;
}

/// NVDA and JAWS do not speak a live region that is added together with its text.
#[tokio::test(flavor = "multi_thread")]
async fn a_live_region_is_there_for_half_a_second_before_its_first_text() {
    Setup::new("live_region")
        .page("/page.html", page(r#"endpoint="/captcha""#))
        .run(async |page| {
            page.open("/page.html").await;
            until_the_module_is_there(page).await;
            // Inserted and used in the same task: without an endpoint it fails at once.
            let waited = page
                .promise(
                    "const captcha = document.createElement('sori-captcha');
                     captcha.setAttribute('name', 'other');
                     const since = performance.now();
                     document.querySelector('form').append(captcha);
                     const status = captcha.shadowRoot.querySelector('[role=status]');
                     const told = new Promise((done) => {
                       new MutationObserver(() => status.textContent && done(performance.now() - since))
                         .observe(status, { childList: true, characterData: true, subtree: true });
                     });
                     captcha.play();
                     if (status.textContent) return 0;
                     return told;",
                    vec![],
                )
                .await;
            let waited = waited.as_f64().expect("it is told");
            assert!(waited >= 500.0, "{waited} ms");
        })
        .await;
}
