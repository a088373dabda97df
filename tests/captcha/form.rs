//! The element as a field of its form.

use super::*;

#[wasm_bindgen_test]
async fn a_form_has_it_as_a_field() {
    let seen = seen(
        r#"<form><fieldset><label for="it">Check</label>
        <sori-captcha id="it" endpoint="/none" name="captcha" required consent></sori-captcha></fieldset></form>"#,
        r#"const [form] = document.forms, fieldset = form.querySelector("fieldset");
        const sent = () => [...new FormData(form)].map((pair) => pair.join("=")).join("&");
        const seen = [captcha.form === form, form.checkValidity(), captcha.validity.valueMissing, captcha.labels.length, sent()];
        root.querySelector("[type=checkbox]").click();
        seen.push(sent());
        fieldset.disabled = true;
        seen.push(sent(), captcha.willValidate, part("answer").disabled);
        fieldset.disabled = false;
        captcha.value = "12";
        form.reset();
        seen.push(captcha.value, part("answer").disabled);
        return seen"#,
    )
    .await;
    assert_eq!(
        seen,
        r#"[true,false,true,1,"","captcha-consent=on","",false,true,"",false]"#
    );
}

#[wasm_bindgen_test]
async fn input_and_change_reach_the_page_once_each() {
    let seen = seen(
        PLAIN,
        r#"const heard = [];
        for (const type of ["input", "change"]) box.addEventListener(type, ({ target }) => heard.push([type, target === captcha]));
        const answer = part("answer");
        answer.value = "1";
        answer.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true }));
        answer.dispatchEvent(new Event("change", { bubbles: true }));
        part("volume").dispatchEvent(new InputEvent("input", { bubbles: true, composed: true }));
        return [heard, captcha.value]"#,
    )
    .await;
    assert_eq!(seen, r#"[[["input",true],["change",true]],"1"]"#);
}

#[wasm_bindgen_test]
async fn enter_while_composing_sends_nothing() {
    let seen = seen(
        PLAIN,
        r#"let sent = 0;
        document.forms[0].addEventListener("submit", (event) => { event.preventDefault(); sent += 1; });
        document.forms[0].noValidate = true;
        const press = (init) => part("answer").dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, composed: true, cancelable: true, ...init }));
        press({ isComposing: true });
        press({ keyCode: 229 });
        await task();
        const composing = sent;
        press({});
        await task();
        return [composing, sent]"#,
    )
    .await;
    assert_eq!(seen, "[0,1]");
}
