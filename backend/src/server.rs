//! Serving HTTP with bounds: on connections, on headers, on slow clients, and on how long the end takes.

use axum::{Router, extract::ConnectInfo};
use core::{future::Future, pin::pin, time::Duration};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use prometheus_client::metrics::gauge::Gauge;
use std::{net::SocketAddr, sync::Arc};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time,
};
use tokio_io_timeout::TimeoutStream;
use tower_http::add_extension::AddExtension;

/// A browser's request to the wire has less than 2 KiB of headers, cookies of the site's included 8.
const HEADERS_MAX_BYTES: usize = 16 << 10;

/// How long a slow client is borne.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// A whole request's headers must be there by then, also those of the next on an idle connection.
    pub headers: Duration,
    /// A client that takes nothing of its answer for so long is gone.
    pub stall: Duration,
    /// No connection lives longer: what trickles in or out just fast enough ends too.
    pub connection: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            // Proxies keep idle connections for up to 60 s and fail a request that meets their end.
            headers: Duration::from_secs(65),
            stall: Duration::from_secs(20),
            connection: Duration::from_secs(300),
        }
    }
}

/// How much is served.
#[derive(Clone, Debug)]
pub struct Bounds {
    /// The most open connections; further ones wait in the operating system's queue.
    pub connections: usize,
    /// How long open requests may take to end after the stop.
    pub grace: Duration,
    /// How long a slow client is borne.
    pub patience: Patience,
    /// Shows the open connections.
    pub open: Gauge,
}

/// Serves `router` on `listener` until `stop` is ready, then lets what is in flight end.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    bounds: Bounds,
    stop: impl Future<Output = ()>,
) {
    let places = Arc::new(Semaphore::new(bounds.connections));
    let graceful = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        let accepted = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            accepted = accepted => accepted,
            () = &mut stop => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors, mostly: there are some again when connections end.
                tracing::warn!(%error, "a connection cannot be accepted");
                time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let connection = graceful.watch(connection(stream, peer, router.clone(), bounds.patience));
        let (open, longest) = (bounds.open.clone(), bounds.patience.connection);
        tokio::spawn(async move {
            open.inc();
            // How a client ends its connection is its own affair.
            let _ = time::timeout(longest, connection).await;
            open.dec();
            drop(place);
        });
    }
    drop(listener);
    if time::timeout(bounds.grace, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("requests were still open at the end of SORI_SHUTDOWN_GRACE");
    }
}

type Service = TowerToHyperService<AddExtension<Router, ConnectInfo<SocketAddr>>>;
type Stream = TokioIo<core::pin::Pin<Box<TimeoutStream<TcpStream>>>>;

fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    patience: Patience,
) -> http1::Connection<Stream, Service> {
    // An answer is small or written at once: nothing is won by waiting for more.
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(patience.stall));
    let service = AddExtension::new(router, ConnectInfo(peer));
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience.headers)
        .max_buf_size(HEADERS_MAX_BYTES)
        .serve_connection(
            TokioIo::new(Box::pin(stream)),
            TowerToHyperService::new(service),
        )
}
