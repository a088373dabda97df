//! Sori (소리): an accessible audio captcha and a NAVER share button for web pages.

pub mod error;
pub mod protocol;
#[cfg(feature = "share")]
pub mod share;
