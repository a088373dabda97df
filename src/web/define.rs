//! `define()`, for people who build this crate by wasm-pack as it is: the elements' JavaScript is included as snippets.
//! The npm package is the same thing made small: there the JavaScript is around the module, and this file is left out.

use js_sys::Promise;
use wasm_bindgen::prelude::*;

use super::{captcha::Core, share};

/// The files of the shell. wasm-bindgen copies only files that Rust names; `tests/shell.rs` checks that the list is
/// complete.
macro_rules! shell {
    ($($path:literal $name:ident)*) => {
        $(
            #[wasm_bindgen(module = $path)]
            extern "C" {
                #[allow(dead_code, reason = "its file is needed, not its name")]
                fn $name();
            }
        )*
    };
}
shell! {
    "/src/web/share.js" defineShare
    "/src/web/captcha/advice.js" advise
    "/src/web/captcha/core.js" load
    "/src/web/captcha/crash.js" paintCrash
    "/src/web/captcha/diagnose.js" diagnose
    "/src/web/captcha/element.js" defineCaptcha
    "/src/web/captcha/labels.js" labelOf
    "/src/web/captcha/language.js" say
    "/src/web/captcha/listeners.js" listen
    "/src/web/captcha/markup.js" checkMarkup
    "/src/web/captcha/memory.js" keep
    "/src/web/captcha/mirror.js" mirror
    "/src/web/captcha/painting.js" Painting
    "/src/web/captcha/policy.js" watchForViolations
    "/src/web/captcha/reach.js" openDetails
    "/src/web/captcha/request.js" abort
    "/src/web/captcha/shell.js" Shell
    "/src/web/captcha/sound.js" start
    "/src/web/captcha/surroundings.js" hasWay
    "/src/web/captcha/template.js" dress
}

#[wasm_bindgen(module = "/src/web/define.js")]
extern "C" {
    #[wasm_bindgen(js_name = defineElements)]
    fn define_elements(
        css: &str,
        ko: &str,
        en: &str,
        core: Core,
        share_css: &str,
        share: &Closure<dyn Fn(u32, u32, String) -> String>,
    ) -> Promise;
}

/// Registers `<sori-captcha>` and `<sori-share>`, after `init()`. Resolves when the elements work; a second call
/// changes nothing.
#[wasm_bindgen]
pub fn define() -> Promise {
    let share = Closure::new(|event, session, facts: String| share::share(event, session, &facts));
    let defined = define_elements(
        include_str!("captcha.css"),
        include_str!("../locale/ko.json"),
        include_str!("../locale/en.json"),
        Core::new(),
        include_str!("share.css"),
        &share,
    );
    // The elements live as long as the page.
    share.forget();
    defined
}
