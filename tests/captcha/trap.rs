//! What still works after the wasm instance has trapped.

use super::*;

/// What `act` sees of an instance that traps at the first press, and how many instances were started after it.
async fn after_a_trap(act: &str) -> (Option<String>, Option<f64>) {
    let instance = dying(Core::new(), &set_up().await);
    let get = |name: &str| -> Function {
        let member = Reflect::get(&instance, &name.into()).unwrap();
        member.unchecked_into()
    };
    let seen = look(PLAIN, act).await.unwrap().as_string();
    let starts = get("starts").call0(&JsValue::NULL).unwrap().as_f64();
    get("over").call0(&JsValue::NULL).unwrap();
    (seen, starts)
}

/// A press starts a new instance; two presses start only one.
#[wasm_bindgen_test]
async fn presses_in_haste_after_a_trap_start_one_instance() {
    let act = r#"captcha.value = "12";
        part("play").click();
        const dead = [captcha.matches(":state(failed)"), captcha.value, new FormData(captcha.form).get("captcha-error"), captcha.validity.valid];
        part("slower").click();
        part("slower").click();
        while (captcha.matches(":state(failed)")) await task();
        return [dead, captcha.matches(":state(idle)"), captcha.value]"#;
    let (seen, starts) = after_a_trap(act).await;
    assert_eq!(starts, Some(1.0));
    assert_eq!(
        seen.as_deref(),
        Some(r#"[[true,"12","internal_error",true],true,"12"]"#)
    );
}

/// A fault of Sori never blocks the form, and people send a form from a text field with Enter.
#[wasm_bindgen_test]
async fn enter_after_a_trap_sends_the_form_as_it_is() {
    let act = r#"captcha.value = "12";
        part("play").click();
        const sent = [];
        captcha.form.append(document.createElement("button"));
        captcha.form.addEventListener("submit", (event) => {
          event.preventDefault();
          sent.push(new FormData(captcha.form).get("captcha-error"));
        });
        const press = (init) => part("answer").dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, composed: true, ...init }));
        press({ isComposing: true });
        press({ keyCode: 229 });
        press({});
        await task();
        return [sent, captcha.value]"#;
    let (seen, starts) = after_a_trap(act).await;
    assert_eq!(seen.as_deref(), Some(r#"[["internal_error"],"12"]"#));
    assert_eq!(starts, Some(0.0));
}
