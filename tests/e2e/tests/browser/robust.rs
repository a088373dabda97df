//! What pages do that the code of the captcha did not expect: a module that traps, a wrapper around `fetch`, scripts
//! that check validity at every key press, a proxy that forwards NAVER's own errors.

use serde_json::{Value, json};
use sori_e2e::{Host, Page, Reply, Setup};

/// A page as a site would write it, with `body` in its main part.
fn document(lang: &str, body: &str) -> Reply {
    Reply::html(&format!(
        r#"<!doctype html><html lang="{lang}"><meta charset="utf-8"><title>Join</title>
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <script type="module" src="/pkg/define.js"></script>
        <main><h1>Join</h1>{body}</main></html>"#
    ))
}

/// A form with a labelled, required captcha that has these additional attributes, and an alternative.
fn form(attributes: &str) -> String {
    format!(
        r#"<form id="form" action="/sent" method="get">
        <p><label for="who">Name</label> <input id="who" name="who"></p>
        <label for="captcha">Security check</label>
        <sori-captcha id="captcha" endpoint="/captcha" name="captcha" required {attributes}>
          <a slot="alternative" href="/help">Another way</a></sori-captcha>
        <button name="go" value="join">Join</button></form>"#
    )
}

/// What the form would send, as `name=value` joined by `&`; keys and tokens are replaced by `…`.
async fn fields(page: &Page) -> String {
    let text = page
        .script(
            "return [...new FormData(document.querySelector('form'))]
               .filter(([name]) => name.startsWith('captcha'))
               .map(([name, value]) => `${name}=${/-(key|response)$/.test(name) ? value.replace(/^[^:]*/, '…') : value}`).join('&')",
        )
        .await;
    text.as_str().unwrap_or_default().to_owned()
}

/// How many requests this document has sent to the backend.
async fn calls(page: &Page) -> usize {
    let requests = page.requests().await;
    requests
        .iter()
        .filter(|url| url.contains("/captcha/"))
        .count()
}

/// Presses Play and waits until the digits are heard.
async fn listen(captcha: &Host<'_>) {
    captcha.part("play").await.click().await;
    captcha.until_state("playing").await;
    captcha.until_heard().await;
}

/// Fails unless the element lets the form be sent, sends the code, and the consent if it was given, and keeps what
/// was typed.
async fn assert_excused(page: &Page, code: &str, typed: &str) {
    let captcha = page.captcha("").await;
    captcha.until_state("failed").await;
    let consented = page
        .script("const captcha = document.querySelector('sori-captcha'); return captcha.hasAttribute('consent') && captcha.shadowRoot.querySelector('[type=checkbox]').checked")
        .await;
    let consent = if consented == true {
        "&captcha-consent=on"
    } else {
        ""
    };
    assert_eq!(fields(page).await, format!("captcha-error={code}{consent}"));
    assert_eq!(captcha.property("validity.valid").await, true, "{code}");
    assert_eq!(captcha.property("value").await, typed, "{code}");
    let play = captcha.part("play").await;
    assert_eq!(play.attribute("aria-disabled").await, None, "{code}");
    captcha.until_told("status").await;
}

/// Records the element's events in `heard`.
async fn hear(page: &Page) {
    page.script(
        "window.heard = [];
         for (const type of ['statechange', 'issued', 'verified', 'rejected', 'expired', 'error']) {
           document.addEventListener(`sori-${type}`, ({ detail }) => heard.push([type, detail?.state ?? detail?.code ?? '']));
         }
         window.faults = [];
         for (const type of ['error', 'unhandledrejection']) {
           addEventListener(type, (event) => faults.push(String(event.error ?? event.reason)));
         }",
    )
    .await;
}

/// The recorded events, as `type:detail`.
async fn heard(page: &Page) -> Vec<String> {
    let heard = page
        .script("return heard.map((pair) => pair.join(':'))")
        .await;
    let list = heard.as_array().cloned().unwrap_or_default();
    list.iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

async fn type_and_play(page: &Page) {
    let captcha = page.captcha("").await;
    captcha.part("answer").await.type_text("123").await;
    captcha.part("play").await.click().await;
}

async fn assert_quiet_handlers(page: &Page) {
    assert_eq!(
        page.script("return faults").await,
        json!([]),
        "nothing is left unhandled"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_are_no_answers() {
    let cases = [
        ("html", Reply::html("<h1>Login</h1>"), "bad_response"),
        (
            "no-key",
            Reply::new("application/json", r#"{"key":"../x"}"#),
            "bad_response",
        ),
        (
            "missing",
            Reply::html("Not found").status(404),
            "bad_response",
        ),
        (
            "gateway",
            Reply::html("Bad gateway").status(502),
            "upstream_unavailable",
        ),
        (
            "naver-limit",
            Reply::new("text/plain", r#"{"errorCode":"010","errorMessage":"x"}"#).status(429),
            "quota_exceeded",
        ),
        (
            "proxy-limit",
            Reply::html("Too many requests").status(429),
            "rate_limited",
        ),
        (
            "naver-login",
            Reply::new("text/plain", r#"{"errorCode":"024","errorMessage":"x"}"#).status(401),
            "upstream_rejected",
        ),
        (
            "too-many",
            Reply::new("application/problem+json", r#"{"code":"rate_limited"}"#)
                .status(429)
                .header("retry-after", "45"),
            "rate_limited",
        ),
    ];
    let mut setup = Setup::new("no_answers");
    for (name, reply, _) in &cases {
        let path = format!("/{name}/keys");
        setup = setup.page(&path, reply.clone()).page(
            &format!("/{name}.html"),
            document("en", &form("").replace("/captcha\"", &format!("/{name}\""))),
        );
    }
    setup
        .run(async |page| {
            for (name, _, code) in &cases {
                page.open(&format!("/{name}.html")).await;
                hear(page).await;
                type_and_play(page).await;
                assert_excused(page, code, "123").await;
                assert_eq!(
                    page.asked(&format!("/{name}/keys")),
                    1,
                    "{name} is not tried again by itself"
                );
                assert_quiet_handlers(page).await;
                if *name == "too-many" {
                    page.captcha("")
                        .await
                        .until_text("status", "in 45 seconds")
                        .await;
                }
            }
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
pub(crate) async fn a_slow_backend_ends_in_a_timeout_and_the_next_press_asks_again() {
    Setup::new("timeout")
        .page("/slow/keys", Reply::held())
        .page(
            "/page.html",
            document("en", &form("timeout=1000").replace("/captcha\"", "/slow\"")),
        )
        .run(async |page| {
            page.open("/page.html").await;
            hear(page).await;
            type_and_play(page).await;
            let captcha = page.captcha("").await;
            assert_excused(page, "timeout", "123").await;
            captcha.part("play").await.click().await;
            captcha.until_state("loading").await;
            captcha.until_state("failed").await;
            assert_eq!(page.asked("/slow/keys"), 2);
            assert_quiet_handlers(page).await;
        })
        .await;
}

/// gloo-net panics if `fetch` rejects with something that is not an `Error`, as a page's own wrapper may.
#[tokio::test(flavor = "multi_thread")]
pub(crate) async fn after_a_trap_the_form_passes_and_the_next_press_works() {
    let body = format!(
        "{}<sori-captcha id=second endpoint=/captcha></sori-captcha>",
        form("consent")
    );
    Setup::new("trap")
        .page("/page.html", document("en", &body))
        .run(async |page| {
            page.open("/page.html").await;
            hear(page).await;
            let captcha = page.captcha("#captcha").await;
            page.script("document.querySelector('sori-captcha').shadowRoot.querySelector('[type=checkbox]').click()").await;
            page.script("window.honest = window.fetch; window.fetch = () => Promise.reject('no')").await;
            type_and_play(page).await;
            assert_excused(page, "internal_error", "123").await;
            page.captcha("#second").await.until_state("failed").await;
            page.script("window.fetch = honest").await;
            // Two elements at the same time: one new instance must serve both.
            page.script(
                "for (const captcha of document.querySelectorAll('sori-captcha')) captcha.shadowRoot.querySelector('[part=play]').click();
                 document.querySelector('#second').pause()",
            )
            .await;
            captcha.until_heard().await;
            captcha.part("answer").await.type_text("12345").await;
            assert!(fields(page).await.ends_with("captcha-consent=on"), "what is ticked still counts: {}", fields(page).await);
            assert_eq!(captcha.property("validity.valid").await, true);
        })
        .await;
}

/// Sites check at every key press whether a form is complete, to enable their button.
#[tokio::test(flavor = "multi_thread")]
async fn asking_for_validity_is_not_reporting_it() {
    Setup::new("check_validity")
        .page("/page.html", document("en", &form("")))
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = page.captcha("").await;
            let answer = captcha.part("answer").await;
            page.script("document.querySelector('#who').focus()").await;
            for ask in [
                "document.forms[0].checkValidity()",
                "document.querySelector('sori-captcha').checkValidity()",
            ] {
                assert_eq!(page.script(&format!("return {ask}")).await, false);
                assert!(!answer.has_focus().await, "{ask} does not move the focus");
                assert_eq!(
                    answer.attribute("aria-invalid").await,
                    None,
                    "{ask} shows nothing"
                );
            }
            page.script("document.querySelector('#who').focus(); document.querySelector('sori-captcha').reportValidity()").await;
            assert!(answer.has_focus().await, "to the box");
            captcha.until_text("error", "Listen first: press period or Play audio.").await;
            page.script("document.forms[0].reset()").await;
            page.click("form button[name=go]").await;
            assert!(answer.has_focus().await, "to the box");
            captcha.until_text("error", "Listen first: press period or Play audio.").await;
            // When a script asks, the browser shows the error in its own way, and also moves to the box.
            page.script("document.forms[0].reset(); document.querySelector('#who').focus(); document.forms[0].requestSubmit()").await;
            assert!(answer.has_focus().await, "to the box");
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_keeps_everything_and_a_removal_nothing() {
    Setup::new("moved")
        .page("/page.html", document("en", &format!("{}<div id=other></div>", form("consent"))))
        .run(async |page| {
            page.open("/page.html").await;
            hear(page).await;
            let captcha = page.captcha("").await;
            page.script("document.querySelector('sori-captcha').shadowRoot.querySelector('[type=checkbox]').click()").await;
            listen(&captcha).await;
            captcha.part("answer").await.type_text("12345").await;
            let before = fields(page).await;
            page.script("const { form } = document.querySelector('sori-captcha'); form.append(document.querySelector('sori-captcha'))").await;
            page.promise("await new Promise((done) => setTimeout(done))", vec![]).await;
            assert_eq!(fields(page).await, before);
            assert_eq!(captcha.property("value").await, "12345");

            let left = page
                .promise(
                    "const captcha = document.querySelector('sori-captcha'), parent = captcha.parentNode;
                     captcha.remove();
                     await new Promise((done) => setTimeout(done));
                     const sounds = captcha.shadowRoot.querySelectorAll('audio').length;
                     parent.append(captcha);
                     return [sounds, captcha.matches(':state(idle)')]",
                    vec![],
                )
                .await;
            assert_eq!(left, json!([0, true]), "no audio outlives the removal");
            // The consent checkbox still looks ticked, so it must count.
            let ticked = page.script("return document.querySelector('sori-captcha').shadowRoot.querySelector('[type=checkbox]').checked").await;
            let sent = fields(page).await.contains("captcha-consent=on");
            assert_eq!(ticked, sent);
            if !sent {
                page.script("document.querySelector('sori-captcha').shadowRoot.querySelector('[type=checkbox]').click()").await;
            }
            listen(&captcha).await;
            assert_eq!(page.script("return faults").await, json!([]));
            page.assert_quiet().await;
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_sites_server_says_is_shown_and_the_key_is_dropped() {
    Setup::new("reject")
        .page("/page.html", document("ko", &form("")))
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = page.captcha("").await;
            let answer = captcha.part("answer").await;
            listen(&captcha).await;
            answer.type_text("99999").await;
            page.script("document.querySelector('sori-captcha').reject('다시 들어 주세요')")
                .await;
            captcha.until_state("rejected").await;
            assert!(answer.has_focus().await);
            captcha.until_text("error", "다시 들어 주세요").await;
            assert_eq!(fields(page).await, "");
            assert_eq!(calls(page).await, 2);
            assert!(
                captcha
                    .part("play")
                    .await
                    .text()
                    .await
                    .contains("새 음성 재생")
            );
            page.script("document.querySelector('sori-captcha').reject(null)")
                .await;
            // Without a message from the page, the widget uses its own.
            captcha.until_text("error", "숫자가 맞지 않습니다").await;
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_in_the_box_steer_the_audio_without_leaving_it_or_requesting() {
    Setup::new("keys_in_the_box")
        .page("/page.html", document("en", &form("")))
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = page.captcha("").await;
            page.script(
                "window.hotkeys = [];
                 for (const type of ['keydown', 'keypress', 'keyup']) document.addEventListener(type, ({ key }) => hotkeys.push(key));",
            )
            .await;
            let answer = captcha.part("answer").await;
            answer.type_text(".").await;
            captcha.until_heard().await;
            answer.type_text("1.").await;
            captcha.until_state("paused").await;
            answer.type_text(",").await;
            captcha.until_state("playing").await;
            answer.type_text("2/3,4/5").await;
            assert!(answer.has_focus().await);
            assert_eq!(answer.property("value").await, "12345");
            assert_eq!(calls(page).await, 2, "one key and one audio");
            assert_eq!(page.script("return hotkeys").await, json!([]), "a site's hotkeys do not fire");
            page.assert_quiet().await;
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_is_told_once_and_not_as_a_pause() {
    Setup::new("the_end")
        .page("/page.html", document("en", &form("lead-in=0 rate=1.5")))
        .run(async |page| {
            page.open("/page.html").await;
            hear(page).await;
            let captcha = page.captcha("").await;
            page.script(
                "window.said = [];
                 const status = document.querySelector('sori-captcha').shadowRoot.querySelector('[part=status]');
                 new MutationObserver(() => status.textContent && said.push(status.textContent)).observe(status, { childList: true, characterData: true, subtree: true });",
            )
            .await;
            listen(&captcha).await;
            captcha.until_text("status", "End of audio").await;
            let heard = heard(page).await;
            assert!(!heard.contains(&"statechange:paused".to_owned()), "{heard:?}");
            assert_eq!(heard.last().map(String::as_str), Some("statechange:ready"), "{heard:?}");
            assert_eq!(page.script("return said").await, json!(["End of audio. Type the numbers in the box just before this button."]));
        })
        .await;
}
