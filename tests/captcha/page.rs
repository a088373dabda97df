//! What the page tells the element, and what the element asks the page for.

use super::*;

#[wasm_bindgen_test]
async fn every_attribute_is_a_property_too() {
    let seen = seen(
        PLAIN,
        r#"const names = customElements.get("sori-captcha").observedAttributes;
        const wrong = names.filter((name) => {
          const camel = name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
          captcha.removeAttribute(name);
          const absent = captcha[camel];
          if (typeof absent === "boolean") {
            captcha[camel] = true;
            const on = captcha.hasAttribute(name);
            captcha[camel] = false;
            return !on || captcha.hasAttribute(name);
          }
          captcha[camel] = "1500";
          const set = captcha.getAttribute(name);
          captcha.setAttribute(name, "x");
          return absent !== "" || set !== "1500" || captcha[camel] !== "x";
        });
        return [names.length > 15, wrong]"#,
    )
    .await;
    assert_eq!(seen, "[true,[]]");
}

#[wasm_bindgen_test]
async fn nothing_is_requested_or_made_before_an_act() {
    let seen = seen(
        PLAIN,
        r#"const count = () => performance.getEntriesByType("resource").length;
        const before = count();
        captcha.focus();
        captcha.value = "1";
        captcha.rate = "0.8";
        captcha.pause(); captcha.back(); captcha.forward(); captcha.reset();
        captcha.checkValidity();
        await task();
        return [count() - before, root.querySelectorAll("audio").length]"#,
    )
    .await;
    assert_eq!(seen, "[0,0]");
}

#[wasm_bindgen_test]
async fn the_nearest_language_counts_also_through_a_shadow_root() {
    let seen = seen(
        r#"<div lang="ko-KR"></div>"#,
        r#"const host = box.querySelector("div");
        const inner = host.attachShadow({ mode: "open" });
        inner.innerHTML = "<sori-captcha endpoint='/none'></sori-captcha>";
        const captcha2 = inner.firstChild, play = captcha2.shadowRoot.querySelector("[part=play]");
        const korean = play.textContent;
        captcha2.setAttribute("lang", "en-GB");
        return [korean, play.textContent, captcha2.shadowRoot.querySelector(".sori").lang]"#,
    )
    .await;
    assert_eq!(seen, r#"["음성 재생","Play audio","en"]"#);
}

#[wasm_bindgen_test]
async fn an_unknown_value_is_a_warning_that_names_the_attribute() {
    set_up().await;
    let act = Closure::<dyn Fn() -> Promise>::new(|| {
        future_to_promise(async {
            seen(
                "<sori-captcha endpoint='/none' theme='pink' rate='9' lead-in='soon' verify='maybe'></sori-captcha>",
                "return 0",
            )
            .await;
            Ok(JsValue::NULL)
        })
    });
    let act: Function = act.into_js_value().unchecked_into();
    let said = warnings(&act)
        .await
        .unwrap()
        .as_string()
        .unwrap_or_default();
    for name in [
        "theme=\"pink\"",
        "rate=\"9\"",
        "lead-in=\"soon\"",
        "verify=\"maybe\"",
    ] {
        assert!(said.contains(name), "{name}: {said}");
    }
    assert!(!said.contains("endpoint"), "{said}");
}

#[wasm_bindgen_test]
async fn the_page_is_looked_at_on_entering_and_at_the_box_alone() {
    let seen = seen(
        &format!("{PLAIN}<input id=outside>"),
        r#"root.querySelector(".transport").hidden = false;
        let looks = 0;
        captcha.getAttribute = function (name) {
          if (name === "aria-describedby") looks += 1;
          return HTMLElement.prototype.getAttribute.call(this, name);
        };
        const focus = (node) => { node.focus(); const seen = looks; looks = 0; return seen; };
        return [focus(part("play")), focus(part("back")), focus(part("volume")), focus(part("answer")), focus(part("renew")),
          focus(box.lastElementChild), focus(part("renew"))]"#,
    )
    .await;
    assert_eq!(seen, "[1,0,0,1,0,0,1]");
}
