//! The entry point of the share button. `share.js` makes all calls to the browser and calls this function
//! for the answers. So the module imports nothing, and links neither closures nor futures.

use alloc::string::String;

use wasm_bindgen::prelude::*;

/// What follows an event: see [`crate::share::answer::answer`].
#[wasm_bindgen]
pub fn share(event: u32, session: u32, facts: &str) -> String {
    crate::share::answer::answer(event, session, facts)
}
