//! Runs the same random steps, times, restarts and midnights on both stores, and compares their results after every
//! step.

use crate::server::{Server, policy};
use proptest::{
    prelude::*,
    test_runner::{Config, TestCaseError, TestRunner},
};
use sori_backend::{
    book::{CallId, End, KEYS_MOST, Policy, Verdict, VerifiedBy},
    clock::{Manual, Moment},
    journal::Place as JournalPlace,
    limit::{Limits, Visitor},
    secret::Fingerprint,
    store::{Call, Claim, Memory, Redis, Refusal, Status, Store},
};
use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

/// The beginning of a minute, an hour and a sixtieth of a day, so that both stores group requests in the same way.
const START: Moment = Moment::from_secs(1_795_230_000 / 1440 * 1440);

#[derive(Clone, Debug)]
enum Step {
    Admit {
        visitor: u8,
    },
    Issue {
        call: usize,
        key: u8,
    },
    Audio {
        key: u8,
    },
    AudioFailed {
        key: u8,
    },
    Hear {
        key: u8,
    },
    Claim {
        key: u8,
        request: Option<u8>,
    },
    EndCall {
        call: usize,
        end: End,
    },
    Grant {
        key: u8,
        token: u8,
    },
    Redeem {
        token: u8,
        request: Option<u8>,
    },
    CloseDay {
        call: usize,
    },
    ReopenDay,
    Status,
    Pass {
        millis: u64,
    },
    /// To this time before or after a midnight in Korea.
    Midnight {
        after: u64,
    },
    /// The instance ends and starts again: its calls under way are lost.
    Restart,
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![
        Just(End::GivenBack),
        Just(End::Dismissed),
        prop_oneof![
            4 => Just(Verdict::Right),
            2 => Just(Verdict::Wrong),
            1 => Just(Verdict::KeyGone),
            1 => Just(Verdict::Lost)
        ]
        .prop_map(End::Made),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let key = || 0_u8..12;
    let token = || 0_u8..6;
    let request = || prop::option::of(0_u8..3);
    prop_oneof![
        8 => (0_u8..4).prop_map(|visitor| Step::Admit { visitor }),
        8 => (0_usize..3, key()).prop_map(|(call, key)| Step::Issue { call, key }),
        3 => key().prop_map(|key| Step::Audio { key }),
        1 => key().prop_map(|key| Step::AudioFailed { key }),
        8 => key().prop_map(|key| Step::Hear { key }),
        8 => (key(), request()).prop_map(|(key, request)| Step::Claim { key, request }),
        8 => (0_usize..3, end()).prop_map(|(call, end)| Step::EndCall { call, end }),
        5 => (key(), token()).prop_map(|(key, token)| Step::Grant { key, token }),
        4 => (token(), request()).prop_map(|(token, request)| Step::Redeem { token, request }),
        1 => (0_usize..3).prop_map(|call| Step::CloseDay { call }),
        1 => Just(Step::ReopenDay),
        2 => Just(Step::Status),
        4 => (0_u64..120_000).prop_map(|millis| Step::Pass { millis }),
        2 => (0_u64..9_000_000).prop_map(|millis| Step::Pass { millis }),
        1 => (0_u64..240_000).prop_map(|after| Step::Midnight { after }),
        1 => Just(Step::Restart),
    ]
}

#[derive(Clone, Copy, Debug)]
struct Rules {
    quota: Option<u32>,
    site: bool,
    keys_most: usize,
}

fn rules() -> impl Strategy<Value = Rules> {
    let quota = prop_oneof![4 => (2_u32..14).prop_map(Some), 1 => Just(None)];
    let keys_most = prop_oneof![2 => Just(KEYS_MOST), 1 => 1_usize..6];
    (quota, any::<bool>(), keys_most).prop_map(|(quota, site, keys_most)| Rules {
        quota,
        site,
        keys_most,
    })
}

impl Rules {
    fn policy(self) -> Policy {
        let verified_by = if self.site {
            VerifiedBy::Site
        } else {
            VerifiedBy::Backend
        };
        Policy {
            verified_by,
            keys_most: self.keys_most,
            ..policy(self.quota)
        }
    }
}

fn limits() -> Limits {
    Limits {
        client: "3/minute,12/hour".parse().unwrap(),
        network: "4/minute".parse().unwrap(),
        session: "2/minute".parse().unwrap(),
        site: "30/hour".parse().unwrap(),
    }
}

fn visitor(number: u8) -> Visitor {
    let address = [
        "192.0.2.1",
        "192.0.2.2",
        "2001:db8:1:1::1",
        "2001:db8:1:2::1",
    ];
    Visitor {
        address: address[usize::from(number)].parse().unwrap(),
        session: number
            .is_multiple_of(2)
            .then(|| Fingerprint::of("a session")),
    }
}

fn named(kind: &str, number: u8) -> Fingerprint {
    Fingerprint::of(&format!("{kind} {number}"))
}

/// A call in both stores. Each store has its own name for it.
#[derive(Clone, Copy)]
struct Calls {
    memory: Call,
    redis: Call,
    verifies: bool,
}

struct Both<'a> {
    server: &'a Server,
    rules: Rules,
    clock: Manual,
    folder: PathBuf,
    memory: Memory,
    redis: Redis,
    calls: Vec<Calls>,
}

fn open_memory(rules: Rules, clock: &Manual, folder: &Path) -> Memory {
    loop {
        let place = JournalPlace {
            dir: folder.to_owned(),
            binding: Fingerprint::of("an account"),
        };
        match Memory::open(rules.policy(), limits(), clock.clock(), Some(place)) {
            Ok(memory) => return memory,
            // A child that another test is starting has the lock, too, until it becomes its program.
            Err(error) if error.is_held() => {
                std::thread::yield_now();
            }
            Err(error) => panic!("{error}"),
        }
    }
}

/// What both stores must agree on: a result without the names and times that differ between stores.
fn told<T: core::fmt::Debug>(answer: &Result<T, Refusal>) -> String {
    match answer {
        Ok(value) => format!("{value:?}"),
        Err(Refusal::Unavailable(error)) => panic!("{error}"),
        Err(refusal) => format!("{refusal:?}"),
    }
}

fn without_names(claim: Claim) -> Claim {
    match claim {
        Claim::Taken(call, issue) => {
            let id = CallId(0);
            Claim::Taken(Call { id, ..call }, issue)
        }
        other => other,
    }
}

fn comparable(status: Status) -> impl core::fmt::Debug {
    (status.usage, status.closed_for)
}

impl Both<'_> {
    fn call(&mut self, at: usize) -> Option<Calls> {
        (at < self.calls.len()).then(|| self.calls.remove(at))
    }

    async fn take(&mut self, step: &Step) -> Result<(), TestCaseError> {
        let (memory, redis) = (&self.memory, &self.redis);
        macro_rules! both {
            ($method:ident($($argument:expr),*)) => {{
                let of_memory = memory.$method($($argument),*).await.map_err(Refusal::from);
                let of_redis = redis.$method($($argument),*).await.map_err(Refusal::from);
                prop_assert_eq!(told(&of_memory), told(&of_redis));
            }};
        }
        match *step {
            Step::Admit { visitor: number } => {
                let visitor = visitor(number);
                match (memory.admit(&visitor).await, redis.admit(&visitor).await) {
                    (Ok(memory), Ok(redis)) => {
                        prop_assert_eq!(memory.admitted, redis.admitted);
                        self.calls.push(Calls {
                            memory,
                            redis,
                            verifies: false,
                        });
                    }
                    (memory, redis) => prop_assert_eq!(told(&memory), told(&redis)),
                }
            }
            Step::Issue { call, key } => {
                let key = named("key", key);
                let Some(calls) = self.call(call) else {
                    return Ok(());
                };
                let (memory, redis) = (&self.memory, &self.redis);
                let of_memory = memory.issue(calls.memory, key, "example.com").await;
                let of_redis = redis.issue(calls.redis, key, "example.com").await;
                prop_assert_eq!(of_memory.unwrap(), of_redis.unwrap());
                // A verification issues nothing, and both stores keep it under way.
                if calls.verifies {
                    self.calls.push(calls);
                }
            }
            Step::Audio { key } => both!(admit_audio(named("key", key))),
            Step::AudioFailed { key } => {
                memory.audio_failed(named("key", key)).await;
                redis.audio_failed(named("key", key)).await;
            }
            Step::Hear { key } => both!(hear(named("key", key))),
            Step::Claim { key, request } => {
                let (key, request) = (named("key", key), request.map(|r| named("request", r)));
                let of_memory = memory.claim(key, request).await;
                let of_redis = redis.claim(key, request).await;
                if let (Ok(Claim::Taken(memory, _)), Ok(Claim::Taken(redis, _))) =
                    (&of_memory, &of_redis)
                {
                    self.calls.push(Calls {
                        memory: *memory,
                        redis: *redis,
                        verifies: true,
                    });
                }
                let (of_memory, of_redis) =
                    (of_memory.map(without_names), of_redis.map(without_names));
                prop_assert_eq!(told(&of_memory), told(&of_redis));
            }
            Step::EndCall { call, end } => {
                if let Some(calls) = self.call(call) {
                    self.memory.end_call(calls.memory, end).await.unwrap();
                    self.redis.end_call(calls.redis, end).await.unwrap();
                }
            }
            Step::Grant { key, token } => {
                both!(grant(named("key", key), named("token", token)));
            }
            Step::Redeem { token, request } => both!(redeem(
                named("token", token),
                request.map(|r| named("request", r))
            )),
            Step::CloseDay { call } => {
                if let Some(calls) = self.calls.get(call).copied() {
                    memory.close_day(calls.memory).await.unwrap();
                    redis.close_day(calls.redis).await.unwrap();
                }
            }
            Step::ReopenDay => {
                memory.reopen_day().await.unwrap();
                redis.reopen_day().await.unwrap();
            }
            Step::Status => {}
            Step::Pass { millis } => self.clock.advance(Duration::from_millis(millis)),
            Step::Midnight { after } => {
                let now = self.clock.clock().now();
                let to = now.korean_day().end() + Duration::from_millis(after);
                let before = Duration::from_secs(120);
                self.clock.advance(to.since(now).saturating_sub(before));
            }
            Step::Restart => self.restart().await,
        }
        let (memory, redis) = (self.memory.status().await, self.redis.status().await);
        prop_assert_eq!(
            format!("{:?}", comparable(memory.unwrap())),
            format!("{:?}", comparable(redis.unwrap()))
        );
        Ok(())
    }

    /// The memory learns at its start that its calls are lost. At Redis, the other instances notice this only after
    /// some time, which has passed here.
    async fn restart(&mut self) {
        for calls in self.calls.drain(..) {
            let lost = End::Made(Verdict::Lost);
            self.redis.end_call(calls.redis, lost).await.unwrap();
        }
        // The memory forgets rate limits and fetches at a restart. They use no quota.
        let forget = "for _, w in ipairs(redis.call('KEYS', '*:w:*')) do redis.call('DEL', w) end
             for _, k in ipairs(redis.call('KEYS', '*:k:*')) do redis.call('HDEL', k, 'f') end";
        self.server.ask(&["EVAL", forget, "0"]);
        let fresh = self.folder.join("gone");
        let old = core::mem::replace(
            &mut self.memory,
            open_memory(self.rules, &self.clock, &fresh),
        );
        drop(old);
        self.memory = open_memory(self.rules, &self.clock, &self.folder);
        fs::remove_dir_all(fresh).unwrap();
    }
}

#[test]
fn memory_and_redis_say_the_same_at_every_step() {
    let server = Server::start("equal");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut runner = TestRunner::new(Config {
        cases: std::env::var("PROPTEST_CASES").map_or(60, |cases| cases.parse().unwrap()),
        failure_persistence: None,
        ..Config::default()
    });
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("equal-journal");
    let steps = prop::collection::vec(step(), 1..120);
    let outcome = runner.run(&(rules(), steps), |(rules, steps)| {
        server.ask(&["FLUSHALL"]);
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        runtime.block_on(async {
            let clock = Manual::at(START);
            let place = server.place();
            let redis = Redis::open_at(
                &place,
                rules.policy(),
                limits(),
                clock.clock(),
                // In memory a call lasts as long as the instance.
                Duration::from_secs(1 << 30),
            );
            let mut both = Both {
                server: &server,
                rules,
                memory: open_memory(rules, &clock, &folder),
                redis: redis.await.unwrap(),
                clock,
                folder: folder.clone(),
                calls: Vec::new(),
            };
            for step in &steps {
                both.take(step).await?;
            }
            Ok(())
        })
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}
