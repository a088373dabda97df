//! Where pages put the element: other shadow roots, frames, frameworks that mount twice, settings that change under it.

use serde_json::json;
use sori_e2e::states::{self, StateName};
use sori_e2e::{Reply, Setup};

use crate::common::{form_data, keys_requested, page, page_with, play, until_heard, verdict};

/// A page may put its whole form into a component.
#[tokio::test(flavor = "multi_thread")]
async fn inside_another_shadow_root_the_whole_path_works() {
    let body = r#"<site-form></site-form><script>
        customElements.define("site-form", class extends HTMLElement {
            constructor() {
                super();
                const root = this.attachShadow({ mode: "open", delegatesFocus: true });
                root.innerHTML = `<form action="/" method="post"><input name="name" value="Bora">
                    <label for="c">Numbers</label><sori-captcha id="c" endpoint="/captcha" name="captcha" lang="en" lead-in="0" required></sori-captcha>
                    <button>Send</button></form>`;
            }
        });</script>"#;
    Setup::new("nested_shadow")
        .page("/page.html", page_with(body))
        .run(async |page| {
            page.open("/page.html").await;
            let inner = "const root = document.querySelector('site-form').shadowRoot, captcha = root.querySelector('sori-captcha');";
            page.until("it is upgraded", &format!("{inner} return !!captcha.shadowRoot"))
                .await;
            page.script(&format!("{inner} captcha.focus()")).await;
            page.press(".").await;
            page.until("the digits sound", &format!("{inner} return captcha.shadowRoot.querySelector('audio')?.duration > 2"))
                .await;
            page.press("12345").await;
            let seen = page
                .script(&format!("{inner} return [captcha.form === root.querySelector('form'), captcha.shadowRoot.querySelector('[part=answer]').ariaLabel, captcha.value, new FormData(captcha.form).get('captcha-answer')]"))
                .await;
            assert_eq!(seen, json!([true, "Numbers Numbers in the audio", "12345", "12345"]));
            page.press("\u{e007}").await;
            assert_eq!(verdict(page).await, "true");
        })
        .await;
}

/// React's strict mode mounts, unmounts and mounts again; other frameworks move elements.
#[tokio::test(flavor = "multi_thread")]
async fn mounted_twice_it_works_once() {
    Setup::new("double_mount")
        .page("/page.html", page_with("<form action=/ method=post><div id=place></div></form>"))
        .run(async |page| {
            page.open("/page.html").await;
            page.promise(
                "await customElements.whenDefined('sori-captcha');
                 const place = document.querySelector('#place'), captcha = document.createElement('sori-captcha');
                 Object.assign(captcha, { endpoint: '/captcha', name: 'captcha', leadIn: '0', required: true });
                 window.told = [];
                 captcha.addEventListener('sori-issued', () => told.push('issued'));
                 captcha.addEventListener('input', () => told.push('input'));
                 for (let mount = 0; mount < 2; mount++) {
                    place.append(captcha);
                    captcha.remove();
                    place.append(captcha);
                    await new Promise((done) => setTimeout(done));
                    if (mount) break;
                    captcha.remove();
                    await new Promise((done) => setTimeout(done));
                 }",
                vec![],
            )
            .await;
            let captcha = play(page).await;
            until_heard(page).await;
            captcha.part("answer").await.type_text("1").await;
            assert_eq!(page.script("return told").await, json!(["issued", "input"]));
            assert_eq!(keys_requested(page).await, 1);
            assert_eq!(form_data(page).await["captcha-answer"], "1");
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn adopted_into_a_frames_document_it_still_plays() {
    let frame = r#"<iframe src="/frame.html" title="Frame" width="600" height="600" allow="autoplay"></iframe>"#;
    Setup::new("adopted")
        .page("/frame.html", Reply::html("<!doctype html><html lang=en><title>Frame</title><form></form>"))
        .page(
            "/page.html",
            page_with(&format!(r#"<form><sori-captcha endpoint="/captcha" name="captcha" lang="en" lead-in="0"></sori-captcha></form>{frame}"#)),
        )
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = play(page).await;
            until_heard(page).await;
            captcha.part("answer").await.type_text("12").await;
            page.until("the frame is there", "return !!document.querySelector('iframe').contentDocument?.querySelector('form')")
                .await;
            let seen = page
                .promise(
                    "const captcha = document.querySelector('sori-captcha'), inner = document.querySelector('iframe').contentDocument;
                     window.adopted = captcha;
                     inner.querySelector('form').append(captcha);
                     await new Promise((done) => setTimeout(done));
                     const style = captcha.ownerDocument.defaultView.getComputedStyle(captcha.shadowRoot.querySelector('[part=answer]'));
                     return [captcha.isConnected, captcha.value, captcha.form === inner.querySelector('form'), style.minBlockSize]",
                    vec![],
                )
                .await;
            assert_eq!(seen, json!([true, "12", true, "44px"]), "with its style");
            // The move has ended the sound. A script calls `play()`, in a page that a person has already used.
            page.until("it is quiet", "return !adopted.matches(':state(playing)')")
                .await;
            page.script("adopted.play()").await;
            page.until(
                "it plays there",
                "const audio = adopted.shadowRoot.querySelector('audio'); return audio?.duration > 2 && audio.currentTime > 0 && !audio.paused",
            )
            .await;
        })
        .await;
}

/// A reply that arrives from the old backend belongs to no challenge of the new one.
#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_changes_while_loading_drops_the_old_answer() {
    Setup::new("endpoint_changes")
        .page("/slow/keys", Reply::held())
        .page(
            "/page.html",
            page(r#"endpoint="/slow" lead-in="0" required"#),
        )
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = page.captcha("").await;
            captcha.part("play").await.click().await;
            captcha.until_state("loading").await;
            captcha.part("answer").await.type_text("12").await;
            page.script("document.querySelector('sori-captcha').endpoint = '/captcha'")
                .await;
            captcha.until_state("idle").await;
            assert_eq!(captcha.property("value").await, "12");
            captcha.part("play").await.click().await;
            until_heard(page).await;
            // What was typed before there was a key is not an answer, and is cleared when the key comes.
            captcha.part("answer").await.type_text("12345").await;
            assert_eq!(form_data(page).await["captcha-answer"], "12345");
            assert_eq!(page.asked("/slow/keys"), 1);
            // The same after the key has arrived, because the key belongs to the backend that issued it.
            page.script("document.querySelector('sori-captcha').endpoint = '/slow'")
                .await;
            captcha.until_state("idle").await;
            assert!(form_data(page).await.get("captcha-key").is_none());
            assert_eq!(captcha.property("value").await, "12345");
        })
        .await;
}

/// If a page changes settings at any time, the present challenge is not lost and nothing breaks.
#[tokio::test(flavor = "multi_thread")]
async fn attributes_change_in_every_state() {
    let (setup, faults) = states::setup("attributes");
    setup
        .page("/state.html", page_with(&format!("<form>{}</form>", states::markup("en"))))
        .run(async |page| {
            for state in StateName::ALL {
                let captcha = states::reach(page, &faults, "/state.html", state).await;
                let before = captcha.property("value").await;
                let seen = page
                    .promise(
                        "const captcha = document.querySelector('sori-captcha'), broken = [];
                         addEventListener('error', ({ message }) => broken.push(message));
                         const original = Object.fromEntries([...captcha.attributes].map(({ name, value }) => [name, value]));
                         // Another backend does not know this key, and disabling ends the sound. These have their own
                         // tests.
                         const changes = { lang: 'ko', theme: 'dark', rate: '1.2', 'lead-in': '300', shortcuts: 'off', 'pause-on-typing': '',
                            name: 'other', timeout: '5000', error: 'No.', ticket: 'x', remember: '', required: null, consent: null, unknown: '1' };
                         for (const round of [changes, original]) {
                            for (const name of Object.keys(changes)) {
                                const value = round[name] ?? null;
                                if (value === null) captcha.removeAttribute(name);
                                else captcha.setAttribute(name, value);
                                await new Promise((done) => setTimeout(done));
                            }
                         }
                         return broken",
                        vec![],
                    )
                    .await;
                assert_eq!(seen, json!([]), "{}", state.as_str());
                captcha.until_state(state.as_str()).await;
                assert_eq!(captcha.property("value").await, before, "{}", state.as_str());
                assert_eq!(captcha.part("label").await.text().await, "Numbers in the audio");
            }
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_a_used_one_begins_anew() {
    Setup::new("cloned")
        .page("/page.html", page(r#"endpoint="/captcha" lead-in="0" required"#))
        .run(async |page| {
            page.open("/page.html").await;
            let captcha = play(page).await;
            until_heard(page).await;
            captcha.part("answer").await.type_text("12345").await;
            page.script(
                "const captcha = document.querySelector('sori-captcha'), copy = captcha.cloneNode(true);
                 copy.id = copy.name = 'copy';
                 captcha.after(copy)",
            )
            .await;
            let copy = page.captcha("#copy").await;
            copy.until_state("idle").await;
            let data = form_data(page).await;
            assert_eq!(data["captcha-answer"], "12345");
            assert!(data.get("copy-key").is_none(), "{data}");
            copy.part("play").await.click().await;
            copy.until_heard().await;
            copy.part("answer").await.type_text("54321").await;
            let data = form_data(page).await;
            assert_eq!((&data["captcha-answer"], &data["copy-answer"]), (&json!("12345"), &json!("54321")));
            assert_ne!(data["captcha-key"], data["copy-key"]);
        })
        .await;
}
