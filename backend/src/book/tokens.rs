//! Tokens: a right answer gets one in inline mode, and siteverify accepts it once.

use super::{Book, Event, Issue, Policy};
use crate::{clock::Moment, secret::Fingerprint};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct TokenRecord {
    pub(super) granted: Moment,
    host: Box<str>,
    issued: Moment,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    redeemed: Option<Redeemed>,
}

/// A token was claimed. If the request that claimed it identified itself, this is its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Redeemed {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bound_to: Option<Fingerprint>,
}

/// Why a token is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenRefusal {
    /// This backend did not grant it, or has forgotten it.
    Unknown,
    /// It was claimed before, or is older than `SORI_TOKEN_TTL`.
    Spent,
}

impl Book {
    /// Claims a token for the request that `bound_to` identifies. If the same request asks again, it gets the same
    /// result, without a new event.
    ///
    /// # Errors
    /// If it is unknown, expired or was claimed by another request.
    pub fn redeem(
        &self,
        policy: &Policy,
        token: Fingerprint,
        bound_to: Option<Fingerprint>,
    ) -> Result<(Issue, Option<Event>), TokenRefusal> {
        let record = self.tokens.get(&token).ok_or(TokenRefusal::Unknown)?;
        let issue = Issue {
            host: record.host.clone(),
            issued: record.issued,
        };
        match record.redeemed {
            Some(redeemed) if bound_to.is_some() && redeemed.bound_to == bound_to => {
                Ok((issue, None))
            }
            None if record.granted + policy.token_ttl > self.now => {
                Ok((issue, Some(Event::Redeemed { token, bound_to })))
            }
            _ => Err(TokenRefusal::Spent),
        }
    }

    pub(super) fn enter_token(&mut self, token: Fingerprint, issue: Issue) {
        let record = TokenRecord {
            granted: self.now,
            host: issue.host,
            issued: issue.issued,
            redeemed: None,
        };
        if self.tokens.insert(token, record).is_none() {
            self.tokens_by_age.push_back((self.now, token));
        }
    }

    pub(super) fn enter_redeemed(&mut self, token: Fingerprint, bound_to: Option<Fingerprint>) {
        if let Some(record) = self.tokens.get_mut(&token)
            && record.redeemed.is_none()
        {
            record.redeemed = Some(Redeemed { bound_to });
        }
    }

    /// Moves tokens with a time in the future to now. Otherwise they would be valid too long.
    pub(super) fn set_tokens_back(&mut self) {
        let now = self.now;
        for record in self.tokens.values_mut() {
            record.granted = record.granted.min(now);
            record.issued = record.issued.min(now);
        }
        for (granted, _) in &mut self.tokens_by_age {
            *granted = (*granted).min(now);
        }
    }

    /// Forgets tokens after twice their lifetime. Until then an expired token can be told from an unknown one.
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
