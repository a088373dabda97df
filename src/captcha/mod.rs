//! The captcha without a browser: what it is, what can happen to it, what follows.
//!
//! [`step`](step::step) takes a [`Captcha`](state::Captcha) and an [`Event`](event::Event) and gives the
//! next captcha and the [`Effect`](event::Effect)s to perform. What is shown is a pure function of the
//! captcha ([`view`]), as is what the form gets ([`form`]).

pub mod answer;
pub mod bridge;
pub mod controls;
pub mod description;
pub mod event;
pub mod form;
pub mod keys;
pub mod messages;
pub mod pauses;
pub mod state;
pub mod status;
pub mod step;
pub mod template;
#[cfg(not(target_arch = "wasm32"))]
pub mod translations;
pub mod view;
pub mod wav;
