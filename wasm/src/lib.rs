//! Re-exports the widget so that its release build has a `cdylib` output only.
//!
//! Cargo silently omits LTO for a crate that also produces an `rlib` (rust-lang/cargo#9672); for this
//! module that costs 2 kB after brotli.
#![cfg_attr(
    all(target_arch = "wasm32", feature = "bare", not(feature = "captcha")),
    no_std
)]

pub use sori_captcha::*;
