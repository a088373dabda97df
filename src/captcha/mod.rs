//! The captcha without a browser: its state, its events and its effects.
//!
//! [`step`](step::step) takes a [`Captcha`](state::Captcha) and an [`Event`](event::Event) and gives the
//! next captcha and the [`Effect`](event::Effect)s to perform. What is shown ([`view`]) and what the form gets
//! ([`form`]) are pure functions of the captcha.
//!
//! There are no cycles between these modules. Each of them uses only modules to its left, which `tests/modules.rs`
//! checks: `part ← message ← status ← state ← event ← form ← controls ← description ← view ← step`.
//! The other modules use none of these.

pub mod answer;
pub mod controls;
pub mod description;
pub mod event;
pub mod form;
pub mod keys;
pub mod message;
pub mod part;
pub mod pauses;
pub mod state;
pub mod status;
pub mod step;
pub mod view;
pub mod wav;
