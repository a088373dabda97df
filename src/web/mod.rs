//! The way into the elements from JavaScript. The shells beside these modules (`captcha/`, `share.js`) say what the
//! browser has and what happened, and do what follows. No rule is there, and none is here.

#[cfg(feature = "captcha")]
pub mod captcha;
#[cfg(all(feature = "define", feature = "captcha", feature = "share"))]
pub mod define;
#[cfg(feature = "share")]
pub mod share;
