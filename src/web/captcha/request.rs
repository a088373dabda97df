//! One request of an element: made and read by the shell, sent here.

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

/// The future is driven here, by what wakes it: wasm-bindgen's own executor, with its queue, would be 2 kB.
pub(super) fn send(id: u32, request: Request) {
    let sending: Sending = Box::pin(async move {
        let response = http::Request::from(request).send().await;
        if let Some(shell) = shell(id) {
            shell.answered(response.ok().map(Response::from));
        }
    });
    advance(id, Some(sending));
}

/// Goes on with a request, by default with the one under way, as far as it goes.
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
        // An earlier request ends here.
        with(id, |element| element.sending.replace(sending));
    }
}

/// The element whose request goes on when this is woken. A wake for an earlier request finds the latest one not ready.
struct Waiting(u32);

impl Wake for Waiting {
    fn wake(self: Arc<Self>) {
        advance(self.0, None);
    }
}
