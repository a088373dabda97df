//! Whatever a page or a person puts in, it is only text: no markup, no separator, no number of bytes breaks an element, nor those
//! beside it.

use serde_json::{Value, json};
use sori_e2e::{Page, Setup};

use crate::common::{heard, page, play};

/// In JavaScript, since a lone surrogate does not survive the way through JSON.
const TEXTS: &str = r#"
    const texts = [
      ...Array.from({ length: 32 }, (_, code) => `a${String.fromCharCode(code)}b`),
      "\x1d\x1e\x1f\x1d", "\x7f\x80\x9f", "a\ud800b", "\udc00", "\ud83d", "\ufffe\uffff\ufeff", "\u202e\u2066abc\u2069\u202c", "\u200f\u061c",
      "<script>window.pwned = 1</script>", "<img src=x onerror='pwned = 1'>", "\"><b>", "&lt;&amp;&#x3c;", "javascript:pwned = 1",
      "{play}{way}{}{constructor}{__proto__}", "${pwned}", "%00%1e", "__proto__", "constructor", "e\u0301".repeat(1000), "\u{1f600}",
      "x".repeat(2 ** 20), "\x1e".repeat(2 ** 16),
    ];"#;

/// What of the element no text may change.
const WHOLE: &str = r#"
    const whole = (captcha) => {
      const root = captcha.shadowRoot;
      const tags = [...root.querySelectorAll("*")].map(({ localName }) => localName).filter((name) => name !== "audio").join();
      return { tags, script: root.querySelector("script,img,b") !== null, pwned: "pwned" in window };
    };"#;

async fn outcome(page: &Page, script: &str) -> Value {
    page.promise(&format!("{TEXTS}{WHOLE}{script}"), vec![])
        .await
}

/// It still works, and so does the element beside it.
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
            let seen = outcome(
                page,
                r#"const { ready } = await import("/pkg/define.js"); await ready;
                const captcha = document.querySelector("sori-captcha");
                const before = JSON.stringify(whole(captcha));
                const wrong = [];
                for (const name of [...captcha.constructor.observedAttributes, "aria-label", "aria-describedby", "aria-labelledby", "id", "form"]) {
                  const old = captcha.getAttribute(name);
                  for (const text of texts) {
                    captcha.setAttribute(name, text);
                    new FormData(captcha.form ?? document.querySelector("form"));
                    const consents = name === "consent";
                    if (!consents && JSON.stringify(whole(captcha)) !== before) wrong.push([name, text.slice(0, 9), whole(captcha)]);
                    if (name === "error" && captcha.shadowRoot.querySelector("[part=error]").textContent !== text) wrong.push([name, text.slice(0, 9)]);
                    if (captcha.matches(":state(failed)")) wrong.push([name, text.slice(0, 9), "failed"]);
                  }
                  if (old === null) captcha.removeAttribute(name);
                  else captcha.setAttribute(name, old);
                }
                return wrong;"#,
            )
            .await;
            assert_eq!(seen, json!([]));
            assert_alive(page).await;
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn any_text_in_a_property_a_label_or_a_call_is_only_text() {
    setup("text_in_calls")
        .run(async |page| {
            page.open("/page.html").await;
            let seen = outcome(
                page,
                r##"const { ready } = await import("/pkg/define.js"); await ready;
                const captcha = document.querySelector("sori-captcha");
                captcha.id = "one";
                const label = document.createElement("label");
                label.htmlFor = "one";
                captcha.before(label);
                const root = captcha.shadowRoot;
                const before = JSON.stringify(whole(captcha));
                const wrong = [];
                const check = (what, text, holds = true) => {
                  if (!holds || JSON.stringify(whole(captcha)) !== before) wrong.push([what, text.slice(0, 9), whole(captcha)]);
                };
                for (const text of texts) {
                  captcha.messages = new Proxy({}, { get: () => text });
                  check("messages", text);
                  captcha.messages = { play: text, [text]: text, hint: null, group: 7 };
                  // Within a text a placeholder is filled in, and what is empty replaces nothing.
                  check("message", text, /[{}]/.test(text) || root.querySelector("[part=play] span").textContent === text);
                  captcha.messages = null;
                  label.textContent = text;
                  captcha.focus();
                  captcha.blur?.();
                  document.activeElement?.blur();
                  check("label", text);
                  captcha.setCustomValidity(text);
                  check("setCustomValidity", text, captcha.validationMessage.length > 0);
                  captcha.setCustomValidity("");
                  captcha.value = text;
                  check("value", text);
                  captcha.reject(text);
                  check("reject", text, root.querySelector("#error").textContent.replace(/\u00a0$/, "") === text);
                  captcha.reset();
                }
                label.remove();
                return wrong;"##,
            )
            .await;
            assert_eq!(seen, json!([]));
            assert_alive(page).await;
        })
        .await;
}

/// What the backend answers is as foreign as what a page says.
#[tokio::test(flavor = "multi_thread")]
async fn any_text_in_an_answer_of_the_backend_is_only_text() {
    setup("text_in_answers")
        .run(async |page| {
            page.open("/page.html").await;
            let seen = outcome(
                page,
                r#"const { ready } = await import("/pkg/define.js"); await ready;
                const captcha = document.querySelector("sori-captcha");
                const before = JSON.stringify(whole(captcha));
                const honest = window.fetch;
                const wrong = [];
                for (const text of texts) {
                  for (const [status, body] of [[200, { key: text, expiresIn: text }], [403, { code: text, errorCode: text, detail: text }]]) {
                    window.fetch = () => Promise.resolve(new Response(JSON.stringify(body), { status, headers: { "retry-after": "x" } }));
                    const failed = new Promise((done) => captcha.addEventListener("sori-error", ({ detail }) => done(detail.code), { once: true }));
                    const issued = new Promise((done) => captcha.addEventListener("sori-issued", () => done("issued"), { once: true }));
                    captcha.play();
                    const end = await Promise.race([failed, issued]);
                    captcha.reset();
                    if (end === "internal_error" || JSON.stringify(whole(captcha)) !== before) wrong.push([text.slice(0, 9), status, end]);
                  }
                }
                window.fetch = honest;
                return wrong;"#,
            )
            .await;
            assert_eq!(seen, json!([]));
            assert_alive(page).await;
        })
        .await;
}
