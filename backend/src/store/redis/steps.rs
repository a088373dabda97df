//! The steps of the store: which script runs with which arguments, and how its reply is read.

use super::{
    Redis, millis,
    reply::{Ledger, Words, letter, unexpected},
};
use crate::{
    book::{AUDIO_FETCHES, CallId, End, Issue, KeyRefusal, MIDNIGHT_DOUBT, TokenRefusal, Verdict},
    clock::Moment,
    limit::{Refused, Visitor},
    secret::Fingerprint,
    store::{Call, Claim, Issued, Refusal, Status, Store, Unavailable, warn_when_full},
};
use async_trait::async_trait;
use core::time::Duration;

#[async_trait]
impl Store for Redis {
    async fn admit(&self, visitor: &Visitor) -> Result<Call, Refusal> {
        let takes = self.limits.takes(visitor);
        let windows: Vec<_> = takes.iter().map(|take| self.names.window(take)).collect();
        let (mut words, ledger) = self
            .keep(&self.scripts.admit, &windows, |call| {
                call.arg(self.policy.keys_most);
                for take in &takes {
                    call.arg(take.rate.count()).arg(millis(take.rate.per()));
                }
            })
            .await?;
        match words.text()?.as_str() {
            "admitted" => Ok(opened(&mut words, &ledger)?),
            "exhausted" => Err(exhausted(&mut words)?),
            "full" => {
                warn_when_full(&mut self.seen().full, &self.policy);
                Err(exhausted(&mut words)?)
            }
            "limited" => {
                let at = usize::try_from(words.number()?).map_err(|_| unexpected())?;
                let take = takes.get(at).ok_or_else(unexpected)?;
                Err(Refusal::Limited(Refused {
                    scope: take.bucket.scope(),
                    rate: take.rate,
                    wait: Duration::from_millis(words.millis()?),
                }))
            }
            _ => Err(unexpected().into()),
        }
    }

    async fn issue(&self, call: Call, key: Fingerprint, host: &str) -> Result<Issued, Unavailable> {
        let keys = [self.names.key(key)];
        let (mut words, _) = self
            .keep(&self.scripts.issue, &keys, |script| {
                script
                    .arg(call.id.0)
                    .arg(key.short())
                    .arg(host)
                    .arg(self.policy.keys_most);
            })
            .await?;
        match words.text()?.as_str() {
            "entered" => Ok(Issued::Entered),
            "duplicate" => Ok(Issued::Duplicate),
            _ => Err(unexpected()),
        }
    }

    async fn admit_audio(&self, key: Fingerprint) -> Result<(), Refusal> {
        let keys = [self.names.key(key)];
        let mut words = self
            .ask(&self.scripts.audio, &keys, |script| {
                script.arg(millis(self.policy.key_ttl)).arg(AUDIO_FETCHES);
            })
            .await?;
        match words.text()?.as_str() {
            "admitted" => Ok(()),
            refusal => Err(key_refusal(refusal)?),
        }
    }

    async fn hear(&self, key: Fingerprint) -> Result<(), Unavailable> {
        let keys = [self.names.key(key)];
        self.ask(&self.scripts.hear, &keys, |_| {}).await?;
        Ok(())
    }

    async fn audio_failed(&self, key: Fingerprint) {
        let keys = [self.names.key(key)];
        // The link has logged that the store cannot be reached. It does not matter if one fetch is counted too many.
        let _ = self.ask(&self.scripts.audio_failed, &keys, |_| {}).await;
    }

    async fn claim(
        &self,
        key: Fingerprint,
        bound_to: Option<Fingerprint>,
    ) -> Result<Claim, Refusal> {
        let keys = [self.names.key(key)];
        let (mut words, ledger) = self
            .keep(&self.scripts.claim, &keys, |script| {
                script.arg(key.short()).arg(request(bound_to));
            })
            .await?;
        match words.text()?.as_str() {
            "taken" => {
                let call = opened(&mut words, &ledger)?;
                Ok(Claim::Taken(call, issue(&mut words)?))
            }
            "judged" => {
                let verdict = words.verdict()?;
                Ok(Claim::Judged(verdict, issue(&mut words)?))
            }
            "under_way" => Ok(Claim::UnderWay),
            "exhausted" => Err(exhausted(&mut words)?),
            refusal => Err(key_refusal(refusal)?),
        }
    }

    async fn end_call(&self, call: Call, end: End) -> Result<(), Unavailable> {
        let (counted, verdict) = match end {
            End::GivenBack => (false, ""),
            End::Made(verdict) => (true, letter(verdict)),
            End::Dismissed => (false, letter(Verdict::Wrong)),
        };
        self.keep(&self.scripts.over, &[], |script| {
            script.arg(call.id.0).arg(u8::from(counted)).arg(verdict);
        })
        .await?;
        Ok(())
    }

    async fn grant(&self, key: Fingerprint, token: Fingerprint) -> Result<(), Refusal> {
        let keys = [self.names.key(key), self.names.token(token)];
        let mut words = self
            .ask(&self.scripts.grant, &keys, |script| {
                script
                    .arg(millis(self.policy.key_ttl))
                    .arg(millis(self.policy.token_ttl));
            })
            .await?;
        match words.text()?.as_str() {
            "granted" => Ok(()),
            refusal => Err(key_refusal(refusal)?),
        }
    }

    async fn redeem(
        &self,
        token: Fingerprint,
        bound_to: Option<Fingerprint>,
    ) -> Result<Issue, Refusal> {
        let keys = [self.names.token(token)];
        let mut words = self
            .ask(&self.scripts.redeem, &keys, |script| {
                script
                    .arg(millis(self.policy.token_ttl))
                    .arg(request(bound_to));
            })
            .await?;
        match words.text()?.as_str() {
            "redeemed" => Ok(issue(&mut words)?),
            "unknown" => Err(Refusal::Token(TokenRefusal::Unknown)),
            "spent" => Err(Refusal::Token(TokenRefusal::Spent)),
            _ => Err(unexpected().into()),
        }
    }

    async fn close_day(&self, call: Call) -> Result<(), Unavailable> {
        let (mut words, _) = self
            .keep(&self.scripts.close, &[], |script| {
                script
                    .arg(call.admitted.as_millis())
                    .arg(millis(MIDNIGHT_DOUBT));
            })
            .await?;
        if words.text()? == "closed" {
            tracing::warn!(
                "the upstream says that the day's quota is spent; no call is made until it returns \
                 (help: troubleshooting#quota_exceeded)"
            );
        }
        Ok(())
    }

    async fn reopen_day(&self) -> Result<(), Unavailable> {
        self.keep(&self.scripts.open, &[], |_| {}).await?;
        Ok(())
    }

    async fn status(&self) -> Result<Status, Unavailable> {
        let (_, ledger) = self.keep(&self.scripts.status, &[], |_| {}).await?;
        Ok(Status {
            usage: ledger.usage(self.policy.quota),
            closed_for: ledger.closed.map(|until| until.since(ledger.now)),
            keys: None,
            tokens: None,
            journal: None,
        })
    }

    async fn trouble(&self) -> Option<String> {
        self.link.trouble()
    }

    /// Checks that the server can be reached, so that a failure is known before a visitor comes.
    async fn maintain(&self) {
        // The link logs what is wrong, once.
        let _ = self.status().await;
    }
}

fn request(bound_to: Option<Fingerprint>) -> String {
    bound_to.map_or_else(String::new, Fingerprint::short)
}

fn opened(words: &mut Words, ledger: &Ledger) -> Result<Call, Unavailable> {
    let id = words.text()?.parse().map_err(|_| unexpected())?;
    Ok(Call {
        id: CallId(id),
        admitted: ledger.now,
    })
}

fn issue(words: &mut Words) -> Result<Issue, Unavailable> {
    let issued: Moment = words.moment()?;
    let host = words.text()?.into();
    Ok(Issue { host, issued })
}

fn exhausted(words: &mut Words) -> Result<Refusal, Unavailable> {
    let wait = Duration::from_millis(words.millis()?);
    Ok(Refusal::Exhausted { wait })
}

fn key_refusal(word: &str) -> Result<Refusal, Unavailable> {
    let refusal = match word {
        "unknown" => KeyRefusal::Unknown,
        "expired" => KeyRefusal::Expired,
        "used" => KeyRefusal::Used,
        "unheard" => KeyRefusal::Unheard,
        "overfetched" => KeyRefusal::Overfetched,
        _ => return Err(unexpected()),
    };
    Ok(Refusal::Key(refusal))
}
