//! The events that change the book. The journal stores them in this form.

use crate::{clock::Moment, secret::Fingerprint};
use serde::{Deserialize, Serialize};

/// Names one call to the upstream, from the moment it is admitted until it ends.
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

/// How a call ended without issuing a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// The upstream has not counted the call: it was never sent, or was refused at once. The quota gets it back, and
    /// if it was a verification, its key can still be answered.
    GivenBack,
    /// The upstream may have counted the call. If it was a verification, this is its result.
    Made(Verdict),
    /// The upstream was not asked, because the answer cannot be right. The quota gets the call back; the key is used
    /// up.
    Dismissed,
}

/// The result of a verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The answer is right.
    Right,
    /// The answer is wrong.
    Wrong,
    /// The upstream does not know the key any more.
    KeyGone,
    /// The call failed on the way, so the result is unknown.
    Lost,
}

/// A change to the book. Keys and tokens are named by fingerprint: the journal holds neither.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A call that issues a key was admitted. One call is spent, and one is reserved for the verification.
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
    /// A call that verifies an answer was admitted. The key cannot be verified again.
    Claimed {
        /// The call.
        call: CallId,
        /// The key.
        key: Fingerprint,
        /// Identifies the request that claimed the key; the same request may ask for the verdict again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bound_to: Option<Fingerprint>,
    },
    /// A call ended without issuing a key.
    Over {
        /// The call.
        call: CallId,
        /// How.
        end: End,
    },
    /// The upstream says that the quota is used up.
    Closed {
        /// When to try again.
        until: Moment,
    },
    /// An operator allowed calls again today.
    Opened,
    /// The right answer to `key` got a token.
    Granted {
        /// The key.
        key: Fingerprint,
        /// The token.
        token: Fingerprint,
    },
    /// A request claimed a token: siteverify accepted it.
    Redeemed {
        /// The token.
        token: Fingerprint,
        /// Identifies the request that claimed it; the same request may ask again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bound_to: Option<Fingerprint>,
    },
    /// The clock was set back to the time of this entry.
    SetBack,
}
