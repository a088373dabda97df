//! The way into the share button. What it asks of the browser is in `share.js`, which asks nothing of
//! this module but answers: so the module imports nothing, and links neither closures nor futures.

use alloc::string::String;

use wasm_bindgen::prelude::*;

/// What follows an event: see [`crate::share::answer::answer`].
#[wasm_bindgen]
pub fn share(event: u32, session: u32, facts: &str) -> String {
    crate::share::answer::answer(event, session, facts)
}
