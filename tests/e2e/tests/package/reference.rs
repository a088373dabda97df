//! Compares the reference with the real element, and checks that its examples work as shown.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sori_e2e::{Page, Setup, built, root};

/// What the manifest, which editors read, says about the element.
fn declared(tag: &str) -> Value {
    let path = root().join("pkg/custom-elements.json");
    let text = std::fs::read_to_string(path).expect("the manifest is there");
    let manifest: Value = serde_json::from_str(&text).expect("the manifest is JSON");
    let modules = manifest["modules"].as_array().into_iter().flatten();
    let mut declared = modules.map(|module| module["declarations"][0].clone());
    declared
        .find(|declared| declared["tagName"] == tag)
        .expect("the manifest declares the element")
}

fn names(list: &Value) -> BTreeSet<String> {
    let items = list.as_array().into_iter().flatten();
    items
        .filter_map(|item| item["name"].as_str().or(item.as_str()))
        .map(str::to_owned)
        .collect()
}

/// Everything that the class adds to `HTMLElement`, except the callbacks that the browser calls.
const OWN: &str = "
    await (await import('/pkg/define.js')).ready;
    const element = document.createElement('sori-captcha');
    const native = ['lang', 'focus'];
    const own = Object.getOwnPropertyNames(Object.getPrototypeOf(element));
    return [
      [...own, ...native].filter((name) => name !== 'constructor' && !name.endsWith('Callback')),
      customElements.get('sori-captcha').observedAttributes,
      own.filter((name) => Object.getOwnPropertyDescriptor(Object.getPrototypeOf(element), name).get
        && !Object.getOwnPropertyDescriptor(Object.getPrototypeOf(element), name).set),
    ];
";

#[tokio::test(flavor = "multi_thread")]
async fn the_class_has_the_documented_members_and_no_others() {
    assert!(!built("define.js").is_empty());
    Setup::new("members")
        .page("/page.html", crate::document("", ""))
        .run(async |page| {
            page.open("/page.html").await;
            let found = page.promise(OWN, vec![]).await;
            let declared = declared("sori-captcha");
            assert_eq!(names(&found[0]), names(&declared["members"]));
            assert_eq!(names(&found[1]), names(&declared["attributes"]));
            let members = declared["members"].as_array().cloned().unwrap_or_default();
            let readonly: Vec<Value> = members
                .into_iter()
                .filter(|member| member["readonly"] == true)
                .collect();
            assert_eq!(names(&found[2]), names(&Value::Array(readonly)));
        })
        .await;
}

/// Plays in the first example of a section, and waits for the state.
async fn press_play(page: &Page, captcha: &str, state: &str) {
    let captcha = page.captcha(captcha).await;
    captcha.part("play").await.click().await;
    captcha.until_state(state).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_example_of_the_reference_does_what_it_shows() {
    for (path, label, refused) in [
        ("/docs/reference", "숫자 듣기", "받아들이지 않았습니다"),
        (
            "/docs/reference?lang=en",
            "Listen to the numbers",
            "did not accept",
        ),
    ] {
        Setup::new("reference_examples")
            .run(async |page| {
                page.open(path).await;
                page.script("window.violations = []; document.addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective))")
                    .await;
                press_play(page, "[lead-in='3000']", "playing").await;

                let own = page.captcha("#own-words").await;
                assert_eq!(own.part("play").await.text().await, label);
                own.part("answer").await.type_text("42").await;
                page.until("the value is shown", "return document.querySelector('#own-value').value === '42'").await;

                page.click("[data-call=play]").await;
                page.captcha("#remote").await.until_heard().await;
                page.click("[data-call=pause]").await;
                page.captcha("#remote").await.until_state("paused").await;
                page.click("[data-call=reject]").await;
                page.captcha("#remote").await.until_text("error", refused).await;
                page.click("[data-call=reset]").await;
                page.captcha("#remote").await.until_state("idle").await;

                let speaking = page.captcha("#speaking").await;
                speaking.part("play").await.click().await;
                speaking.until_state("playing").await;
                speaking.part("answer").await.type_text("12345").await;
                speaking.part("check").await.click().await;
                speaking.until_state("verified").await;
                page.until("the event is listed", "return document.querySelector('#heard').textContent.includes('sori-verified')").await;

                press_play(page, ".signal", "playing").await;
                page.assert_quiet().await;
                press_play(page, "[endpoint='/no-backend-here']", "failed").await;
                assert_eq!(page.script("return violations").await, json!([]));
                page.assert_accessible("html", path).await;
            })
            .await;
    }
}
