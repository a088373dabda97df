//! The server side of Sori.

pub mod practice;
