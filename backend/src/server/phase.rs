//! What a connection is doing now. Each phase has its own time limit, and only a connection that waits for nothing
//! from this server is closed to make room for a new one.

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
    /// A part of a request's headers has arrived.
    Headers,
    /// The handlers are working on a request.
    Request,
    /// The handlers have given the reply, but not all of it has been passed to the operating system.
    Answer,
    /// The connection must close: to make room, or because the client has left.
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

    /// Bytes have arrived.
    pub(super) fn received(&self) {
        self.turn(&[Doing::New, Doing::Idle], Doing::Headers);
    }

    /// The headers of a request are complete. With pipelining this may follow directly after a reply.
    pub(super) fn called(&self) {
        self.turn(
            &[Doing::New, Doing::Idle, Doing::Headers, Doing::Answer],
            Doing::Request,
        );
    }

    /// The handlers have given the whole reply.
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
        // The time for a reply is part of the time for its request.
        if to != Doing::Answer {
            now.since = Instant::now();
        }
        now.doing = to;
    }

    /// When this phase has taken too long. After the stop, only the first request of a connection is still waited
    /// for: it may be on its way if the connection was accepted just before.
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

    /// Since when the connection has had no complete request.
    pub(super) fn waiting_since(&self) -> Option<Instant> {
        let now = self.now();
        matches!(now.doing, Doing::New | Doing::Idle | Doing::Headers).then_some(now.since)
    }

    /// Closes the connection to make room, unless a request has arrived in the meantime.
    pub(super) fn evict(&self) {
        self.turn(&[Doing::New, Doing::Idle, Doing::Headers], Doing::Leaving);
        self.task.wake();
    }

    /// The client has left, and nobody reads the reply.
    pub(super) fn left(&self) {
        self.turn(&[Doing::Request], Doing::Leaving);
    }

    pub(super) fn is_leaving(&self) -> bool {
        self.now().doing == Doing::Leaving
    }

    /// The task to wake when the connection must close.
    pub(super) fn register(&self, task: &Waker) {
        self.task.register(task);
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
