//! Sends any bytes to the whole backend, as a stranger could over a connection. Nothing may fail, and no answer may
//! pass.
#![no_main]

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use libfuzzer_sys::fuzz_target;
use sori_backend::{Backend, Settings, start};
use std::cell::OnceCell;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, duplex},
    runtime::{Builder, Runtime},
};

struct Site {
    runtime: Runtime,
    router: Router,
    _backend: Backend,
}

impl Site {
    fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        // All requests have one address, so the rate limits apply. A request that they refuse costs no upstream call.
        let backend = runtime.block_on(start(Settings::practice())).unwrap();
        Self {
            runtime,
            router: backend.app(),
            _backend: backend,
        }
    }

    fn answer(&self, bytes: &[u8]) -> Vec<u8> {
        self.runtime.block_on(async {
            let (ours, mut theirs) = duplex(1 << 20);
            let service = TowerToHyperService::new(self.router.clone());
            let served = http1::Builder::new().serve_connection(TokioIo::new(ours), service);
            let asked = async {
                theirs.write_all(bytes).await.ok();
                theirs.shutdown().await.ok();
                let mut answer = Vec::new();
                theirs.read_to_end(&mut answer).await.ok();
                answer
            };
            // It does not matter how a stranger's connection ends.
            let (_, answer) = tokio::join!(served, asked);
            answer
        })
    }
}

thread_local!(static SITE: OnceCell<Site> = const { OnceCell::new() });

fuzz_target!(|bytes: &[u8]| {
    let answer = SITE.with(|site| site.get_or_init(Site::new).answer(bytes));
    let answer = String::from_utf8_lossy(&answer);
    assert!(!answer.contains("HTTP/1.1 500 "), "{answer}");
    assert!(!answer.contains(r#""success":true"#), "{answer}");
    assert!(!answer.contains(r#""verified":true"#), "{answer}");
});
