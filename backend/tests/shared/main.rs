//! The shared store with a real Redis: it does the same as the memory, step by step; several instances use it at
//! once; the server fails; the server runs in each of the usual ways.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "clippy does not take a test's helpers for tests"
)]

mod equal;
mod faults;
mod model;
mod order;
mod program;
mod relay;
mod server;
mod together;
mod topology;
