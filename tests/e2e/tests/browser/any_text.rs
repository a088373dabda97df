//! Whatever a page or a person enters is only text. No markup, separator or length breaks the element or another one
//! beside it.

use serde_json::{Value, json};
use sori_captcha::captcha::message::Message;
use sori_e2e::{Page, Setup};

use crate::common::{heard, page, play};

/// In JavaScript, because JSON cannot carry a lone surrogate.
const TEXTS: &str = r#"
    const texts = [
      ...[0, 8, 9, 10, 13, 27, 28, 29, 30, 31].map((code) => `a${String.fromCharCode(code)}b`),
      "\x1d\x1e\x1f\x1d", "\x7f\x80\x9f", "a\ud800b", "\udc00", "\ud83d", "\ufffe\uffff\ufeff", "\u202e\u2066abc\u2069\u202c", "\u200f\u061c",
      "<script>window.pwned = 1</script>", "<img src=x onerror='pwned = 1'>", "\"><b>", "&lt;&amp;&#x3c;", "javascript:pwned = 1",
      "{play}{way}{}{constructor}{__proto__}", "${pwned}", "%00%1e", "__proto__", "constructor", "e\u0301".repeat(1000), "\u{1f600}",
      "x".repeat(2 ** 20), "\x1e".repeat(2 ** 16),
    ];"#;

/// The things about the element that no text may change.
const WHOLE: &str = r#"
    const whole = (captcha) => {
      const root = captcha.shadowRoot;
      const tags = [...root.querySelectorAll("*")].map(({ localName }) => localName).filter((name) => name !== "audio").join();
      return { tags, script: root.querySelector("script,img,b") !== null, pwned: "pwned" in window };
    };"#;

/// Runs the script for each of the texts, and fails if something is wrong afterwards. In the script, `args[0]` is the
/// number of the text.
async fn assert_only_text(page: &Page, script: &str) {
    page.promise(
        "const { ready } = await import('/pkg/define.js'); await ready; window.faults = []",
        vec![],
    )
    .await;
    let count = page.script(&format!("{TEXTS} return texts.length")).await;
    let count = count.as_u64().expect("a length is a number");
    for at in 0..count {
        let frame = format!(
            "{TEXTS}{WHOLE} const text = texts[args[0]]; const captcha = document.querySelector('sori-captcha');
             const root = captcha.shadowRoot; const before = window.before ??= JSON.stringify(whole(captcha));
             {script}"
        );
        let wrong = page.promise(&frame, vec![json!(at)]).await;
        assert_eq!(wrong, json!([]), "text {at} of {TEXTS}");
    }
    assert_alive(page).await;
}

/// Checks that the element still works, and so does the one beside it.
async fn assert_alive(page: &Page) {
    page.script(
        "const captcha = document.querySelector('sori-captcha');
         for (const { name } of [...captcha.attributes]) captcha.removeAttribute(name);
         captcha.setAttribute('name', 'captcha');
         captcha.setAttribute('endpoint', '/captcha');
         captcha.messages = null;
         captcha.setCustomValidity('');
         captcha.reset();
         heard.length = 0;",
    )
    .await;
    let captcha = play(page).await;
    captcha.until_heard().await;
    assert_eq!(heard(page, "error").await, Vec::<Value>::new());
    let state = "return document.querySelector('#beside').matches(':state(idle)')";
    assert_eq!(
        page.script(state).await,
        true,
        "the element beside it is as it was"
    );
}

fn setup(name: &str) -> Setup {
    Setup::new(name).page(
        "/page.html",
        page(r#"endpoint="/captcha" required><i hidden></i></sori-captcha><sori-captcha id="beside" endpoint="/captcha""#),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn any_text_in_an_attribute_is_only_text() {
    setup("text_in_attributes")
        .run(async |page| {
            page.open("/page.html").await;
            assert_only_text(
                page,
                r#"const wrong = [];
                for (const name of [...captcha.constructor.observedAttributes, "aria-label", "aria-describedby", "aria-labelledby", "id", "form"]) {
                  const old = captcha.getAttribute(name);
                  captcha.setAttribute(name, text);
                  // With consent there is more to show.
                  if (name !== "consent" && JSON.stringify(whole(captcha)) !== before) wrong.push([name, whole(captcha)]);
                  if (name === "error" && root.querySelector("[part=error]").textContent !== text.trim()) wrong.push([name, "shown"]);
                  if (captcha.matches(":state(failed)")) wrong.push([name, "failed"]);
                  if (old === null) captcha.removeAttribute(name);
                  else captcha.setAttribute(name, old);
                }
                return wrong;"#,
            )
            .await;
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn any_text_in_a_property_a_label_or_a_call_is_only_text() {
    setup("text_in_calls")
        .run(async |page| {
            page.open("/page.html").await;
            let names: Vec<_> = Message::ALL.iter().map(|name| name.as_str()).collect();
            page.script_with("window.names = arguments[0]", vec![json!(names)])
                .await;
            assert_only_text(
                page,
                r#"const wrong = [];
                const check = (what, holds = true) => {
                  if (!holds || JSON.stringify(whole(captcha)) !== before) wrong.push([what, whole(captcha)]);
                };
                captcha.messages = Object.fromEntries(names.map((name) => [name, text]));
                check("every message");
                captcha.messages = { play: text, [text]: text, hint: null, group: 7 };
                // A placeholder in a text is filled in, and an empty text replaces nothing.
                check("a message", /[{}]/.test(text) || root.querySelector("[part=play] span").textContent === text);
                captcha.messages = null;
                captcha.id = "one";
                const label = document.createElement("label");
                label.htmlFor = "one";
                label.textContent = text;
                captcha.before(label);
                captcha.focus();
                check("label", root.activeElement === root.querySelector("[part=answer]"));
                document.activeElement.blur();
                label.remove();
                captcha.setCustomValidity(text);
                check("setCustomValidity", captcha.validationMessage !== "" && !captcha.validity.valid);
                captcha.setCustomValidity("");
                captcha.value = text;
                check("value", captcha.value === root.querySelector("[part=answer]").value);
                captcha.reject(text);
                check("reject", root.querySelector("[part=error]").textContent.replace(/\u00a0$/, "") === text.trim());
                captcha.reset();
                return wrong;"#,
            )
            .await;
        })
        .await;
}

/// Text in the backend's replies is as untrusted as text from the page.
#[tokio::test(flavor = "multi_thread")]
async fn any_text_in_an_answer_of_the_backend_is_only_text() {
    setup("text_in_answers")
        .run(async |page| {
            page.open("/page.html").await;
            assert_only_text(
                page,
                r#"const honest = window.fetch;
                const wrong = [];
                for (const [status, body] of [[200, { key: text, expiresIn: text }], [403, { code: text, errorCode: text, detail: text }]]) {
                  window.fetch = () => Promise.resolve(new Response(JSON.stringify(body), { status, headers: { "retry-after": "x" } }));
                  const failed = new Promise((done) => captcha.addEventListener("sori-error", ({ detail }) => done(detail.code), { once: true }));
                  const issued = new Promise((done) => captcha.addEventListener("sori-issued", () => done("issued"), { once: true }));
                  captcha.play();
                  const end = await Promise.race([failed, issued]);
                  captcha.reset();
                  if (end === "internal_error" || JSON.stringify(whole(captcha)) !== before) wrong.push([status, end]);
                }
                window.fetch = honest;
                return wrong;"#,
            )
            .await;
        })
        .await;
}
