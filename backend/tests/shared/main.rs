//! The shared store against a real Redis: the same as the memory, step by step; several instances at once;
//! what happens when the server goes away; and the ways in which servers are run.
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
