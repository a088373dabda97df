//! `define()`, for people who build this crate by wasm-pack as it is: the elements' JavaScript is included as snippets.
//! The npm package leaves this file out, to save bytes: its JavaScript is outside the module and loads it.

use js_sys::Promise;
use wasm_bindgen::prelude::*;

use super::{
    captcha::Core,
    share::{self, ShareShell},
};
use crate::share::act::event::ShareEvent;

/// The files of the shells. wasm-bindgen copies only files of which Rust names an export; `tests/shell.rs` checks that
/// the list is complete.
macro_rules! shell {
    ($($path:literal $name:ident)*) => {
        $(
            const _: () = {
                #[wasm_bindgen(module = $path)]
                extern "C" {
                    #[wasm_bindgen(js_name = $name)]
                    fn _file();
                }
            };
        )*
    };
}
shell! {
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
    "/src/web/captcha/silence.js" silence
    "/src/web/captcha/sound.js" start
    "/src/web/captcha/surroundings.js" hasWay
    "/src/web/captcha/template.js" dress
    "/src/web/share/element.js" defineShare
    "/src/web/share/facts.js" fact
    "/src/web/share/painting.js" Painting
    "/src/web/share/popup.js" openPopup
    "/src/web/share/shell.js" Shell
    "/src/web/share/template.js" tree
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
        share: &Closure<dyn Fn(ShareShell, ShareEvent) -> bool>,
    ) -> Promise;
}

/// Registers `<sori-captcha>` and `<sori-share>`, after `init()`. Resolves when the elements work; a second call
/// changes nothing.
#[wasm_bindgen]
pub fn define() -> Promise {
    let share = Closure::new(|shell, event| share::share(&shell, event));
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
