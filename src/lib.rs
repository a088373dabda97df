//! Sori (소리): an accessible audio captcha and a NAVER share button for web pages.

#![cfg_attr(not(test), warn(clippy::unwrap_used))]
#![cfg_attr(
    all(target_arch = "wasm32", feature = "bare", not(feature = "captcha")),
    no_std
)]

extern crate alloc;

#[cfg(feature = "captcha")]
pub mod captcha;
#[cfg(feature = "captcha")]
pub mod config;
pub mod error;
pub mod locale;
pub mod protocol;
#[cfg(feature = "share")]
pub mod share;

#[cfg(all(target_arch = "wasm32", feature = "bare", not(feature = "captcha")))]
mod bare;
#[cfg(target_arch = "wasm32")]
pub mod web;
