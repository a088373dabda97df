//! What goes over the wire between Sori's widget, a site and the backend: error codes, paths, names, and what a key
//! looks like.
//!
//! The crate uses no type of a browser or a server, so that both sides can depend on it.

#![cfg_attr(not(test), no_std)]
#![cfg_attr(not(test), warn(clippy::unwrap_used))]

extern crate alloc;

pub mod error;
pub mod protocol;
