//! A relay between an instance and the server. A test can cut the connection, restore it, and redirect it to another server.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU16, Ordering},
};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};

pub(crate) struct Relay {
    pub(crate) port: u16,
    server: Arc<AtomicU16>,
    cut: Arc<AtomicBool>,
    drop_all: watch::Sender<u32>,
    _task: JoinSet<()>,
}

impl Relay {
    pub(crate) async fn to(server: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let cut = Arc::new(AtomicBool::new(false));
        let (drop_all, dropped) = watch::channel(0);
        let mut task = JoinSet::new();
        let is_cut = Arc::clone(&cut);
        let server = Arc::new(AtomicU16::new(server));
        let leads_to = Arc::clone(&server);
        task.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((mut inside, _)) = listener.accept().await {
                if is_cut.load(Ordering::SeqCst) {
                    continue;
                }
                let server = leads_to.load(Ordering::SeqCst);
                let mut dropped = dropped.clone();
                dropped.mark_unchanged();
                connections.spawn(async move {
                    let mut outside = TcpStream::connect(("127.0.0.1", server)).await.unwrap();
                    tokio::select! {
                        // How a connection ends is what the tests are about.
                        _ = copy_bidirectional(&mut inside, &mut outside) => {}
                        _ = dropped.changed() => {}
                    }
                });
            }
        });
        Self {
            port,
            server,
            cut,
            drop_all,
            _task: task,
        }
    }

    /// Closes every connection, and accepts no new one.
    pub(crate) fn cut(&self) {
        self.cut.store(true, Ordering::SeqCst);
        self.drop_all.send_modify(|count| *count += 1);
    }

    /// Redirects new connections to another server, as an address does after a failover.
    pub(crate) fn redirect(&self, server: u16) {
        self.server.store(server, Ordering::SeqCst);
        self.drop_all.send_modify(|count| *count += 1);
    }

    pub(crate) fn mend(&self) {
        self.cut.store(false, Ordering::SeqCst);
    }
}
