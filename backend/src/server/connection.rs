//! One connection, from its first byte to its end.

use super::{Patience, phase::Phase};
use axum::{
    Router,
    body::{Body, Bytes},
    extract::ConnectInfo,
    http::{HeaderMap, HeaderValue, Request, Response, header},
};
use core::{
    convert::Infallible,
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::atomic::{AtomicBool, Ordering},
    task::{Context, Poll, ready},
    time::Duration,
};
use hyper::{
    body::{Frame, Incoming, SizeHint},
    server::conn::http1,
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use std::{io, net::SocketAddr, sync::Arc};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::watch,
    time::{self, Instant, Sleep},
};
use tokio_io_timeout::TimeoutStream;

/// A browser's request has less than 2 KiB of headers, or 8 KiB with the cookies of the site.
const HEADERS_MAX_BYTES: usize = 16 << 10;
/// The buffer in the kernel for each direction of a connection; the kernel takes up to twice as much. Without this
/// limit it takes up to 6 MB for a client that sends requests and never reads.
const SOCKET_BUFFER_BYTES: usize = 64 << 10;
/// How long a client may go on sending after its last reply; what it sends is thrown away.
const LINGER: Duration = Duration::from_secs(1);
const LINGER_BYTES: usize = 64 << 10;

/// A connection, and the routes and limits that apply to it.
pub(super) struct Served {
    pub(super) stream: TcpStream,
    pub(super) peer: SocketAddr,
    pub(super) router: Router,
    pub(super) patience: Patience,
    pub(super) phase: Arc<Phase>,
    /// Becomes true when no further request is accepted.
    pub(super) stop: watch::Receiver<bool>,
}

impl Served {
    /// Serves the connection until it ends. How the client ends it does not matter.
    pub(super) async fn run(self) {
        let Self {
            stream,
            peer,
            router,
            patience,
            phase,
            mut stop,
        } = self;
        if let Err(error) = set_up(&stream) {
            tracing::debug!(%error, "a connection cannot be set up");
            return;
        }
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(patience.stall));
        let of_browser = Arc::new(AtomicBool::new(false));
        let io = TokioIo::new(Watched {
            stream: Box::pin(stream),
            phase: Arc::clone(&phase),
            of_browser: Arc::clone(&of_browser),
            lingering: None,
        });
        let service = Service {
            router: TowerToHyperService::new(router),
            peer,
            old_at: Instant::now() + patience.connection,
            phase: Arc::clone(&phase),
            of_browser,
            stop: stop.clone(),
        };
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            // hyper would start this time at the end of the reply before. Idle connections have their own limit here.
            .header_read_timeout(None)
            .max_buf_size(HEADERS_MAX_BYTES)
            // Otherwise a client that closes its sending side after the request (`nc -N`, Java's `shutdownOutput`)
            // gets no reply, and hyper drops its request
            // (https://docs.rs/hyper/1/hyper/server/conn/http1/struct.Builder.html#method.half_close). `Watched`
            // notices the clients that have left.
            .half_close(true)
            .serve_connection(io, service);
        let mut connection = pin!(connection);
        let mut alarm = pin!(time::sleep_until(phase.deadline(&patience, false)));
        // The sender is dropped after the last connection.
        let mut stopping = pin!(async move { stop.wait_for(|stop| *stop).await.is_ok() });
        let mut stopped = false;
        poll_fn(|cx| {
            phase.register(cx.waker());
            // Check before polling: a request that has just arrived must not begin and then be dropped. Check after
            // it, because this is how `Watched` says that the client has left.
            if phase.is_leaving() || connection.as_mut().poll(cx).is_ready() || phase.is_leaving() {
                return Poll::Ready(());
            }
            stopped = stopped || stopping.as_mut().poll(cx).is_ready();
            loop {
                let deadline = phase.deadline(&patience, stopped);
                if deadline <= Instant::now() {
                    return Poll::Ready(());
                }
                if deadline < alarm.deadline() || alarm.is_elapsed() {
                    alarm.as_mut().reset(deadline);
                }
                if alarm.as_mut().poll(cx).is_pending() {
                    return Poll::Pending;
                }
            }
        })
        .await;
    }
}

/// Fails if the client has already gone.
fn set_up(stream: &TcpStream) -> io::Result<()> {
    // A reply is small or written at once, so waiting for more data to send with it gains nothing.
    stream.set_nodelay(true)?;
    let socket = socket2::SockRef::from(stream);
    socket.set_send_buffer_size(SOCKET_BUFFER_BYTES)?;
    socket.set_recv_buffer_size(SOCKET_BUFFER_BYTES)
}

/// The routes, and whether the connection ends after a reply.
struct Service {
    router: TowerToHyperService<Router>,
    peer: SocketAddr,
    old_at: Instant,
    phase: Arc<Phase>,
    of_browser: Arc<AtomicBool>,
    stop: watch::Receiver<bool>,
}

/// Whether a browser sent the request. A browser never closes only its sending side.
fn is_of_browser(headers: &HeaderMap) -> bool {
    headers.contains_key(header::ORIGIN) || headers.contains_key("sec-fetch-site")
}

impl hyper::service::Service<Request<Incoming>> for Service {
    type Response = Response<Answer>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        let of_browser = is_of_browser(request.headers());
        self.of_browser.store(of_browser, Ordering::Relaxed);
        self.phase.called();
        request.extensions_mut().insert(ConnectInfo(self.peer));
        let answered = self.router.call(request);
        let (old_at, stop) = (self.old_at, self.stop.clone());
        let phase = Arc::clone(&self.phase);
        Box::pin(async move {
            let mut response = answered.await?;
            if *stop.borrow() || Instant::now() >= old_at {
                let close = HeaderValue::from_static("close");
                response.headers_mut().insert(header::CONNECTION, close);
            }
            Ok(response.map(|body| Answer { body, phase }))
        })
    }
}

/// A reply's body. When the body ends, the request ends.
struct Answer {
    body: Body,
    phase: Arc<Phase>,
}

impl hyper::body::Body for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.phase.answered();
    }
}

/// The socket. It records when bytes arrive and when all bytes are written, and it closes so that the client can
/// still read the last reply.
struct Watched {
    stream: Pin<Box<TimeoutStream<TcpStream>>>,
    phase: Arc<Phase>,
    /// Whether the request under way was sent by a browser.
    of_browser: Arc<AtomicBool>,
    lingering: Option<Lingering>,
}

impl Watched {
    /// Whether nobody reads the reply to the request under way: the connection was reset, or a browser has closed
    /// it. Of another client, the end of its data says only that it sends no more (RFC 9293, section 3.6).
    fn is_left(&self, cx: &mut Context<'_>) -> bool {
        let mut byte = [0];
        let peeked = self
            .stream
            .get_ref()
            .poll_peek(cx, &mut ReadBuf::new(&mut byte));
        match peeked {
            Poll::Ready(Ok(0)) => self.of_browser.load(Ordering::Relaxed),
            Poll::Ready(Err(_)) => true,
            Poll::Ready(Ok(_)) | Poll::Pending => false,
        }
    }
}

/// Our side of the connection is closed. What the client still sends is read and thrown away. Unread data would reset
/// the connection, and the client might lose a reply that it has not read yet (RFC 9112, section 9.6).
struct Lingering {
    left: usize,
    end: Pin<Box<Sleep>>,
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = self.stream.as_mut().poll_read(cx, buf);
        if buf.filled().len() > before {
            self.phase.received();
        }
        read
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.stream.as_mut().poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = self.stream.as_mut().poll_flush(cx);
        if flushed.is_ready() {
            self.phase.flushed();
        }
        // hyper flushes whenever it is polled, also while it waits for the reply.
        if self.is_left(cx) {
            self.phase.left();
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let lingering = match &mut this.lingering {
            Some(lingering) => lingering,
            none => {
                ready!(this.stream.as_mut().poll_shutdown(cx))?;
                none.insert(Lingering {
                    left: LINGER_BYTES,
                    end: Box::pin(time::sleep(LINGER)),
                })
            }
        };
        let mut space = [0; 4096];
        loop {
            let mut thrown_away = ReadBuf::new(&mut space);
            match this.stream.as_mut().poll_read(cx, &mut thrown_away) {
                Poll::Ready(Ok(())) if !thrown_away.filled().is_empty() => {
                    let read = thrown_away.filled().len();
                    lingering.left = lingering.left.saturating_sub(read);
                    if lingering.left == 0 {
                        return Poll::Ready(Ok(()));
                    }
                }
                // The client has closed the connection, or there was an error.
                Poll::Ready(_) => return Poll::Ready(Ok(())),
                Poll::Pending => return lingering.end.as_mut().poll(cx).map(Ok),
            }
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.stream.as_mut().poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
