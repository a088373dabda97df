//! `<sori-captcha>`: the connected elements by number, and the requests.

use std::cell::RefCell;

use gloo_net::http;
use js_sys::Uint8Array;
use serde::{Serialize, Serializer, ser::SerializeMap};
use wasm_bindgen::prelude::*;
use web_sys::{Request, Response};

use crate::captcha::{
    bridge::{self, Op, Session},
    state::{Captcha, Phase},
    wav,
};

#[global_allocator]
static ALLOCATOR: lol_alloc::LockedAllocator<lol_alloc::FreeListAllocator> =
    lol_alloc::LockedAllocator::new(lol_alloc::FreeListAllocator::new());

thread_local! {
    static SESSIONS: RefCell<Vec<Option<Session>>> = const { RefCell::new(Vec::new()) };
}

/// Calls with a connected element's session; nothing for a number that is none.
fn with<T>(id: u32, act: impl FnOnce(&mut Session) -> T) -> Option<T> {
    SESSIONS.with_borrow_mut(|sessions| sessions.get_mut(id as usize)?.as_mut().map(act))
}

/// What the shell needs to make the element: observed attributes, methods, tree, parted by `RECORD`.
#[wasm_bindgen]
#[must_use]
pub fn definition() -> String {
    bridge::definition()
}

/// An element was connected: its number from now on. `answer` is what its box holds.
#[wasm_bindgen]
#[must_use]
pub fn connect(disabled: bool, answer: String) -> u32 {
    SESSIONS.with_borrow_mut(|sessions| {
        let free = sessions
            .iter()
            .position(Option::is_none)
            .unwrap_or(sessions.len());
        if free == sessions.len() {
            sessions.push(None);
        }
        sessions[free] = Some(Session::new(disabled, answer));
        free as u32
    })
}

/// An element was disconnected.
#[wasm_bindgen]
pub fn disconnect(id: u32) {
    SESSIONS.with_borrow_mut(|sessions| {
        if let Some(session) = sessions.get_mut(id as usize) {
            *session = None;
        }
    });
}

/// Something happened: what follows. See [`bridge::Session::tell`].
#[wasm_bindgen]
#[must_use]
pub fn tell(id: u32, op: u32, number: u32, at: u32, length: u32, text: &str) -> String {
    let Some(op) = Op::read(op) else {
        return String::new();
    };
    with(id, |session| session.tell(op, number, at, length, text)).unwrap_or_default()
}

/// A key is pressed in the box: what it does, at once. See [`bridge::Session::press`].
#[wasm_bindgen]
#[must_use]
pub fn press(id: u32, flags: u32, text: &str) -> u32 {
    with(id, |session| session.press(flags, text)).unwrap_or_default()
}

/// What is shown if the module dies.
#[wasm_bindgen]
#[must_use]
pub fn farewell(id: u32) -> String {
    with(id, Session::farewell).unwrap_or_default()
}

/// Looks into a piece of the audio through a small window, for WebAssembly memory never shrinks.
/// False once there is more than the cap allows.
#[wasm_bindgen]
#[must_use]
pub fn scan(id: u32, piece: &Uint8Array) -> bool {
    const WINDOW_BYTES: usize = 4096;
    let mut window = [0; WINDOW_BYTES];
    let mut at = 0;
    while at < piece.length() {
        let part = piece.subarray(at, at + WINDOW_BYTES as u32);
        let length = part.length();
        let Some(window) = window.get_mut(..length as usize) else {
            return false;
        };
        part.copy_to(window);
        if with(id, |session| session.scan(window)) != Some(true) {
            return false;
        }
        at += length;
    }
    true
}

/// A silent WAV of this length in ms.
#[wasm_bindgen]
#[must_use]
pub fn silence(ms: u32) -> Vec<u8> {
    wav::silence(ms)
}

/// Sends a request that the shell has made.
///
/// # Errors
/// None that is told apart: why there is no answer, only the shell can find out.
#[wasm_bindgen]
pub async fn send(request: Request) -> Result<Response, JsValue> {
    http::Request::from(request)
        .send()
        .await
        .map(Response::from)
        .map_err(|_| JsValue::NULL)
}

/// The `detail` of an element's event.
#[wasm_bindgen]
#[must_use]
pub fn detail(id: u32, event: &str) -> JsValue {
    let detail = with(id, |session| {
        let serializer = serde_wasm_bindgen::Serializer::json_compatible();
        Detail {
            event,
            captcha: &session.captcha,
        }
        .serialize(&serializer)
        .ok()
    });
    detail.flatten().unwrap_or(JsValue::NULL)
}

/// Written as a map: for a struct's fields serde-wasm-bindgen keeps a cache of their names, whose hash
/// table costs more than all of them.
struct Detail<'a> {
    event: &'a str,
    captcha: &'a Captcha,
}

impl Serialize for Detail<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { event, captcha } = self;
        let mut map = serializer.serialize_map(None)?;
        match (*event, &captcha.phase) {
            ("sori-statechange", _) => map.serialize_entry("state", captcha.state().as_str())?,
            ("sori-issued", _) => {
                let expires_in = captcha.issued().and_then(|issued| issued.expires_in);
                map.serialize_entry("expiresIn", &expires_in)?;
            }
            ("sori-verified", Phase::Verified { token }) => map.serialize_entry("token", token)?,
            ("sori-error", _) => {
                if let Some(fault) = captcha.fault() {
                    map.serialize_entry("code", fault.code.as_str())?;
                    map.serialize_entry("retryable", &fault.code.is_retryable())?;
                    map.serialize_entry("retryAfter", &fault.retry_after.map(u32::from))?;
                }
            }
            _ => {}
        }
        map.end()
    }
}
