//! The browser's side of the module.

#[cfg(feature = "share")]
pub mod share;
