//! A challenge: its key, and what the visitor hears.

use crate::protocol::Key;

/// A key that the backend issued. Issuing it has used one call of the day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    /// The key.
    pub key: Key,
    /// How long it is valid, in s, if the backend says so.
    pub expires_in: Option<u32>,
}

/// The content of a challenge besides its key. So far it is always audio; an image would be a second variant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sound {
    /// Where the digits begin, in ms; empty where no pauses were found.
    pub starts: Vec<u32>,
}

/// A challenge that can be heard and answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// Its key.
    pub issued: Issued,
    /// Its audio.
    pub sound: Sound,
}
