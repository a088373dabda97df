//! Sori (소리): an accessible audio captcha and a NAVER share button for web pages.

#![cfg_attr(
    all(target_arch = "wasm32", feature = "bare", not(feature = "captcha")),
    no_std
)]

extern crate alloc;

pub mod error;
pub mod locale;
pub mod protocol;
#[cfg(feature = "share")]
pub mod share;

#[cfg(all(target_arch = "wasm32", feature = "bare", not(feature = "captcha")))]
mod bare;
#[cfg(all(target_arch = "wasm32", feature = "share"))]
#[path = "web/share.rs"]
pub mod web_share;
