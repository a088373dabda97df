//! The share button's decisions: which URL and title, whether they may be shared, how they are encoded,
//! what is shown, and what follows an act. Nothing here knows a browser; `web::share` performs it.
//!
//! ```
//! use sori_captcha::share::{address, encode};
//! let url = address::accept("https://example.com/글?a=1&b=2").unwrap().url;
//! let link = encode::share_link(&url, "제목");
//! assert!(link.starts_with("https://share.naver.com/web/shareView?url=https%3A%2F%2Fexample.com%2F"));
//! ```

pub mod act;
pub mod address;
pub mod choice;
pub mod encode;
pub mod look;
pub mod popup;
pub mod text;
pub mod view;
