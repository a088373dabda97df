//! Sori (소리): an accessible audio captcha and a NAVER share button for web pages.
//!
//! This is the widget's crate; most people want the npm package built from it. The ten-minute tour:
//!
//! 1. [`captcha::state`] defines the state of a captcha: its phase, and beside it the challenge that the phase is
//!    about.
//! 2. [`captcha::event`] lists what can happen to a captcha, and what the captcha can ask of the browser.
//! 3. [`captcha::step`] takes one event and changes the state. Every rule of behaviour is there.
//! 4. [`captcha::view`] and [`captcha::form`] say what is shown and what the form gets. They are pure functions of the
//!    state, so that every announcement is tested without a browser. They name messages; the texts are in `src/locale`.
//! 5. `web::captcha` has the methods that the shell in the browser calls, and the methods that Rust calls on the shell.
//! 6. [`share`] is the share button, built the same way.
//!
//! ```
//! use sori_captcha::captcha::{
//!     event::{By, Effect, Event},
//!     message::{Message, Words},
//!     part::Part,
//!     state::Captcha,
//!     step::step,
//!     view::View,
//! };
//! use sori_captcha::config::{Attribute, Config};
//!
//! let attributes = |name| (name == Attribute::Endpoint).then(|| "/captcha".to_owned());
//! let config = Config::read(attributes, |warning| panic!("{warning:?}"));
//! let mut captcha = Captcha::new(config, false, String::new());
//!
//! // Pressing Play is the first act, and the first request.
//! let effects = step(&mut captcha, Event::Toggle(By::Button));
//! assert!(effects.contains(&Effect::RequestKey));
//!
//! // Its name changes at the press.
//! let said = View::of(&captcha).text(Part::Play).expect("Play has a name");
//! assert_eq!(said.words, Words::Ours(Message::Pause.into()));
//! ```

#![cfg_attr(not(test), warn(clippy::unwrap_used))]
#![cfg_attr(
    all(target_arch = "wasm32", feature = "bare", not(feature = "captcha")),
    no_std
)]

extern crate alloc;

/// What the widget and the backend share: the error codes and the protocol.
pub use sori_wire::{error, protocol};

#[cfg(feature = "captcha")]
pub mod captcha;
#[cfg(feature = "captcha")]
pub mod config;
pub mod locale;
mod names;
#[cfg(feature = "share")]
pub mod share;
#[cfg(feature = "captcha")]
mod text;

#[cfg(all(target_arch = "wasm32", feature = "bare", not(feature = "captcha")))]
mod bare;
#[cfg(target_arch = "wasm32")]
pub mod web;
