//! The wire that Sori's widget, a site and the backend share: error codes, paths, names, and what a key looks like.
//!
//! It uses no type of a browser or a server, so that both sides can depend on it.

#![cfg_attr(not(test), no_std)]
#![cfg_attr(not(test), warn(clippy::unwrap_used))]

extern crate alloc;

pub mod error;
pub mod protocol;
