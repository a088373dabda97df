//! What a client gets when there is no room for its connection: a quick reply in the format that the widget reads.

use std::{sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::Semaphore,
    time::timeout,
};

/// If more clients than this are being refused, further connections are closed without a reply.
const AT_ONCE: usize = 64;
/// If a client has not read its reply after this time, the connection is closed.
const TIME: Duration = Duration::from_secs(1);

/// Replies to clients for which there is no room.
pub(super) struct Desk {
    answer: Arc<[u8]>,
    places: Arc<Semaphore>,
}

impl Desk {
    pub(super) fn new(practice: bool) -> Self {
        let body = "{\"type\":\"about:blank\",\"title\":\"Service Unavailable\",\"status\":503,\
                    \"code\":\"upstream_unavailable\",\"detail\":\"All connections are in use.\"}";
        let practice = if practice {
            "sori-upstream: practice\r\n"
        } else {
            ""
        };
        let answer = format!(
            "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/problem+json\r\n\
             content-length: {}\r\ncache-control: no-store\r\nretry-after: 1\r\n{practice}\
             connection: close\r\n\r\n{body}",
            body.len()
        );
        Self {
            answer: answer.into_bytes().into(),
            places: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    pub(super) fn answer(&self, mut stream: TcpStream) {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            return;
        };
        let answer = Arc::clone(&self.answer);
        tokio::spawn(async move {
            // How the client takes the reply does not matter.
            let _ = timeout(TIME, async {
                // Read the request first: most clients ignore a reply that comes before their request.
                let mut sent = [0; 4096];
                if stream.read(&mut sent).await? == 0 {
                    return Ok(());
                }
                stream.write_all(&answer).await?;
                stream.shutdown().await?;
                // Data that was sent and not read would reset the connection, and the client would lose the reply.
                while stream.read(&mut sent).await? > 0 {}
                Ok::<_, std::io::Error>(())
            })
            .await;
            drop(place);
        });
    }
}
