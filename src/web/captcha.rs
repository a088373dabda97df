//! `<sori-captcha>`: the connected elements by number, and the requests.

use std::{
    cell::RefCell,
    future::Future,
    pin::Pin,
    ptr,
    task::{Context, RawWaker, RawWakerVTable, Waker},
};

use gloo_net::http;
use js_sys::{JsString, Uint8Array};
use lol_alloc::{AssumeSingleThreaded, FreeListAllocator};
use serde::{Serialize, Serializer};
use wasm_bindgen::prelude::*;
use web_sys::Request;

use crate::captcha::{
    bridge::{self, Op, Session},
    event::Signal,
    state::{Captcha, Phase},
    wav,
};

#[cfg(target_feature = "atomics")]
compile_error!("the allocator and the waker below count on there being one thread");

// SAFETY: without atomics there is one thread.
#[allow(unsafe_code)]
#[global_allocator]
static ALLOCATOR: AssumeSingleThreaded<FreeListAllocator> =
    unsafe { AssumeSingleThreaded::new(FreeListAllocator::new()) };

/// A connected element.
struct Element {
    session: Session,
    /// The latest request, while it is under way.
    sending: Option<Sending>,
}

type Sending = Pin<Box<dyn Future<Output = ()>>>;

thread_local! {
    static ELEMENTS: RefCell<Vec<Option<Box<Element>>>> = const { RefCell::new(Vec::new()) };
}

/// Calls with a connected element; nothing for a number that is none.
fn with<T>(id: u32, act: impl FnOnce(&mut Element) -> T) -> Option<T> {
    ELEMENTS.with_borrow_mut(|elements| elements.get_mut(id as usize)?.as_deref_mut().map(act))
}

/// A piece of what the shell needs to make the element. See [`bridge::DEFINITION`].
#[wasm_bindgen]
#[must_use]
pub fn definition(piece: usize) -> JsString {
    let piece = bridge::DEFINITION.get(piece);
    piece.copied().unwrap_or_default().into()
}

/// An element was connected: its number from now on. `answer` is what its box holds.
#[wasm_bindgen]
#[must_use]
pub fn connect(disabled: bool, answer: String) -> u32 {
    let element = Some(Box::new(Element {
        session: Session::new(disabled, answer),
        sending: None,
    }));
    ELEMENTS.with_borrow_mut(|elements| {
        let free = elements.iter_mut().position(|it| it.is_none());
        if let Some(place) = free.and_then(|free| elements.get_mut(free)) {
            *place = element;
        } else {
            elements.push(element);
        }
        free.unwrap_or(elements.len() - 1) as u32
    })
}

/// Something happened: what follows. See [`Session::tell`]. The number of an element that was disconnected
/// is free from then on.
#[wasm_bindgen]
#[must_use]
pub fn tell(id: u32, op: u32, number: u32, at: u32, length: u32, text: &str) -> JsString {
    let told = ELEMENTS.with_borrow_mut(|elements| {
        let op = Op::read(op)?;
        let place = elements.get_mut(id as usize)?;
        let session = &mut place.as_deref_mut()?.session;
        let told = session.tell(op, number, at, length, text);
        if op == Op::Disconnected {
            *place = None;
        }
        Some(told)
    });
    // A text of JavaScript's own: one of Rust's would be taken over, read and freed by the glue.
    told.unwrap_or_default().into()
}

/// A key is pressed in the box: what it does, at once. See [`Session::press`].
#[wasm_bindgen]
#[must_use]
pub fn press(id: u32, flags: u32, text: &str) -> u32 {
    with(id, |element| element.session.press(flags, text)).unwrap_or_default()
}

/// Looks into a piece of the audio. False once there is more than the cap allows.
#[wasm_bindgen]
#[must_use]
pub fn scan(id: u32, piece: &[u8]) -> bool {
    with(id, |element| element.session.scan(piece)).unwrap_or_default()
}

/// A silent WAV of this length in ms.
#[wasm_bindgen]
#[must_use]
pub fn silence(ms: u32) -> Uint8Array {
    wav::silence(ms).as_slice().into()
}

#[wasm_bindgen]
extern "C" {
    /// A function that takes the answer to a request, or null where there is none: why, only the shell can
    /// find out.
    #[wasm_bindgen(js_name = Function)]
    pub type Done;

    #[wasm_bindgen(method)]
    fn call(this: &Done, receiver: &JsValue, response: &JsValue);
}

/// Sends a request that the shell has made; `done` is called once, unless the element is disconnected or
/// sends another one.
///
/// The future is driven here, by what wakes it: wasm-bindgen's own executor, with its queue, would be 2 kB.
#[wasm_bindgen]
pub fn send(id: u32, request: Request, done: Done) {
    let sending: Sending = Box::pin(async move {
        let response = http::Request::from(request).send().await;
        let response = response.map_or(JsValue::NULL, |it| web_sys::Response::from(it).into());
        done.call(&JsValue::NULL, &response);
    });
    advance(id, Some(sending));
}

/// Goes on with a request, by default with the one under way, as far as it goes.
fn advance(id: u32, sending: Option<Sending>) {
    let under_way = || with(id, |element| element.sending.take()).flatten();
    let Some(mut sending) = sending.or_else(under_way) else {
        return;
    };
    if sending
        .as_mut()
        .poll(&mut Context::from_waker(&waker(id)))
        .is_pending()
    {
        with(id, |element| element.sending = Some(sending));
    }
}

/// What wakes an element's request. A wake for an earlier request finds the latest one not ready.
///
/// Its data is the element's number itself: shared memory with a count in it would be 0.1 kB.
#[allow(unsafe_code)]
fn waker(id: u32) -> Waker {
    static CALLS: RawWakerVTable = RawWakerVTable::new(
        |id| RawWaker::new(id, &CALLS),
        |id| advance(id.addr() as u32, None),
        |id| advance(id.addr() as u32, None),
        |_| {},
    );
    // SAFETY: the data is never taken for an address, only for a number, so copies are free and there is nothing
    // to drop; and the number may be that of an element that is gone. Any thread may call these functions, and there
    // is only one.
    unsafe { Waker::new(ptr::without_provenance(id as usize), &CALLS) }
}

/// The members of the `detail` of an element's event, by the signal's number: pairs of a name and a value.
#[wasm_bindgen]
#[must_use]
pub fn detail(id: u32, signal: u32) -> JsValue {
    let detail = with(id, |element| {
        Detail {
            captcha: &element.session.captcha,
            signal,
        }
        .serialize(&serde_wasm_bindgen::Serializer::json_compatible())
        .ok()
    });
    detail.flatten().unwrap_or(JsValue::NULL)
}

/// Written as a list: for a struct's fields serde-wasm-bindgen keeps a cache of their names, whose hash
/// table costs more than all of them, and for a map's it checks that they are texts.
struct Detail<'a> {
    captcha: &'a Captcha,
    signal: u32,
}

impl Serialize for Detail<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { captcha, signal } = *self;
        let is = |of: Signal| signal == of as u32;
        let entries: &[(&str, Value<'_>)] = match (captcha.phase, captcha.fault) {
            _ if is(Signal::StateChange) => &[("state", Value::Text(captcha.state().as_str()))],
            _ if is(Signal::Issued) => {
                let expires_in = captcha.issued().and_then(|issued| issued.expires_in);
                &[("expiresIn", Value::Number(expires_in))]
            }
            (Phase::Verified, _) if is(Signal::Verified) => {
                &[("token", Value::Text(&captcha.token))]
            }
            (_, Some(fault)) if is(Signal::Error) => &[
                ("code", Value::Text(fault.code.as_str())),
                ("retryable", Value::Flag(fault.code.is_retryable())),
                (
                    "retryAfter",
                    Value::Number(fault.retry_after.map(u32::from)),
                ),
            ],
            _ => &[],
        };
        entries.serialize(serializer)
    }
}

/// One type for all values: each further one would bring the serialiser's code once more.
#[derive(Serialize)]
#[serde(untagged)]
enum Value<'a> {
    Text(&'a str),
    Flag(bool),
    Number(Option<u32>),
}
