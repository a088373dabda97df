//! One call to the upstream, from the breaker's permission to the result.

use super::{
    Answer, Dialect, Failure, Fault, JSON_MAX_BYTES, QUIET, Queue, Upstream,
    breaker::{self, Permit},
    judge::{self, Reply, Wanted},
    pace, retry_after,
};
use crate::wire::traces;
use bytes::Bytes;
use core::time::Duration;
use reqwest::Url;
use sori_wire::protocol::{AUDIO_MAX_BYTES, Key};
use std::sync::Arc;
use tokio::time;
use tracing::Instrument;

/// No call is repeated later than this after the visitor's request, because the widget waits for ten seconds.
const PATIENCE: Duration = Duration::from_secs(5);

/// The breaker's permission to make one call.
#[derive(Debug)]
pub struct Pass {
    pub(super) upstream: Arc<Upstream>,
    pub(super) permit: Permit,
    pub(super) used: bool,
}

/// One of the three calls.
struct Call<'a, T> {
    name: &'static str,
    url: Url,
    /// The size limit of the reply.
    most: usize,
    queue: Queue,
    /// The key and the answer, which no log may show.
    hidden: [&'a str; 2],
    judge: fn(Dialect, u16, &Bytes) -> Result<T, Failure>,
}

impl Pass {
    /// Issues a key: one call of the quota.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn issue(self) -> Result<Key, Fault> {
        let call = Call {
            name: "issue",
            url: with_query(&self.upstream.keys, &[("code", "0")]),
            most: JSON_MAX_BYTES,
            queue: Queue::Keys,
            hidden: ["", ""],
            judge: |dialect, status, body| judge::key(dialect, status, body),
        };
        self.make(call).await
    }

    /// Fetches a key's audio; this uses no quota.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn audio(self, key: &Key) -> Result<Bytes, Fault> {
        let call = Call {
            name: "audio",
            url: with_query(&self.upstream.audio, &[("key", key.as_str())]),
            most: AUDIO_MAX_BYTES,
            queue: Queue::Audio,
            hidden: [key.as_str(), ""],
            judge: |dialect, status, body| {
                judge::audio(dialect, status, body).map(|()| body.clone())
            },
        };
        self.make(call).await
    }

    /// Has an answer checked: one call of the quota.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn verify(self, key: &Key, answer: &str) -> Result<bool, Fault> {
        let query = [("code", "1"), ("key", key.as_str()), ("value", answer)];
        let call = Call {
            name: "verify",
            url: with_query(&self.upstream.keys, &query),
            most: JSON_MAX_BYTES,
            queue: Queue::Keys,
            hidden: [key.as_str(), answer],
            judge: |dialect, status, body| judge::verdict(dialect, status, body),
        };
        self.make(call).await
    }

    /// Makes the call. Makes it once more if there were too many calls and the visitor can wait.
    async fn make<T>(mut self, call: Call<'_, T>) -> Result<T, Fault> {
        let started = time::Instant::now();
        self.used = true;
        let now = self.upstream.clock.uptime();
        if let Some(rest) = self.upstream.pace(|pace| pace.rest(now)) {
            time::sleep(rest).await;
        }
        let first = self.attempt(&call).await;
        let Err(Fault {
            failure: Failure::Throttled { .. },
            wait: Some(wait),
            ..
        }) = first
        else {
            return first;
        };
        if wait > QUIET || started.elapsed() + wait > PATIENCE {
            return first;
        }
        // A random delay, because calls that are all repeated at the same moment would be the next burst.
        let apart = Duration::from_millis(rand::random_range(0..500));
        time::sleep(wait + apart).await;
        self.attempt(&call).await
    }

    async fn attempt<T>(&self, call: &Call<'_, T>) -> Result<T, Fault> {
        let upstream = &*self.upstream;
        let (started, begun) = (time::Instant::now(), upstream.clock.uptime());
        let span = traces::call(call.name);
        let answer = upstream.get(call.url.clone(), call.most, call.queue);
        let answer = answer.instrument(span.clone()).await;
        let status = answer.as_ref().map_or(0, |answer| answer.status);
        traces::judged(&span, status, 400);
        let result = answer.and_then(|answer| self.judged(call, begun, &answer));
        let fault = result.as_ref().err();
        let (failure, asked) = (
            fault.map(|fault| fault.failure),
            fault.and_then(|fault| fault.wait),
        );
        let (now, permit) = (upstream.clock.uptime(), self.permit);
        upstream.breaker(|breaker| match failure {
            // The upstream works, but refuses this request.
            Some(Failure::Unavailable) if (400..500).contains(&status) => {
                breaker.withdrawn(permit, now);
            }
            Some(Failure::NotSent | Failure::Unavailable) => breaker.failed(permit, now, asked),
            Some(Failure::Busy) => breaker.withdrawn(permit, now),
            _ => breaker.succeeded(permit),
        });
        if let Err(fault) = &result {
            // Logged here, because the visitor may have left, and then no reply is sent and logged.
            tracing::warn!(call = call.name, failure = ?fault.failure, "the upstream: {fault}");
        }
        upstream
            .metrics
            .upstream_call(call.name, failure, started.elapsed());
        result
    }

    fn judged<T>(&self, call: &Call<'_, T>, begun: Duration, answer: &Answer) -> Result<T, Fault> {
        let upstream = &*self.upstream;
        let judged = (call.judge)(upstream.dialect, answer.status, &answer.body);
        let mut failure = match judged {
            Ok(good) => {
                upstream.pace(|pace| pace.answered(begun));
                return Ok(good);
            }
            Err(failure) => failure,
        };
        let asked = retry_after::asked(&answer.headers, upstream.clock.now());
        let mut wait = None;
        match failure {
            Failure::Throttled { explained } => {
                let now = upstream.clock.uptime();
                match upstream.pace(|pace| pace.refused(now, explained, asked)) {
                    pace::Verdict::Pause(pause) => wait = Some(pause),
                    pace::Verdict::DaySpent => failure = Failure::Exhausted,
                }
            }
            Failure::Unavailable if answer.status == 503 => {
                let asked = asked.filter(|asked| !asked.is_zero());
                wait = asked.map(|asked| asked.min(breaker::LONGEST_WAIT));
            }
            _ => {}
        }
        let [id, secret] = &upstream.credentials;
        let [key, value] = call.hidden;
        let hidden = [id.expose(), secret.expose(), key, value];
        let reply = Reply {
            status: answer.status,
            headers: &answer.headers,
            body: &answer.body,
        };
        let wanted = match call.queue {
            Queue::Audio => Wanted::Wav,
            Queue::Keys => Wanted::Json,
        };
        let cause = judge::reason(upstream.dialect, &reply, wanted, failure, &hidden);
        Err(Fault {
            failure,
            wait,
            cause,
        })
    }
}

/// If a permission was not used, or its call was given up, this says nothing about the upstream.
impl Drop for Pass {
    fn drop(&mut self) {
        if !self.used {
            let (now, permit) = (self.upstream.clock.uptime(), self.permit);
            self.upstream
                .breaker(|breaker| breaker.withdrawn(permit, now));
        }
    }
}

fn with_query(address: &Url, query: &[(&str, &str)]) -> Url {
    let mut url = address.clone();
    url.query_pairs_mut().extend_pairs(query);
    url
}
