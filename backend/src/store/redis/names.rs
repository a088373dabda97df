//! The names of the entries in the server.

use super::Place;
use crate::{limit::Take, secret::Fingerprint};

#[derive(Debug)]
pub(super) struct Names {
    tag: String,
    /// The names that every script with the ledger gets.
    pub(super) ledger: [String; 5],
}

impl Names {
    pub(super) fn new(place: &Place) -> Self {
        let tag = format!("{{{}:{}}}", place.prefix, &place.account.short()[..8]);
        let ledger =
            ["ledger", "calls", "open", "lapse", "order"].map(|name| format!("{tag}:{name}"));
        Self { tag, ledger }
    }

    pub(super) fn key(&self, key: Fingerprint) -> String {
        format!("{}:k:{}", self.tag, key.short())
    }

    pub(super) fn token(&self, token: Fingerprint) -> String {
        format!("{}:t:{}", self.tag, token.short())
    }

    /// An IP address is personal data. Only its hash is stored, and only as long as its window lasts.
    pub(super) fn window(&self, take: &Take) -> String {
        let whose = Fingerprint::of(&format!("{:?}", take.bucket)).short();
        let scope = take.bucket.scope().as_str();
        let (count, span) = (take.rate.count(), take.rate.per().as_millis());
        format!("{}:w:{scope}:{whose}:{count}/{span}", self.tag)
    }
}
