//! The captcha without a browser: its state, its events and its effects.
//!
//! [`step`](step::step) takes a [`Captcha`](state::Captcha) and an [`Event`](event::Event) and gives the
//! next captcha and the [`Effect`](event::Effect)s to perform. What is shown is a pure function of the
//! captcha ([`view`]), as is what the form gets ([`form`]).
//!
//! There are no cycles between the modules: `message ← status ← state ← event ← form ← controls ← description ← view ← step`,
//! each of which may use what stands before it (`tests/modules.rs` holds that), and the others use none of these.

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
