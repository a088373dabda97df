//! An HTTP server with limits: on connections, on headers, on slow clients, and on how long a shutdown takes.

mod connection;
pub mod files;
mod phase;
mod refusal;
mod seats;

use crate::metrics::Traffic;
use axum::Router;
use connection::Served;
use core::{future::Future, pin::pin, time::Duration};
use ipnet::IpNet;
use seats::Seats;
use std::{io, net::SocketAddr, sync::Arc};
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    sync::watch,
    time,
};
use tokio_util::task::TaskTracker;

/// No file descriptor is free. Wait until some connections have ended.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
const ACCEPT_WARNING_EVERY: Duration = Duration::from_secs(60);

/// How long a slow client is tolerated.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// How long a connection may stay open without a request. Proxies keep their connections for up to 60 s and fail
    /// a request that arrives just when the connection closes, so this should be longer.
    pub idle: Duration,
    /// How long a request's headers may take from their first byte.
    pub headers: Duration,
    /// If a client reads nothing of its reply for so long, it is treated as gone.
    pub stall: Duration,
    /// How long one request and its reply may take, until the client has read the last byte.
    pub exchange: Duration,
    /// A connection that is older than this is closed after the next reply, which announces it.
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

/// The limits of a server.
#[derive(Clone, Debug)]
pub struct Bounds {
    /// The highest number of open connections. A new connection replaces the one that has been without a request for
    /// longest. If all have requests, the new one gets 503.
    pub connections: usize,
    /// The highest number of connections from one address, unless the address is one of `proxies`.
    pub peer_connections: usize,
    /// The addresses of proxies, each of which stands for many clients.
    pub proxies: Vec<IpNet>,
    /// Whether clients with a public IP address are rejected.
    pub private_only: bool,
    /// How long open requests may take to finish after the stop.
    pub grace: Duration,
    /// How long slow clients are tolerated.
    pub patience: Patience,
    /// The counters of connections.
    pub traffic: Traffic,
    /// Whether replies to refused clients say that this is practice mode.
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

/// How many connections the operating system keeps that are not accepted yet, up to the system's own limit. If there
/// are too few, some connections are reset when many clients come at once.
const BACKLOG: u32 = 4096;

/// Listens at `address`; many clients can connect at once.
///
/// # Errors
/// If the address is in use or not allowed.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // As tokio does it. Without this, the address of a program that has just ended could not be used. On other
    // systems this option would let two programs use the same address.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves `router` on `listener` until `stop` is ready. Then open requests can finish.
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
    let welcome = |(stream, peer): (TcpStream, SocketAddr), file| {
        let Some(seat) = seats.take(peer.ip().to_canonical(), file) else {
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
        let accept = async {
            let file = seats.file().await;
            listener.accept().await.map(|accepted| (accepted, file))
        };
        let accepted = tokio::select! {
            accepted = accept => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok((accepted, file)) => welcome(accepted, file),
            Err(error) => {
                seats.free_one();
                if warned.is_none_or(|at| at.elapsed() >= ACCEPT_WARNING_EVERY) {
                    warned = Some(time::Instant::now());
                    tracing::warn!(%error, "connections cannot be accepted");
                }
                time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    match Pending::of(listener) {
        Ok(pending) => {
            // More cannot have been waiting at the stop. Without this limit, a flood would delay it.
            for accepted in pending.take(BACKLOG as usize) {
                welcome(accepted, seats.file().await);
            }
        }
        Err(error) => tracing::warn!(%error, "connections cannot be accepted"),
    }
    tell.send_replace(true);
    tracker.close();
    if time::timeout(bounds.grace, tracker.wait()).await.is_err() {
        tracing::warn!("requests were still open at the end of SORI_SHUTDOWN_GRACE");
    }
}

/// The connections that the operating system has already accepted when the server stops; otherwise they would be reset.
/// The listener of tokio would leave out those that arrived since the runtime last looked for events.
struct Pending(std::net::TcpListener);

impl Pending {
    fn of(listener: TcpListener) -> io::Result<Self> {
        // It does not block: tokio has set that.
        listener.into_std().map(Self)
    }
}

impl Iterator for Pending {
    type Item = (TcpStream, SocketAddr);

    fn next(&mut self) -> Option<Self::Item> {
        let (stream, peer) = self.0.accept().ok()?;
        stream.set_nonblocking(true).ok()?;
        Some((TcpStream::from_std(stream).ok()?, peer))
    }
}
