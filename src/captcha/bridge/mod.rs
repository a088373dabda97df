//! One element as the shell in the browser meets it: numbers and strings in, strings out. What follows
//! from an event comes back as effects and a view, so that the shell holds no rule and this holds no
//! browser. In step with `src/web/captcha/protocol.js`.

mod effects;
mod report;

pub use report::Op;

use super::{
    keys::{self, Press},
    messages::{Catalog, Message, Text},
    state::{Captcha, Fault, Phase},
    status::Status,
    step::step,
    template::TEMPLATE,
    view::{Surroundings, View},
    wav::Scanner,
};
use crate::{
    config::{ATTRIBUTES, Config},
    error::ErrorCode,
    protocol::AUDIO_MAX_BYTES,
};

/// Parts the effects from the view.
pub const GROUP: &str = "\u{1d}";

/// The element's methods, by number.
pub const METHODS: &str = "play pause back forward renew reset reject";

/// What the shell needs to make the element: attributes, methods, the tree, and the names of the texts.
pub const DEFINITION: [&str; 4] = [ATTRIBUTES, METHODS, TEMPLATE, Message::NAMES];

/// One connected element.
#[derive(Debug)]
pub struct Session {
    /// Its captcha.
    pub captcha: Captcha,
    catalog: Catalog,
    around: Surroundings,
    scanner: Scanner,
    scanned: usize,
}

impl Session {
    /// An element that was just connected; attributes and surroundings follow.
    #[must_use]
    pub fn new(disabled: bool, answer: String) -> Self {
        Self {
            captcha: Captcha::new(Config::default(), disabled, answer),
            catalog: Catalog::default(),
            around: Surroundings::default(),
            scanner: Scanner::default(),
            scanned: 0,
        }
    }

    /// Takes a report in; `at` and `length` say where the audio is and how long, in ms, 0 where that is not
    /// known. Returns the effects, then [`GROUP`], then the view.
    pub fn tell(&mut self, op: Op, number: u32, at: u32, length: u32, text: &str) -> String {
        if op == Op::Farewell {
            return self.farewell();
        }
        let mut out = String::new();
        if let Some(event) = self.read(op, number, (at, length), text, &mut out) {
            for effect in step(&mut self.captcha, event) {
                self.write(effect, &mut out);
            }
        }
        out.push_str(GROUP);
        View::after(out, &self.captcha, &self.catalog, &self.around).into_records()
    }

    /// What a key in the box does: bit 0, its default is prevented; bit 1, it goes no further; the rest,
    /// the number to report as [`Op::Press`], if not 0. In `flags`, bit 0: Ctrl, Alt or Meta is held; bit 1:
    /// an input method is at work; bit 2: it took the press; bit 3: `text` is about to be typed; bit 4: the
    /// press is over.
    #[must_use]
    pub fn press(&self, flags: u32, text: &str) -> u32 {
        let shortcuts = self.captcha.config.shortcuts;
        let modified = flags & 1 != 0;
        let stopped = u32::from(flags & 8 == 0 && keys::is_printable(text, modified)) << 1;
        let act = if flags & 16 != 0 {
            None
        } else if flags & 8 != 0 {
            keys::typed(text, shortcuts)
        } else {
            let (composing, taken) = (flags & 2 != 0, flags & 4 != 0);
            keys::press(
                Press {
                    key: text,
                    modified,
                    composing,
                    taken,
                },
                shortcuts,
            )
        };
        act.map_or(stopped, |act| stopped | 1 | (act as u32 + 1) << 2)
    }

    /// What is shown and submitted if the module dies.
    fn farewell(&mut self) -> String {
        let fault = Fault::from(ErrorCode::InternalError);
        let captcha = &mut self.captcha;
        let alive = (captcha.phase, captcha.fault, captcha.status);
        captcha.phase = Phase::Failed;
        captcha.fault = Some(fault);
        captcha.status = Status::saying(Text::of_error(fault));
        let view = View::of(captcha, &self.catalog, &self.around);
        (captcha.phase, captcha.fault, captcha.status) = alive;
        view.into_records()
    }

    /// Takes in the next bytes of the audio; false once there are more than the cap allows.
    pub fn scan(&mut self, bytes: &[u8]) -> bool {
        self.scanned += bytes.len();
        self.scanner.feed(bytes);
        self.scanned <= AUDIO_MAX_BYTES
    }
}
