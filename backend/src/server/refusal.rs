//! What a client is told that finds no place: soon, and in the form that the widget reads.

use std::{sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::Semaphore,
    time::timeout,
};

/// Beyond so many at once a connection is closed without a word.
const AT_ONCE: usize = 64;
/// A client that has not read its answer by then is let go.
const TIME: Duration = Duration::from_secs(1);

/// Answers those for whom there is no place.
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
            // How it takes the answer is the client's own affair.
            let _ = timeout(TIME, async {
                // An answer before the question is none to most clients.
                let mut sent = [0; 4096];
                if stream.read(&mut sent).await? == 0 {
                    return Ok(());
                }
                stream.write_all(&answer).await?;
                stream.shutdown().await?;
                // What was sent and not read would reset the connection, and the answer with it.
                while stream.read(&mut sent).await? > 0 {}
                Ok::<_, std::io::Error>(())
            })
            .await;
            drop(place);
        });
    }
}
