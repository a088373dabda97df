//! The way into the elements from JavaScript. The shells beside these modules (`captcha/`, `share.js`)
//! say what the browser has and what happened, as numbers and strings, and do what the answers say. No
//! rule is there, and none is here: both are kept so thin because a line of glue costs more bytes than a
//! line of logic.

#[cfg(feature = "captcha")]
pub mod captcha;
#[cfg(feature = "share")]
pub mod share;
