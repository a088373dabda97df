//! Serving HTTP with bounds: on connections, on headers, on slow clients, and on how long the end takes.

mod connection;
pub mod files;
mod phase;
mod refusal;
mod seats;

use crate::metrics::Traffic;
use axum::Router;
use connection::Served;
use core::{future::Future, pin::pin, time::Duration};
use futures_util::FutureExt;
use ipnet::IpNet;
use seats::Seats;
use std::{io, net::SocketAddr, sync::Arc};
use tokio::{
    net::{TcpListener, TcpSocket},
    sync::watch,
    time,
};
use tokio_util::task::TaskTracker;

/// Out of file descriptors: there are some again when connections end.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
const ACCEPT_WARNING_EVERY: Duration = Duration::from_secs(60);

/// How long a slow client is borne.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// A connection may stay without a request for so long. Proxies keep theirs for up to 60 s and fail a
    /// request that meets the end, so it should be longer.
    pub idle: Duration,
    /// A request's headers must be whole so long after their first byte.
    pub headers: Duration,
    /// A client that takes nothing of its answer for so long is gone.
    pub stall: Duration,
    /// One request and its answer may take so long, to the last byte that the client takes.
    pub exchange: Duration,
    /// A connection this old ends after the answer to its next request, which says so.
    pub connection: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(65),
            headers: Duration::from_secs(10),
            stall: Duration::from_secs(20),
            exchange: Duration::from_secs(120),
            connection: Duration::from_secs(300),
        }
    }
}

/// How much is served.
#[derive(Clone, Debug)]
pub struct Bounds {
    /// The most open connections. A newcomer takes the place of the one that has been without a request
    /// for longest; where there is none, it is answered with 503.
    pub connections: usize,
    /// The most of one address, unless it is of `proxies`.
    pub peer_connections: usize,
    /// The addresses that stand for many clients.
    pub proxies: Vec<IpNet>,
    /// Whether clients with a public address are turned away.
    pub private_only: bool,
    /// How long open requests may take to end after the stop.
    pub grace: Duration,
    /// How long a slow client is borne.
    pub patience: Patience,
    /// What is counted.
    pub traffic: Traffic,
    /// Whether refusals name practice mode.
    pub practice: bool,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            connections: 2048,
            peer_connections: 512,
            proxies: Vec::new(),
            private_only: false,
            grace: Duration::from_secs(10),
            patience: Patience::default(),
            traffic: Traffic::default(),
            practice: false,
        }
    }
}

/// What the operating system keeps of connections that nobody has accepted yet, as far as its own limit allows. With
/// too little of it, a crowd that comes at once is reset.
const BACKLOG: u32 = 4096;

/// Listens at `address`, with room for a crowd.
///
/// # Errors
/// If the address cannot be had.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // As tokio does: or the address of a program that has just ended could not be had. Elsewhere it would mean that
    // two programs can have one.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves `router` on `listener` until `stop` is ready, then lets what is in flight end.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    bounds: Bounds,
    stop: impl Future<Output = ()>,
) {
    let seats = Arc::new(Seats::new(&bounds));
    let refusals = refusal::Desk::new(bounds.practice);
    let tracker = TaskTracker::new();
    let (tell, told) = watch::channel(false);
    let welcome = |stream, peer: SocketAddr| {
        let Some(seat) = seats.take(peer.ip().to_canonical()) else {
            bounds.traffic.refused.inc();
            refusals.answer(stream);
            return;
        };
        let served = Served {
            stream,
            peer,
            router: router.clone(),
            patience: bounds.patience,
            phase: seat.phase(),
            stop: told.clone(),
        };
        tracker.spawn(async move {
            served.run().await;
            drop(seat);
        });
    };
    let mut stop = pin!(stop);
    let mut warned: Option<time::Instant> = None;
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                seats.free_one();
                if warned.is_none_or(|at| at.elapsed() >= ACCEPT_WARNING_EVERY) {
                    warned = Some(time::Instant::now());
                    tracing::warn!(%error, "connections cannot be accepted");
                }
                time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        welcome(stream, peer);
    }
    // Those that the operating system has taken in already would be reset.
    while let Some(Ok((stream, peer))) = listener.accept().now_or_never() {
        welcome(stream, peer);
    }
    drop(listener);
    tell.send_replace(true);
    tracker.close();
    if time::timeout(bounds.grace, tracker.wait()).await.is_err() {
        tracing::warn!("requests were still open at the end of SORI_SHUTDOWN_GRACE");
    }
}
