//! What a connection is doing, so that each part of it has a time of its own, and so that only one that
//! waits for nothing of ours gives way to a newcomer.

use super::Patience;
use futures_util::task::AtomicWaker;
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    task::Waker,
    time::Duration,
};
use tokio::time::Instant;

const FIRST_REQUEST: Duration = Duration::from_secs(1);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doing {
    /// Before the first request.
    New,
    /// Between requests.
    Idle,
    /// A part of a request's headers has come.
    Headers,
    /// A request is with the handlers.
    Request,
    /// Its answer is with the connection, not all of it with the operating system.
    Answer,
    /// It has to give way.
    Leaving,
}

#[derive(Debug)]
struct Now {
    doing: Doing,
    since: Instant,
}

/// The phase of one connection, shared by its parts.
#[derive(Debug)]
pub(super) struct Phase {
    now: Mutex<Now>,
    task: AtomicWaker,
}

impl Phase {
    pub(super) fn new() -> Self {
        Self {
            now: Mutex::new(Now {
                doing: Doing::New,
                since: Instant::now(),
            }),
            task: AtomicWaker::new(),
        }
    }

    /// Bytes have come.
    pub(super) fn received(&self) {
        self.turn(&[Doing::New, Doing::Idle], Doing::Headers);
    }

    /// A request's headers were whole. With pipelining it may follow an answer at once.
    pub(super) fn called(&self) {
        self.turn(
            &[Doing::New, Doing::Idle, Doing::Headers, Doing::Answer],
            Doing::Request,
        );
    }

    /// The handlers have given all of the answer.
    pub(super) fn answered(&self) {
        self.turn(&[Doing::Request], Doing::Answer);
    }

    /// Nothing is left to write.
    pub(super) fn flushed(&self) {
        self.turn(&[Doing::Answer], Doing::Idle);
    }

    fn turn(&self, from: &[Doing], to: Doing) {
        let mut now = self.now();
        if !from.contains(&now.doing) {
            return;
        }
        // An answer's time is that of its request, to the last byte.
        if to != Doing::Answer {
            now.since = Instant::now();
        }
        now.doing = to;
    }

    /// When this phase has taken too long. After the stop no further request is waited for but the first,
    /// which is on its way where the connection was taken in just before.
    pub(super) fn deadline(&self, patience: &Patience, stopped: bool) -> Instant {
        let now = self.now();
        now.since
            + match now.doing {
                Doing::New if stopped => patience.idle.min(FIRST_REQUEST),
                Doing::Idle if stopped => Duration::ZERO,
                Doing::New | Doing::Idle | Doing::Leaving => patience.idle,
                Doing::Headers => patience.headers,
                Doing::Request | Doing::Answer => patience.exchange,
            }
    }

    /// Since when it has been without a whole request.
    pub(super) fn waiting_since(&self) -> Option<Instant> {
        let now = self.now();
        matches!(now.doing, Doing::New | Doing::Idle | Doing::Headers).then_some(now.since)
    }

    /// Has it give way, unless a request has come meanwhile.
    pub(super) fn evict(&self) {
        self.turn(&[Doing::New, Doing::Idle, Doing::Headers], Doing::Leaving);
        self.task.wake();
    }

    pub(super) fn is_leaving(&self) -> bool {
        self.now().doing == Doing::Leaving
    }

    /// Whom to wake when it has to give way.
    pub(super) fn register(&self, task: &Waker) {
        self.task.register(task);
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
