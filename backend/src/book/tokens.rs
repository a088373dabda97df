//! Tokens: what a right answer earns in inline mode, redeemed once.

use super::{Book, Event, Issue, Policy};
use crate::{clock::Moment, secret::Fingerprint};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct TokenRecord {
    pub(super) granted: Moment,
    host: Box<str>,
    issued: Moment,
    redeemed: bool,
}

/// Why a token is not worth anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenRefusal {
    /// This backend did not grant it, or has forgotten it.
    Unknown,
    /// It was redeemed before, or is older than `SORI_TOKEN_TTL`.
    Spent,
}

impl Book {
    /// Grants a token for a right answer to the challenge issued as `issue` says.
    #[must_use]
    pub fn grant(token: Fingerprint, issue: &Issue) -> Event {
        Event::Granted {
            token,
            host: issue.host.clone(),
            issued: issue.issued,
        }
    }

    /// Claims a token.
    ///
    /// # Errors
    /// If it is unknown, expired or was claimed before.
    pub fn redeem(
        &self,
        policy: &Policy,
        token: Fingerprint,
    ) -> Result<(Issue, Event), TokenRefusal> {
        let record = self.tokens.get(&token).ok_or(TokenRefusal::Unknown)?;
        if record.redeemed || record.granted + policy.token_ttl <= self.now {
            return Err(TokenRefusal::Spent);
        }
        let issue = Issue {
            host: record.host.clone(),
            issued: record.issued,
        };
        Ok((issue, Event::Redeemed { token }))
    }

    pub(super) fn enter_token(&mut self, token: Fingerprint, host: &str, issued: Moment) {
        let record = TokenRecord {
            granted: self.now,
            host: host.into(),
            issued,
            redeemed: false,
        };
        if self.tokens.insert(token, record).is_none() {
            self.tokens_by_age.push_back((self.now, token));
        }
    }

    pub(super) fn enter_redeemed(&mut self, token: Fingerprint) {
        if let Some(record) = self.tokens.get_mut(&token) {
            record.redeemed = true;
        }
    }

    /// Forgets tokens at twice their lifetime: until then an expired one is told from an unknown one.
    pub(super) fn forget_tokens(&mut self, policy: &Policy) {
        while let Some(&(granted, token)) = self.tokens_by_age.front() {
            if granted + policy.token_ttl * 2 > self.now {
                break;
            }
            self.tokens_by_age.pop_front();
            self.tokens.remove(&token);
        }
    }
}
