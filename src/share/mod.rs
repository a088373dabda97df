//! The share button's decisions: which URL and title, whether they may be shared, how they are encoded,
//! what is shown, and what happens after a press. No browser type is used here; `web::share` performs the effects.
//!
//! ```
//! use sori_captcha::share::encode::share_link;
//! let link = share_link("https://example.com/", "제목");
//! assert!(link.starts_with("https://share.naver.com/web/shareView?url=https%3A%2F%2Fexample.com%2F"));
//! ```

pub mod act;
pub mod address;
pub mod button;
pub mod choice;
pub mod encode;
pub mod facts;
pub mod look;
pub mod popup;
pub mod settings;
pub mod text;
pub mod view;
pub mod warning;
