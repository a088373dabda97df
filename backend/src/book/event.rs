//! What can happen to the book, in the form the journal keeps.

use crate::{clock::Moment, secret::Fingerprint};
use serde::{Deserialize, Serialize};

/// Names a call to the upstream from its admission to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallId(pub u64);

/// An event and its time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// When it happened.
    pub at: Moment,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// How a call ended that brought no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// The upstream has counted nothing: it was not sent, or refused at the door. The call is given back,
    /// and a verification's key can be answered as before.
    GivenBack,
    /// The upstream may have counted it. A verification has this verdict.
    Made(Verdict),
    /// The upstream was not asked, since the answer can only be wrong. The call is given back; the key is
    /// used up.
    Dismissed,
}

/// What became of a verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The answer is right.
    Right,
    /// The answer is wrong.
    Wrong,
    /// The upstream does not know the key any more.
    KeyGone,
    /// The call failed on the way; nobody knows.
    Lost,
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
        /// The request that took it, which may ask for the verdict again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bound_to: Option<Fingerprint>,
    },
    /// A call ended without a key.
    Over {
        /// The call.
        call: CallId,
        /// How.
        end: End,
    },
    /// The upstream says the quota is spent.
    Closed {
        /// When to try again.
        until: Moment,
    },
    /// An operator opened the day again.
    Opened,
    /// A token was given for the right answer to `key`.
    Granted {
        /// The key.
        key: Fingerprint,
        /// The token.
        token: Fingerprint,
    },
    /// A token was claimed.
    Redeemed {
        /// The token.
        token: Fingerprint,
        /// The request that claimed it, which may ask again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bound_to: Option<Fingerprint>,
    },
    /// The clock was set back to the entry's time.
    SetBack,
}
