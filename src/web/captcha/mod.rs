//! The boundary of `<sori-captcha>`: what the shell calls ([`Core`]), and what Rust asks the shell to do
//! ([`shell::Shell`]).
//!
//! The shell is JavaScript, because with web-sys for the DOM the module was 48 kB. Both sides use the same names: an
//! enum that crosses the boundary is declared once, in Rust, and wasm-bindgen makes a string of each of its variants.

mod details;
mod elements;
mod report;
mod request;
mod shell;

use core::num::NonZeroU32;

use lol_alloc::{AssumeSingleThreaded, FreeListAllocator};
use wasm_bindgen::prelude::*;
use web_sys::Request;

pub use report::{Failure, Report};
pub use shell::Shell;

use crate::{
    captcha::{
        event::{Event, timer_names},
        keys::{self, Press},
        pauses,
        state::{Fault, Issued, Sound, focus_names},
        wav,
    },
    error::ErrorCode,
    protocol::{AUDIO_MAX_BYTES, Key, classify},
};
use elements::{tell, with};

#[cfg(target_feature = "atomics")]
compile_error!("the allocator below counts on there being one thread");

// SAFETY: without atomics there is one thread.
#[allow(unsafe_code)]
#[global_allocator]
static ALLOCATOR: AssumeSingleThreaded<FreeListAllocator> =
    unsafe { AssumeSingleThreaded::new(FreeListAllocator::new()) };

/// Does nothing. After a trap, wasm-bindgen's reset (`__wbg_reset_state`, 0.2.130) calls a start function
/// even if the module has none, and would then throw.
#[wasm_bindgen(start)]
pub fn module_start() {}

/// Every rule of `<sori-captcha>`. One core serves all elements of a page; each element has a number (`id`) while it is
/// connected. Positions and lengths of the audio are in ms. If no element has the number, the element has just been
/// disconnected, and nothing follows.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Core;

#[wasm_bindgen]
impl Core {
    /// The core of a fresh instance of the module.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self
    }

    /// An element was connected. Returns its number. `answer` is what its box holds.
    #[must_use]
    pub fn connect(&self, shell: Shell, answer: String, consented: bool, disabled: bool) -> u32 {
        elements::add(shell, answer, consented, disabled)
    }

    /// An element left the document. Its number is free from now on.
    pub fn disconnect(&self, id: u32) {
        tell(id, Event::Disconnected);
        elements::remove(id);
    }

    /// The attributes have changed, other than `error`.
    pub fn configure(&self, id: u32) {
        elements::configure(id);
    }

    /// Whether every pointer of the device is coarse, and whether the page offers another way.
    pub fn surroundings(&self, id: u32, coarse: bool, has_way: bool) {
        tell(id, Event::Coarse(coarse));
        tell(id, Event::Ways(has_way));
    }

    /// The focus moved to a control of the element, or left the element.
    pub fn focus(&self, id: u32, to: focus_names::Focus) {
        tell(id, Event::Focus(to.into()));
    }

    /// `setCustomValidity` was called. `there`: with a message.
    #[wasm_bindgen(js_name = customValidity)]
    pub fn custom_validity(&self, id: u32, there: bool) {
        tell(id, Event::CustomValidity(there));
    }

    /// The `error` attribute was set or removed. `there`: it has a text.
    #[wasm_bindgen(js_name = siteError)]
    pub fn site_error(&self, id: u32, there: bool) {
        tell(id, Event::SiteError(there));
    }

    /// Something happened. `at` is the position of the audio and `length` its length, 0 if unknown.
    pub fn report(&self, id: u32, what: Report, at: u32, length: u32) {
        tell(id, what.event(at, length));
    }

    /// The site's server rejected the answer, maybe in its own words.
    pub fn reject(&self, id: u32, in_own_words: bool) {
        tell(id, Event::Reject { in_own_words });
    }

    /// The box was edited.
    pub fn edited(&self, id: u32, answer: &str) {
        tell(id, Event::Edited(answer));
    }

    /// The volume was set, in percent.
    pub fn volume(&self, id: u32, percent: u32) {
        tell(id, Event::Volume(percent));
    }

    /// The speed and the volume that were kept on the device, in percent.
    pub fn recalled(&self, id: u32, rate: u32, volume: u32) {
        tell(id, Event::Recalled { rate, volume });
    }

    /// A timer ran out.
    pub fn timer(&self, id: u32, timer: timer_names::Timer) {
        tell(id, Event::Timer(timer.into()));
    }

    /// Returns at once what a keyboard key in the box does, as a report; `None` if it types. `modified`: Ctrl, Alt or
    /// Meta is held. `composing`: an input method is at work. `taken`: the input method took this press.
    #[wasm_bindgen(js_name = keyAction)]
    #[must_use]
    pub fn key_action(
        &self,
        id: u32,
        key: &str,
        modified: bool,
        composing: bool,
        taken: bool,
    ) -> Option<Report> {
        let shortcuts = elements::has_shortcuts(id);
        let press = Press {
            key,
            modified,
            composing,
            taken,
        };
        keys::press(press, shortcuts).map(Report::from)
    }

    /// The same for a text that is about to be typed: some keyboards do not name the character in `keydown`.
    #[wasm_bindgen(js_name = typedAction)]
    #[must_use]
    pub fn typed_action(&self, id: u32, text: &str) -> Option<Report> {
        keys::typed(text, elements::has_shortcuts(id)).map(Report::from)
    }

    /// Whether the event of a key in the box stays within the element.
    #[wasm_bindgen(js_name = isPrintable)]
    #[must_use]
    pub fn is_printable(&self, key: &str, modified: bool) -> bool {
        keys::is_printable(key, modified)
    }

    /// Sends a request that the shell has made. [`Shell::answered`] gets the reply, unless the element sends another
    /// request or is disconnected.
    pub fn send(&self, id: u32, request: Request) {
        request::send(id, request);
    }

    /// The backend issued a key. `expires_in` is in s, NaN if the reply has none. `practice`: the practice upstream
    /// issued the key.
    pub fn issued(&self, id: u32, generation: u32, key: &str, expires_in: f64, practice: bool) {
        let Some(key) = Key::parse(key) else {
            return failed(id, generation, ErrorCode::BadResponse);
        };
        // Nothing in JSON that is no number is 1 or more, and a key that has expired already would never be issued.
        let expires_in = (expires_in >= 1.0).then_some(expires_in as u32);
        let issued = Issued { key, expires_in };
        let arrived = Event::KeyArrived {
            generation,
            issued,
            practice,
        };
        tell(id, arrived);
    }

    /// Scans a piece of the audio. Returns false once the audio is longer than the limit.
    #[must_use]
    pub fn scan(&self, id: u32, piece: &[u8]) -> bool {
        with(id, |element| {
            element.scanned += piece.len();
            element.scanner.feed(piece);
            element.scanned <= AUDIO_MAX_BYTES
        })
        .unwrap_or(true)
    }

    /// All of the audio has arrived.
    pub fn audio(&self, id: u32, generation: u32) {
        let scanner = with(id, |element| std::mem::take(&mut element.scanner));
        match scanner.map(wav::Scanner::finish) {
            Some(Ok(envelope)) => {
                let starts = pauses::digit_starts(&envelope);
                let sound = Sound { starts };
                tell(id, Event::AudioArrived { generation, sound });
            }
            _ => failed(id, generation, ErrorCode::NotAudio),
        }
    }

    /// The backend judged the answer. The token is empty if the answer was wrong.
    pub fn judged(&self, id: u32, generation: u32, verified: Option<bool>, token: &str) {
        let token = match verified {
            Some(false) => None,
            Some(true) if !token.is_empty() => Some(token),
            _ => return failed(id, generation, ErrorCode::BadResponse),
        };
        tell(id, Event::Judged { generation, token });
    }

    /// The reply to a request is an error: its status, its `Retry-After` in s (0 if there is none), and the members
    /// `code` and `errorCode` of its JSON. `errorCode` is NAVER's own.
    pub fn refused(
        &self,
        id: u32,
        generation: u32,
        status: u16,
        retry_after: u32,
        code: &str,
        naver_code: &str,
    ) {
        let fault = Fault {
            code: classify(status, Some(code), Some(naver_code)),
            retry_after: NonZeroU32::new(retry_after),
        };
        tell(id, Event::RequestFailed { generation, fault });
    }

    /// A request failed.
    pub fn failed(&self, id: u32, generation: u32, how: Failure) {
        failed(id, generation, how.code());
    }

    /// Speech could not be played.
    #[wasm_bindgen(js_name = playbackFailed)]
    pub fn playback_failed(&self, id: u32, how: Failure) {
        tell(id, Event::PlaybackFailed(how.code()));
    }
}

fn failed(id: u32, generation: u32, code: ErrorCode) {
    let fault = Fault::from(code);
    tell(id, Event::RequestFailed { generation, fault });
}
