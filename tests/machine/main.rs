//! The captcha's state machine with a model of the browser: what a person hears, what the form contains, what is
//! requested. Each test is named after what must hold.
#![cfg(all(not(target_arch = "wasm32"), feature = "captcha"))]

mod any_text;
mod browser;
mod checking;
mod failures;
mod form;
mod lifecycle;
mod listening;
mod main_path;
mod properties;
mod sound;
mod submission;
mod told;
