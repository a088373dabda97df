//! One connection, from its first byte to its end.

use super::{Patience, phase::Phase};
use axum::{
    Router,
    body::{Body, Bytes},
    extract::ConnectInfo,
    http::{HeaderValue, Request, Response, header},
};
use core::{
    convert::Infallible,
    future::{Future, poll_fn},
    pin::{Pin, pin},
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

/// A browser's request to the wire has less than 2 KiB of headers, cookies of the site's included 8.
const HEADERS_MAX_BYTES: usize = 16 << 10;
/// What the kernel holds of one connection, each way; it takes up to twice as much. Left to itself, it takes up to
/// 6 MB for a client that asks and never reads.
const SOCKET_BUFFER_BYTES: usize = 64 << 10;
/// How long and how much a client may go on sending after its last answer.
const LINGER: Duration = Duration::from_secs(1);
const LINGER_BYTES: usize = 64 << 10;

/// A connection, and what it is served.
pub(super) struct Served {
    pub(super) stream: TcpStream,
    pub(super) peer: SocketAddr,
    pub(super) router: Router,
    pub(super) patience: Patience,
    pub(super) phase: Arc<Phase>,
    /// Becomes true when no further request is taken.
    pub(super) stop: watch::Receiver<bool>,
}

impl Served {
    /// Serves it to its end. How a client ends its connection is its own affair.
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
        let io = TokioIo::new(Watched {
            stream: Box::pin(stream),
            phase: Arc::clone(&phase),
            lingering: None,
        });
        let service = Service {
            router: TowerToHyperService::new(router),
            peer,
            old_at: Instant::now() + patience.connection,
            phase: Arc::clone(&phase),
            stop: stop.clone(),
        };
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            // Its time would begin with the answer before: idle connections have one of their own here.
            .header_read_timeout(None)
            .max_buf_size(HEADERS_MAX_BYTES)
            .serve_connection(io, service);
        let mut connection = pin!(connection);
        let mut alarm = pin!(time::sleep_until(phase.deadline(&patience, false)));
        // The sender is dropped after the last connection.
        let mut stopping = pin!(async move { stop.wait_for(|stop| *stop).await.is_ok() });
        let mut stopped = false;
        poll_fn(|cx| {
            phase.register(cx.waker());
            // Before it is polled: a request that has just come must not begin and be dropped.
            if phase.is_leaving() || connection.as_mut().poll(cx).is_ready() {
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

/// Fails where the client has gone already.
fn set_up(stream: &TcpStream) -> io::Result<()> {
    // An answer is small or written at once: nothing is won by waiting for more.
    stream.set_nodelay(true)?;
    let socket = socket2::SockRef::from(stream);
    socket.set_send_buffer_size(SOCKET_BUFFER_BYTES)?;
    socket.set_recv_buffer_size(SOCKET_BUFFER_BYTES)
}

/// The routes, and when the connection ends after an answer.
struct Service {
    router: TowerToHyperService<Router>,
    peer: SocketAddr,
    old_at: Instant,
    phase: Arc<Phase>,
    stop: watch::Receiver<bool>,
}

impl hyper::service::Service<Request<Incoming>> for Service {
    type Response = Response<Answer>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
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

/// An answer's body, whose end is an end of the request.
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

/// The socket, which tells when bytes come and when all are written, and ends so that the last answer is read.
struct Watched {
    stream: Pin<Box<TimeoutStream<TcpStream>>>,
    phase: Arc<Phase>,
    lingering: Option<Lingering>,
}

/// Our side is ended. What the client still sends is thrown away: unread, it would reset the connection, and
/// take the answer along that the client has not read (RFC 9112, section 9.6).
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
                // The client's end, or an error, which is one too.
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
