//! The book in Redis or Valkey, shared by several instances.
//!
//! Each step is one script, which the server runs as a whole. [`crate::book`] defines what a step means. A property
//! test runs the same steps on this store and on the one in memory, and compares the results. Three things exist only
//! here:
//!
//! - A call whose instance has died is taken as ended after a while, and counts as made.
//! - If the server has lost all data, each instance tells it within the same day how many calls it has seen.
//! - A step that its caller has given up is not carried out later by a server that was stopped in the meantime.
//!
//! Every name begins with `{PREFIX:…}`, so that a cluster keeps all of them in one hash slot, and every entry
//! expires. Captcha keys, tokens, sessions and IP addresses are stored only as hashes.

mod address;
mod link;
mod names;
mod reply;
mod scripts;
mod steps;

pub use address::Address;

use super::{Store as _, Unavailable};
use crate::{
    book::{DAYS_KEPT, Policy, VerifiedBy},
    clock::{Clock, DRIFT, KoreanDay},
    limit::Limits,
    secret::{Fingerprint, hex, random},
};
use core::{error::Error, time::Duration};
use link::{Link, PATIENCE};
use names::Names;
use redis::{Script, ScriptInvocation};
use reply::{Ledger, Words, unexpected};
use scripts::Scripts;
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

/// A call that has not ended after this time, plus twice the upstream's timeout, never will.
const CALL_LIFE: Duration = Duration::from_secs(60);

/// Which server holds the book, and which of the books there.
#[derive(Clone, Debug)]
pub struct Place {
    /// The server.
    pub address: Address,
    /// The prefix of every name, so that several sites can share a server.
    pub prefix: String,
    /// Identifies the NAVER account, so that the calls of another account are counted separately. Never the client id
    /// itself.
    pub account: Fingerprint,
}

/// Why the store cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No shared store is set.
    #[error("it must be the address of the shared store")]
    Missing,
    /// The address cannot be used.
    #[error("the address cannot be used")]
    Address(#[source] Box<dyn Error + Send + Sync>),
    /// The server refuses the user.
    #[error("the server refuses the connection")]
    Refused(#[source] Box<dyn Error + Send + Sync>),
    /// The server cannot do what is asked now.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// The server deletes data when its memory is full, and with it today's number of calls.
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
    /// The clock of a test; `None` for the server's own clock.
    clock: Option<Clock>,
    seen: Mutex<Seen>,
    fresh: String,
}

/// What the server has said about itself.
#[derive(Debug, Default)]
struct Seen {
    ledger: Option<Ledger>,
    /// The server's time, and when it said it.
    time: Option<(u64, Instant)>,
    /// The highest threshold of the quota that was warned about today.
    warned: u8,
    /// Whether the log has said that no more keys can be remembered.
    full: bool,
}

impl Redis {
    /// A store at `place`. If the server cannot be reached, the store uses it as soon as it can.
    ///
    /// # Errors
    /// If the server responds but cannot be used.
    pub async fn open(
        place: &Place,
        policy: Policy,
        limits: Limits,
        upstream_timeout: Duration,
    ) -> Result<Self, StoreError> {
        let store = Self::new(place, policy, limits, upstream_timeout)?;
        match store.link.server().await {
            Ok(server) => {
                if let Some(policy) = server.evicts() {
                    return Err(StoreError::Evicts(policy.to_owned()));
                }
                if server.policy.is_none() {
                    tracing::warn!(
                        "the store's maxmemory-policy cannot be read here; it must be noeviction, or the \
                         day's count may be thrown away (help: troubleshooting#store-policy)"
                    );
                }
                let version = server.version.unwrap_or_else(|| "unknown".to_owned());
                tracing::info!(store = %place.address, version, "the book is shared");
            }
            Err(error) if link::is_refusal(&error) => {
                return Err(StoreError::Refused(error.into()));
            }
            // The link logs this itself, once.
            Err(_) => {}
        }
        store.maintain().await;
        Ok(store)
    }

    /// A store with the clock of a test. A call whose instance has died is taken as ended after `call_life`.
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
            link: link.map_err(|error| StoreError::Address(error.into()))?,
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

    /// Takes over the number of calls that were counted elsewhere on `day`; `false` if the store has another day.
    ///
    /// # Errors
    /// If the store cannot be reached.
    pub async fn import(&self, day: KoreanDay, spent: u32) -> Result<bool, Unavailable> {
        let (mut words, _) = self
            .keep(&self.scripts.import, &[], |call| {
                call.arg(day.number()).arg(spent);
            })
            .await?;
        Ok(words.text()? == "done")
    }

    /// Runs a script that uses the ledger. Returns the reply, and the state of the ledger.
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
            call.arg(&self.fresh).arg(millis(DRIFT)).arg(DAYS_KEPT);
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

    /// Runs a script that does not use the ledger.
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
                // The server's clock was set, or the server was stopped: what is known about its time is out of date.
                "late" => self.seen().time = None,
                _ => return Err(unexpected()),
            }
        }
        Err(Unavailable::new("the store took longer than a step may"))
    }

    /// Adds the time, if a test gives it, and the time until which the step may begin.
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

impl core::fmt::Debug for Redis {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_tuple("Redis").field(&self.link).finish()
    }
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}
