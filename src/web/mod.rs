//! The entry points for JavaScript. The shells beside these modules (`captcha/`, `share/`) report what the browser
//! has and what happened, and perform what follows. Neither the shells nor these modules have any rules, except
//! for what must be painted and done before there is a core.

#[cfg(feature = "captcha")]
pub mod captcha;
#[cfg(all(feature = "define", feature = "captcha", feature = "share"))]
pub mod define;
#[cfg(feature = "share")]
pub mod share;
