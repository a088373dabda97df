//! What can happen to the book, in the form the journal keeps.

use crate::{clock::Moment, secret::Fingerprint};
use serde::{Deserialize, Serialize};

/// Names a call to the upstream from its admission to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallId(pub(super) u64);

/// An event and its time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// When it happened.
    pub at: Moment,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// A change to the book. Keys and tokens are named by fingerprint: the journal holds neither.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A call that issues a key was admitted: one call is spent and one reserved.
    Asked {
        /// The call.
        call: CallId,
    },
    /// The upstream issued a key to a visitor of `host`.
    Issued {
        /// The call that asked.
        call: CallId,
        /// The key.
        key: Fingerprint,
        /// The host of the page, for siteverify's `hostname`.
        host: Box<str>,
    },
    /// The key's audio was delivered.
    Heard {
        /// The key.
        key: Fingerprint,
    },
    /// A call that verifies an answer was admitted; the key's one verification is taken.
    Claimed {
        /// The call.
        call: CallId,
        /// The key.
        key: Fingerprint,
    },
    /// A call ended without a key, or with a verdict. If it was never `sent`, it is given back.
    Over {
        /// The call.
        call: CallId,
        /// Whether a connection was made, so that the upstream may have counted it.
        sent: bool,
    },
    /// The upstream says the quota is spent.
    Closed {
        /// When to try again.
        until: Moment,
    },
    /// A token was given for a right answer.
    Granted {
        /// The token.
        token: Fingerprint,
        /// The host of the page.
        host: Box<str>,
        /// When the challenge's key was issued.
        issued: Moment,
    },
    /// A token was claimed.
    Redeemed {
        /// The token.
        token: Fingerprint,
    },
}
