//! The backend over real HTTP, in front of the emulator or of an upstream that fails on demand.
#![allow(
    clippy::unwrap_used,
    reason = "clippy does not take a test's helpers for tests"
)]

mod bounds;
mod by_hand;
mod corpus;
mod faults;
mod leaving;
mod limits;
mod ncloud;
mod origin;
mod privacy;
mod quota;
mod scripted;
mod site;
mod siteverify;
mod slow;
mod throttled;
mod verified_once;
