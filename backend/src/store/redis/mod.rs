//! The book in Redis or Valkey, shared by several instances.
//!
//! Each step is one script, which the server runs whole. What a step means is defined by [`crate::book`];
//! a property test drives this store and the memory with the same steps and compares every answer. Three
//! things exist here alone:
//!
//! - A call whose instance has died is over after a while, and counts as made.
//! - A server that has lost everything, within a day, is told by each instance what it has seen spent.
//! - A step that its caller has given up is not carried out later by a server that was stopped meanwhile.
//!
//! Every key begins with `{PREFIX:…}`, so that a cluster keeps all in one slot, and has an end of life.
//! Keys, tokens, sessions and addresses are there as hashes only.

mod address;
mod link;
mod reply;
mod scripts;

pub use address::Address;

use super::{Call, Claim, Issued, Refusal, Status, Store, Unavailable};
use crate::{
    book::{CallId, End, Issue, KeyRefusal, Policy, TokenRefusal, VerifiedBy},
    clock::{Clock, KoreanDay, Moment},
    limit::{Limits, Refused, Take, Visitor},
    secret::{Fingerprint, hex, random},
};
use async_trait::async_trait;
use core::time::Duration;
use link::{Link, PATIENCE};
use redis::{Script, ScriptInvocation};
use reply::{Ledger, Words, letter, unexpected};
use scripts::Scripts;
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

/// A call that has not ended after so long, and twice the upstream's timeout, never will.
const CALL_LIFE: Duration = Duration::from_secs(60);

/// Where the book is, and which.
#[derive(Clone, Debug)]
pub struct Place {
    /// The server.
    pub address: Address,
    /// What every key begins with: several sites can share a server.
    pub prefix: String,
    /// Whose calls are counted, so that another account's are counted apart. Never the id itself.
    pub account: Fingerprint,
}

/// Why the store cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address cannot be used.
    #[error("{0}")]
    Address(String),
    /// The server refuses who asks.
    #[error("the server refuses the connection: {0}")]
    Refused(String),
    /// The server throws keys away when its memory is full, and with them the day's count.
    #[error(
        "its maxmemory-policy is {0}, which throws away the day's count and the keys that are out when memory \
         is full; it must be noeviction"
    )]
    Evicts(String),
}

/// See the module's documentation.
pub struct Redis {
    link: Link,
    scripts: Scripts,
    names: Names,
    policy: Policy,
    limits: Limits,
    call_life: Duration,
    /// A test's time; `None` for the server's.
    clock: Option<Clock>,
    seen: Mutex<Seen>,
    fresh: String,
}

/// What the server has said of itself.
#[derive(Debug, Default)]
struct Seen {
    ledger: Option<Ledger>,
    /// The server's time, and when it was told.
    time: Option<(u64, Instant)>,
    /// The highest threshold of the day's use that was warned of.
    warned: u8,
}

#[derive(Debug)]
struct Names {
    tag: String,
    ledger: [String; 4],
}

impl Names {
    fn new(place: &Place) -> Self {
        let tag = format!("{{{}:{}}}", place.prefix, &place.account.short()[..8]);
        let ledger = ["ledger", "calls", "open", "lapse"].map(|name| format!("{tag}:{name}"));
        Self { tag, ledger }
    }

    fn key(&self, key: Fingerprint) -> String {
        format!("{}:k:{}", self.tag, key.short())
    }

    fn token(&self, token: Fingerprint) -> String {
        format!("{}:t:{}", self.tag, token.short())
    }

    /// An address is personal: what is kept is its hash, for as long as its window.
    fn window(&self, take: &Take) -> String {
        let whose = Fingerprint::of(&format!("{:?}", take.bucket)).short();
        let scope = take.bucket.scope().as_str();
        let (count, span) = (take.rate.count(), take.rate.per().as_millis());
        format!("{}:w:{scope}:{whose}:{count}/{span}", self.tag)
    }
}

impl Redis {
    /// A store at `place`. The server may be away: then it is used once it is there.
    ///
    /// # Errors
    /// If the server is there and cannot be used.
    pub async fn open(
        place: &Place,
        policy: Policy,
        limits: Limits,
        upstream_timeout: Duration,
    ) -> Result<Self, StoreError> {
        let store = Self::new(place, policy, limits, upstream_timeout)?;
        match store.link.server().await {
            Ok(server) => {
                match server.policy.as_deref() {
                    Some("noeviction") => {}
                    Some(policy) => return Err(StoreError::Evicts(policy.to_owned())),
                    None => tracing::warn!(
                        "the store's maxmemory-policy cannot be read here; it must be noeviction, or the \
                         day's count may be thrown away"
                    ),
                }
                let version = server.version.unwrap_or_else(|| "unknown".to_owned());
                tracing::info!(store = %place.address, version, "the book is shared");
            }
            Err(error) if link::is_refusal(&error) => {
                return Err(StoreError::Refused(link::describe(&error)));
            }
            // It says so itself, once.
            Err(_) => {}
        }
        store.maintain().await;
        Ok(store)
    }

    /// A store whose time is a test's, and where calls whose instance is gone are over after `call_life`.
    ///
    /// # Errors
    /// See [`open`](Self::open).
    #[doc(hidden)]
    pub async fn open_at(
        place: &Place,
        policy: Policy,
        limits: Limits,
        clock: Clock,
        call_life: Duration,
    ) -> Result<Self, StoreError> {
        let mut store = Self::new(place, policy, limits, Duration::ZERO)?;
        store.call_life = call_life;
        store.clock = Some(clock);
        Ok(store)
    }

    fn new(
        place: &Place,
        policy: Policy,
        limits: Limits,
        upstream_timeout: Duration,
    ) -> Result<Self, StoreError> {
        let link = Link::new(&place.address);
        Ok(Self {
            link: link.map_err(|error| StoreError::Address(link::describe(&error)))?,
            scripts: Scripts::default(),
            names: Names::new(place),
            policy,
            limits,
            call_life: CALL_LIFE + upstream_timeout * 2,
            clock: None,
            seen: Mutex::default(),
            fresh: hex(&random::<8>()),
        })
    }

    /// Takes over what was spent on a day and counted elsewhere; `false` if it is another day here.
    ///
    /// # Errors
    /// If the store is away.
    pub async fn import(&self, day: KoreanDay, spent: u32) -> Result<bool, Unavailable> {
        let (mut words, _) = self
            .keep(&self.scripts.import, &[], |call| {
                call.arg(day.number()).arg(spent);
            })
            .await?;
        Ok(words.text()? == "done")
    }

    /// Runs a script that keeps the ledger: what it answers, and how the ledger stands.
    async fn keep(
        &self,
        script: &Script,
        keys: &[String],
        args: impl Fn(&mut ScriptInvocation<'_>),
    ) -> Result<(Words, Ledger), Unavailable> {
        let policy = &self.policy;
        let words = self.run(script, |call| {
            for name in self.names.ledger.iter().chain(keys) {
                call.key(name);
            }
            self.times(call);
            call.arg(
                policy
                    .quota
                    .map_or_else(String::new, |quota| quota.to_string()),
            )
            .arg(millis(policy.reserve))
            .arg(millis(policy.key_ttl))
            .arg(u8::from(policy.verified_by == VerifiedBy::Site))
            .arg(millis(self.call_life));
            match &self.seen().ledger {
                Some(seen) => call.arg(&seen.id).arg(seen.day).arg(seen.spent),
                None => call.arg("").arg("").arg(""),
            };
            call.arg(&self.fresh);
            args(call);
        });
        let mut words = words.await?;
        let ledger = Ledger::read(&mut words)?;
        let mut seen = self.seen();
        seen.time = Some((ledger.clock, Instant::now()));
        seen.ledger = Some(ledger.clone());
        super::warn_when_nearly_spent(&mut seen.warned, ledger.usage(policy.quota));
        Ok((words, ledger))
    }

    /// Runs a script that needs no ledger.
    async fn ask(
        &self,
        script: &Script,
        keys: &[String],
        args: impl Fn(&mut ScriptInvocation<'_>),
    ) -> Result<Words, Unavailable> {
        self.run(script, |call| {
            for name in keys {
                call.key(name);
            }
            self.times(call);
            args(call);
        })
        .await
    }

    async fn run(
        &self,
        script: &Script,
        fill: impl Fn(&mut ScriptInvocation<'_>),
    ) -> Result<Words, Unavailable> {
        for _ in 0..2 {
            let mut call = script.prepare_invoke();
            fill(&mut call);
            let mut words = Words::of(self.link.run(&call).await?)?;
            match words.text()?.as_str() {
                "ok" => return Ok(words),
                // Its clock was set, or it stood still: what we know of its time is of no use.
                "late" => self.seen().time = None,
                _ => return Err(unexpected()),
            }
        }
        Err(Unavailable::new("the store took longer than a step may"))
    }

    /// The time, where a test gives it, and until when the step may begin.
    fn times(&self, call: &mut ScriptInvocation<'_>) {
        match &self.clock {
            Some(clock) => call.arg(clock.now().as_millis()),
            None => call.arg(""),
        };
        match self.seen().time {
            Some((time, told)) => call.arg(time + millis(told.elapsed() + PATIENCE)),
            None => call.arg(""),
        };
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Store for Redis {
    async fn admit(&self, visitor: &Visitor) -> Result<Call, Refusal> {
        let takes = self.limits.takes(visitor);
        let windows: Vec<_> = takes.iter().map(|take| self.names.window(take)).collect();
        let (mut words, ledger) = self
            .keep(&self.scripts.admit, &windows, |call| {
                for take in &takes {
                    call.arg(take.rate.count()).arg(millis(take.rate.per()));
                }
            })
            .await?;
        match words.text()?.as_str() {
            "admitted" => Ok(opened(&mut words, &ledger)?),
            "exhausted" => Err(exhausted(&mut words)?),
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
                script.arg(call.id.0).arg(key.short()).arg(host);
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
                script
                    .arg(millis(self.policy.key_ttl))
                    .arg(crate::book::AUDIO_FETCHES);
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
        // The link has said that the store is away; the count of one fetch is no loss.
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

    async fn over(&self, call: Call, end: End) -> Result<(), Unavailable> {
        let (counted, verdict) = match end {
            End::GivenBack => (false, ""),
            End::Made(verdict) => (true, letter(verdict)),
            End::Dismissed => (false, letter(crate::book::Verdict::Wrong)),
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

    async fn close(&self, call: Call) -> Result<(), Unavailable> {
        let (mut words, _) = self
            .keep(&self.scripts.close, &[], |script| {
                script
                    .arg(call.admitted.as_millis())
                    .arg(millis(crate::book::MIDNIGHT_DOUBT));
            })
            .await?;
        if words.text()? == "closed" {
            tracing::warn!(
                "the upstream says that the day's quota is spent; no call is made until it returns"
            );
        }
        Ok(())
    }

    async fn open(&self) -> Result<(), Unavailable> {
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

    /// Sees whether the server is there, so that it is known before a visitor comes.
    async fn maintain(&self) {
        // The link says what is wrong, once.
        let _ = self.status().await;
    }
}

impl core::fmt::Debug for Redis {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_tuple("Redis").field(&self.link).finish()
    }
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
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
