//! Re-exports the widget so that its release build has a `cdylib` output only.
//!
//! Cargo silently omits LTO for a crate that also produces an `rlib` (rust-lang/cargo#9672); for this
//! module that costs 2 kB after brotli.

pub use sori_captcha::*;
