//! The captcha's machine against a model of the browser: what a person hears, what the form gets, what is
//! requested. Each test is named after what could go wrong.
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
