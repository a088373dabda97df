//! Problems of real pages: names of controls, hidden elements, scripts that know only native fields.

use serde_json::json;
use sori_e2e::{Reply, Setup};

use crate::common::{form_data, page, page_with, play, until_heard, until_the_module_is_there};

const CAPTCHA: &str = r#"<sori-captcha endpoint="/captcha" name="captcha" lang="en" lead-in="0" required></sori-captcha>"#;

/// The controls of a form hide the form's own properties of the same names.
#[tokio::test(flavor = "multi_thread")]
async fn no_name_of_a_control_gets_in_the_way() {
    let body = format!(
        r#"<form id="form" action="/" method="post">{CAPTCHA}<button id="send">Send</button></form>
        <script>
        const names = new Set();
        for (const {{ prototype }} of [HTMLFormElement, HTMLElement, Element, Node, EventTarget])
          for (const name of Object.getOwnPropertyNames(prototype)) names.add(name);
        const form = document.querySelector('#form');
        for (const name of names) {{
          const field = document.createElement('input');
          field.type = "hidden";
          field.name = name;
          HTMLFormElement.prototype.appendChild.call(form, field);
        }}
        </script>"#
    );
    // This test only runs scripts in the page. WebDriver's own commands walk up the tree with properties that are
    // hidden here, and would never finish.
    Setup::new("control_names")
        .page("/page.html", page_with(&body))
        .run(async |page| {
            page.open("/page.html").await;
            // Before the module is loaded, the browser says it in its own way.
            page.until(
                "the error is shown, and the focus is in the box",
                "document.querySelector('#send').click();
                 const { shadowRoot } = document.querySelector('sori-captcha');
                 return !!shadowRoot && shadowRoot.querySelector('[part=error]').textContent.startsWith('Listen first')
                   && shadowRoot.activeElement === shadowRoot.querySelector('[part=answer]')",
            )
            .await;
            page.script(
                "window.sent = 0;
                 addEventListener('submit', (event) => { event.preventDefault(); sent += 1; });
                 const captcha = document.querySelector('sori-captcha');
                 captcha.required = false;
                 const enter = { key: 'Enter', bubbles: true, composed: true, cancelable: true };
                 captcha.shadowRoot.querySelector('[part=answer]').dispatchEvent(new KeyboardEvent('keydown', enter));",
            )
            .await;
            page.until("Enter submits", "return sent === 1").await;
        })
        .await;
}

/// The form cannot be sent because of an element that nobody can reach.
#[tokio::test(flavor = "multi_thread")]
async fn a_required_captcha_out_of_reach_is_named() {
    for wrapper in ["<div hidden>", "<dialog>", "<div inert>"] {
        let end = wrapper.split(['<', ' ', '>']).nth(1).unwrap_or_default();
        let body =
            format!(r#"<form>{wrapper}{CAPTCHA}</{end}><button id="send">Send</button></form>"#);
        Setup::new("out_of_reach")
            .page("/page.html", page_with(&body))
            .run(async |page| {
                page.open("/page.html").await;
                page.script(
                    "window.warned = [];
                     const { warn } = console;
                     console.warn = (text, ...more) => { warned.push(`${text}`); warn(text, ...more); };",
                )
                .await;
                page.click("#send").await;
                page.until(
                    "the console names it",
                    "return warned.some((text) => text.includes('name=\"captcha\"') && text.includes('not-rendered'))",
                )
                .await;
            })
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_details_around_a_required_captcha_are_opened() {
    let body = format!(
        r#"<form><details id="outer"><summary>More</summary><details id="inner"><summary>Even more</summary>{CAPTCHA}</details></details>
        <button id="send">Send</button></form>"#
    );
    Setup::new("in_details")
        .page("/page.html", page_with(&body))
        .run(async |page| {
            page.open("/page.html").await;
            page.click("#send").await;
            let captcha = page.captcha("").await;
            captcha.until_text("error", "Listen first").await;
            assert_eq!(page.script("return outer.open && inner.open").await, true);
            assert!(captcha.part("answer").await.has_focus().await);
        })
        .await;
}

/// `jQuery.serialize()` and similar functions read only the form's native fields.
#[tokio::test(flavor = "multi_thread")]
async fn mirrored_fields_are_native_ones_and_go_out_once() {
    Setup::new("mirror")
        .page("/page.html", page(r#"endpoint="/captcha" lang="en" lead-in="0" required mirror"#))
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = play(page).await;
            until_heard(page).await;
            captcha.part("answer").await.type_text("12345").await;
            let native = "return [...document.querySelectorAll('form input[type=hidden]')].map(({ name }) => name)";
            assert_eq!(
                page.script(native).await,
                json!(["captcha-key", "captcha-answer", "captcha-response"])
            );
            let count = "return new FormData(document.querySelector('form')).getAll('captcha-key').length";
            assert_eq!(page.script(count).await, 1);
            assert_eq!(form_data(page).await["captcha-answer"], "12345");
            page.script("document.querySelector('form').reset()").await;
            assert_eq!(page.script(native).await, json!([]));
            page.script("document.querySelector('sori-captcha').remove()").await;
            page.until("nothing is left behind", "return !document.querySelector('form input[type=hidden]')").await;
        })
        .await;
}

/// A framework may set the attribute after the visitor has answered, and may move the element.
#[tokio::test(flavor = "multi_thread")]
async fn mirrored_fields_follow_the_attribute_and_the_element() {
    Setup::new("mirror_later")
        .page("/page.html", page(r#"endpoint="/captcha" lang="en" lead-in="0" required"#))
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = play(page).await;
            until_heard(page).await;
            captcha.part("answer").await.type_text("12345").await;
            let native = "return [...document.querySelectorAll('form input[type=hidden]')].map(({ name }) => name)";
            let all = json!(["captcha-key", "captcha-answer", "captcha-response"]);
            page.script("document.querySelector('sori-captcha').toggleAttribute('mirror', true)").await;
            assert_eq!(page.script(native).await, all);
            page.script(
                "const other = document.createElement('form');
                 document.querySelector('main').append(other);
                 other.append(document.querySelector('sori-captcha'));
                 window.other = other;",
            )
            .await;
            assert_eq!(
                page.script("return [...other.querySelectorAll('input[type=hidden]')].map(({ name }) => name)").await,
                all
            );
            assert_eq!(page.script(native).await, all, "none is left in the old form");
            page.script("document.querySelector('sori-captcha').toggleAttribute('mirror', false)").await;
            assert_eq!(page.script(native).await, json!([]));
        })
        .await;
}

/// A link is the usual other way; a button that opens a dialog, or a field for a code, is another.
#[tokio::test(flavor = "multi_thread")]
async fn the_pages_own_controls_inside_the_element_stay_the_pages_own() {
    let body = r#"<form id="form"><sori-captcha endpoint="/captcha" name="captcha" lang="en" lead-in="0" required>
        <div slot="alternative"><button type="button" id="call">Call me</button><input id="code" aria-label="Code"></div>
        </sori-captcha></form>"#;
    Setup::new("slotted_controls")
        .page("/page.html", page_with(body))
        .run(async |page| {
            page.open("/page.html").await;
            page.script(
                "window.calls = 0; window.typed = [];
                 call.addEventListener('click', () => calls++);
                 form.addEventListener('input', ({ target }) => typed.push(target.id));",
            )
            .await;
            let captcha = play(page).await;
            until_heard(page).await;
            page.click("#call").await;
            page.type_into("#code", "7.").await;
            assert_eq!(page.script("return calls").await, 1);
            assert_eq!(page.script("return code.value").await, "7.");
            assert_eq!(page.script("return typed").await, json!(["code", "code"]));
            let volume = captcha.part("volume").await.property("value").await;
            assert_eq!(volume, "100");
            captcha.until_state("playing").await;
            page.assert_quiet().await;
        })
        .await;
}

/// A disabled field's `validity` may say that its value is wrong, but it holds no form back.
#[tokio::test(flavor = "multi_thread")]
async fn a_field_that_blocks_nothing_does_not_hide_the_error() {
    for field in [
        "<input type=number min=1 value=0 disabled>",
        "<input type=email value=abc readonly>",
    ] {
        let body =
            format!(r#"<form id="form">{field}{CAPTCHA}<button id="send">Send</button></form>"#);
        Setup::new("barred_field")
            .page("/page.html", page_with(&body))
            .run(async |page| {
                page.open("/page.html").await;
                until_the_module_is_there(page).await;
                page.click("#send").await;
                let captcha = page.captcha("").await;
                captcha.until_text("error", "Listen first").await;
                assert!(captcha.part("answer").await.has_focus().await, "{field}");
            })
            .await;
    }
}

/// The usual guard against forms that are sent by accident.
#[tokio::test(flavor = "multi_thread")]
async fn enter_that_the_page_prevents_submits_nothing() {
    let body = format!(
        r#"<form id="form">{CAPTCHA}<input id="other"><button id="send">Send</button></form>"#
    );
    Setup::new("enter_prevented")
        .page("/page.html", page_with(&body))
        .run(async |page| {
            page.open("/page.html").await;
            until_the_module_is_there(page).await;
            page.script(
                "window.clicks = 0; window.guarded = true;
                 send.addEventListener('click', (event) => { event.preventDefault(); clicks++; });
                 form.addEventListener('keydown', (event) => guarded && event.key === 'Enter' && event.preventDefault());",
            )
            .await;
            let answer = page.captcha("").await.part("answer").await;
            answer.type_text("\u{e007}").await;
            page.script("window.guarded = false").await;
            answer.type_text("\u{e007}").await;
            page.until("Enter presses the button", "return clicks > 0").await;
            assert_eq!(page.script("return clicks").await, 1);
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_captcha_mirrors_nothing() {
    Setup::new("mirror_disabled")
        .page("/page.html", page(r#"endpoint="/captcha" lang="en" lead-in="0" required mirror"#))
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = play(page).await;
            until_heard(page).await;
            captcha.part("answer").await.type_text("12345").await;
            assert_eq!(form_data(page).await["captcha-answer"], "12345");
            for (disabled, count) in [(true, 0), (false, 3)] {
                page.script_with("document.querySelector('sori-captcha').disabled = arguments[0]", vec![json!(disabled)]).await;
                let fields = "return [...new FormData(document.querySelector('form')).keys()].filter((name) => name !== 'name').length";
                assert_eq!(page.script(fields).await, count);
            }
        })
        .await;
}

/// An icon with a name, and what a component of the page passes on.
#[tokio::test(flavor = "multi_thread")]
async fn an_alternative_without_a_text_of_its_own_is_offered() {
    let alternatives = [
        r#"<a slot="alternative" href="/help"><img alt="Another way" src="/icon.svg"></a>"#,
        r#"<button type="button" slot="alternative" aria-label="Another way"></button>"#,
    ];
    let captcha = |inside: &str| {
        format!(
            r#"<sori-captcha endpoint="/gone" name="captcha" lang="en" required>{inside}</sori-captcha>"#
        )
    };
    let component = format!(
        "<my-field><a slot=other href=/help>Another way</a></my-field>
         <script>customElements.define('my-field', class extends HTMLElement {{
           constructor() {{ super(); this.attachShadow({{ mode: 'open' }}).innerHTML = '{}' }} }})</script>",
        captcha("<slot name=other slot=alternative></slot>")
    );
    Setup::new("unwritten_alternatives")
        .page("/gone/keys", Reply::new("application/problem+json", r#"{"code":"quota_exceeded"}"#).status(429))
        .page("/0.html", page_with(&captcha(alternatives[0])))
        .page("/1.html", page_with(&captcha(alternatives[1])))
        .page("/2.html", page_with(&component))
        .run(async |page| {
            for at in 0..3 {
                page.open(&format!("/{at}.html")).await;
                until_the_module_is_there(page).await;
                let said = page
                    .promise(
                        "const captcha = document.querySelector('sori-captcha')
                           ?? document.querySelector('my-field').shadowRoot.querySelector('sori-captcha');
                         const status = captcha.shadowRoot.querySelector('[part=status]');
                         captcha.play();
                         while (!status.textContent) await new Promise((done) => setTimeout(done, 20));
                         return status.textContent;",
                        vec![],
                    )
                    .await;
                assert_eq!(said, "No more audio today. Please use another way.", "{at}");
            }
        })
        .await;
}
