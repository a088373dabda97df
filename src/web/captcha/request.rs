//! Sends one request of an element. The shell makes the request and reads the reply.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Wake},
};

use gloo_net::http;
use web_sys::{Request, Response};

use super::elements::{shell, with};

pub(super) type Sending = Pin<Box<dyn Future<Output = ()>>>;

/// The future is polled here, whenever it is woken: wasm-bindgen's own executor, with its queue, would add 2 kB.
pub(super) fn send(id: u32, request: Request) {
    let sending: Sending = Box::pin(async move {
        let response = http::Request::from(request).send().await;
        if let Some(shell) = shell(id) {
            shell.answered(response.ok().map(Response::from));
        }
    });
    advance(id, Some(sending));
}

/// Polls a request: this one, or else the one that is under way.
fn advance(id: u32, sending: Option<Sending>) {
    let under_way = || with(id, |element| element.sending.take()).flatten();
    let Some(mut sending) = sending.or_else(under_way) else {
        return;
    };
    let waker = Arc::new(Waiting(id)).into();
    if sending
        .as_mut()
        .poll(&mut Context::from_waker(&waker))
        .is_pending()
    {
        // An earlier request is dropped here, which ends it.
        with(id, |element| element.sending.replace(sending));
    }
}

/// The number of the element whose request is polled at a wake. If an earlier request causes the wake, the latest one
/// is polled and is not ready.
struct Waiting(u32);

impl Wake for Waiting {
    fn wake(self: Arc<Self>) {
        advance(self.0, None);
    }
}
