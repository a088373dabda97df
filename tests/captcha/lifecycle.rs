//! The element is connected, moved, cloned and removed.

use super::*;

#[wasm_bindgen_test]
async fn properties_set_before_the_upgrade_hold_after_it() {
    let seen = seen(
        "",
        r#"const page = document.implementation.createHTMLDocument();
        page.body.innerHTML = "<sori-captcha></sori-captcha>";
        const early = page.body.firstChild;
        Object.assign(early, { endpoint: "/early", required: true, leadIn: "100", messages: { play: "Los" }, value: "12" });
        const before = early.shadowRoot;
        box.append(early);
        const text = (name) => early.shadowRoot.querySelector(`[part=${name}]`);
        return [before, early.getAttribute("endpoint"), early.hasAttribute("required"), early.getAttribute("lead-in"),
          text("play").textContent, text("answer").value, Object.keys(early)]"#,
    )
    .await;
    assert_eq!(seen, r#"[null,"/early",true,"100","Los","12",[]]"#);
}

#[wasm_bindgen_test]
async fn a_second_definition_changes_nothing() {
    let seen = seen(PLAIN, "return part('play') !== null").await;
    assert_eq!(seen, "true");
    let class =
        "return globalThis.first === (globalThis.first = customElements.get('sori-captcha'))";
    self::seen(PLAIN, class).await;
    assert_eq!(self::seen(PLAIN, class).await, "true");
}

#[wasm_bindgen_test]
async fn a_move_keeps_the_answer_and_a_removal_frees_the_session() {
    set_up().await;
    let next_number = || {
        let core = Core::new();
        let number = core.connect(idle(), String::new(), false, false);
        core.disconnect(number);
        number
    };
    let free = next_number();
    let moved = seen(
        PLAIN,
        r#"captcha.value = "12";
        const other = box.appendChild(document.createElement("section"));
        other.append(captcha);
        await task();
        return [captcha.value, captcha.matches(":state(idle)"), captcha.form === null]"#,
    )
    .await;
    assert_eq!(moved, r#"["12",true,true]"#);
    for _ in 0..50 {
        seen(PLAIN, "captcha.remove(); await task(); return 0").await;
    }
    assert_eq!(next_number(), free, "every session is free again");
}

#[wasm_bindgen_test]
async fn removed_and_put_back_it_works() {
    let seen = seen(
        PLAIN,
        r#"captcha.remove();
        await task();
        captcha.play(); captcha.reset(); captcha.value = "1";
        box.append(captcha);
        captcha.value = "12";
        return [captcha.value, part("status").getAttribute("role"), captcha.validity.valueMissing]"#,
    )
    .await;
    assert_eq!(seen, r#"["12","status",true]"#);
}

#[wasm_bindgen_test]
async fn a_copy_is_a_captcha_of_its_own() {
    let seen = seen(
        PLAIN,
        r#"captcha.value = "12";
        const copy = captcha.cloneNode(true);
        captcha.after(copy);
        copy.value = "34";
        return [captcha.value, copy.value, copy.name, copy.shadowRoot.querySelectorAll("[part=play]").length]"#,
    )
    .await;
    assert_eq!(seen, r#"["12","34","captcha",1]"#);
}

#[wasm_bindgen_test]
async fn another_document_gets_its_own_style() {
    let seen = seen(
        PLAIN,
        // A document of its own, because Firefox replaces the empty document that a frame begins with.
        r#"const frame = document.createElement("iframe");
        frame.srcdoc = "<!doctype html><title>Frame</title>";
        await new Promise((done) => { frame.onload = done; box.append(frame); });
        captcha.value = "12";
        frame.contentDocument.body.append(captcha);
        await task();
        const style = frame.contentWindow.getComputedStyle(captcha).display;
        return [style, root.adoptedStyleSheets.length, captcha.value, captcha.ownerDocument === frame.contentDocument]"#,
    )
    .await;
    assert_eq!(seen, r#"["block",1,"12",true]"#);
}
