//! The book itself, as the model that the instances are compared with. Calls are named by labels, because in each
//! order of the same steps they get other ids.

use sori_backend::{
    book::{Book, CallId, ClaimRefusal, Claimed, End, Entry, Event, Exhausted, Policy, Verdict},
    clock::Moment,
    secret::Fingerprint,
    store::Refusal,
};
use std::{collections::BTreeMap, time::Duration};

/// One step of an instance. Calls are named by the label of the step that opened them.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Admit,
    Issue { call: usize, key: u8 },
    Audio { key: u8 },
    Hear { key: u8 },
    Claim { key: u8, request: Option<u8> },
    EndCall { call: usize, end: End },
    Grant { key: u8, token: u8 },
    Redeem { token: u8, request: Option<u8> },
    CloseDay { call: usize },
    ReopenDay,
    Status,
}

/// The result of a step, without the names that differ between stores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told(String);

impl Told {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(crate) fn of<T: core::fmt::Debug>(answer: Result<T, Refusal>) -> Self {
        match answer {
            Ok(value) => Self(format!("{value:?}")),
            Err(Refusal::Unavailable(error)) => panic!("{error}"),
            Err(refusal) => Self(format!("{refusal:?}")),
        }
    }
}

#[derive(Clone)]
pub(crate) struct Model {
    book: Book,
    policy: Policy,
    now: Moment,
    /// With the time of their admission.
    calls: BTreeMap<usize, (CallId, Moment)>,
    /// The keys in the order of their latest issue. Keys of the same moment are forgotten in this order.
    order: Vec<u8>,
}

fn named(kind: &str, number: u8) -> Fingerprint {
    Fingerprint::of(&format!("{kind} {number}"))
}

impl Model {
    pub(crate) fn new(policy: Policy, now: Moment) -> Self {
        Self {
            book: Book::new(now),
            policy,
            now,
            calls: BTreeMap::new(),
            order: Vec::new(),
        }
    }

    pub(crate) fn pass(&mut self, pause: Duration) {
        self.now = self.now + pause;
    }

    /// Two models with the same signature give the same results from now on.
    pub(crate) fn signature(&self) -> String {
        let mut book = serde_json::to_value(&self.book).unwrap();
        let map = book.as_object_mut().unwrap();
        map.remove("next_call");
        let open = map.remove("calls").unwrap();
        let open: Vec<_> = self
            .calls
            .iter()
            .map(|(label, (id, _))| (label, &open[id.0.to_string()]))
            .collect();
        format!("{book} {open:?} {:?}", self.order)
    }

    pub(crate) fn take(&mut self, label: usize, step: &Step) -> Told {
        self.book.advance(&self.policy, self.now);
        let request = |request: Option<u8>| request.map(|number| named("request", number));
        let exhausted = |exhausted: Exhausted| Refusal::exhausted(exhausted, self.now);
        match *step {
            Step::Admit => match self.book.admit_issue(&self.policy) {
                Ok((id, event)) => {
                    self.calls.insert(label, (id, self.now));
                    self.enter(event);
                    Told::new("admitted")
                }
                Err(error) => Told::of::<()>(Err(exhausted(error))),
            },
            Step::Issue { call, key } => {
                let id = self.calls[&call].0;
                let issued = self.book.issue(id, named("key", key), "example.com");
                let entered = issued.is_some();
                if entered {
                    self.order.retain(|&other| other != key);
                    self.order.push(key);
                }
                self.enter(issued.unwrap_or(Event::Over {
                    call: id,
                    end: End::Made(Verdict::Lost),
                }));
                Told::of(Ok(entered))
            }
            Step::Audio { key } => {
                let admitted = self.book.admit_audio(&self.policy, named("key", key));
                Told::of(admitted.map(|()| "done").map_err(Refusal::Key))
            }
            Step::Hear { key } => {
                if let Some(event) = self.book.hear(named("key", key)) {
                    self.enter(event);
                }
                Told::of(Ok("done"))
            }
            Step::Claim { key, request: by } => {
                let key = named("key", key);
                match self.book.claim(&self.policy, key, request(by)) {
                    Ok(Claimed::Free(id, issue, event)) => {
                        self.calls.insert(label, (id, self.now));
                        self.enter(event);
                        Told::new(format!("taken {issue:?}"))
                    }
                    Ok(Claimed::UnderWay) => Told::new("under way"),
                    Ok(Claimed::Judged(verdict, issue)) => {
                        Told::new(format!("judged {verdict:?} {issue:?}"))
                    }
                    Err(ClaimRefusal::Key(refusal)) => Told::of::<()>(Err(Refusal::Key(refusal))),
                    Err(ClaimRefusal::Exhausted(error)) => Told::of::<()>(Err(exhausted(error))),
                }
            }
            Step::EndCall { call, end } => {
                let call = self.calls[&call].0;
                self.enter(Event::Over { call, end });
                Told::of(Ok("done"))
            }
            Step::Grant { key, token } => {
                let granted = self.book.grant(named("key", key), named("token", token));
                let granted = granted.map(|event| self.enter(event));
                Told::of(granted.map(|()| "done").map_err(Refusal::Key))
            }
            Step::Redeem { token, request: by } => {
                let token = named("token", token);
                let redeemed = self.book.redeem(&self.policy, token, request(by));
                let redeemed = redeemed.map(|(issue, event)| {
                    event.into_iter().for_each(|event| self.enter(event));
                    issue
                });
                Told::of(redeemed.map_err(Refusal::Token))
            }
            Step::CloseDay { call } => {
                let admitted = self.calls[&call].1;
                if let Some(event) = self.book.upstream_exhausted(admitted) {
                    self.enter(event);
                }
                Told::of(Ok("done"))
            }
            Step::ReopenDay => {
                self.enter(Event::Opened);
                Told::of(Ok("done"))
            }
            Step::Status => Told::of(Ok(self.book.usage(&self.policy))),
        }
    }

    fn enter(&mut self, event: Event) {
        let at = self.now;
        self.book.apply(&self.policy, &Entry { at, event });
    }
}
