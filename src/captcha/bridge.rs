//! One element as the shell in the browser meets it: numbers and strings in, strings out. What follows
//! from an event comes back as effects and a view, so that the shell holds no rule and this holds no
//! browser. In step with `src/web/captcha/protocol.js`.

use super::{
    answer,
    event::{By, Effect, Event, Timer},
    keys::{self, Press},
    messages::{Catalog, Message, Text, push_number},
    pauses,
    state::{Captcha, Fault, Issued, Phase, Sound},
    status::Status,
    step::step,
    template::{Part, TEMPLATE},
    view::{RECORD, Surroundings, UNIT, View},
    wav::Scanner,
};
use crate::{
    config::{ATTRIBUTES, Config, Warning},
    error::ErrorCode,
    locale::Locale,
    protocol::{AUDIO_MAX_BYTES, Key, classify},
};

/// Parts the effects from the view.
pub const GROUP: char = '\u{1d}';

/// The element's methods, by number.
pub const METHODS: &str = "play pause back forward renew reset reject";

/// What the shell reports. `number` and `text` mean what each variant says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// The values of the observed attributes, in their order, parted by `UNIT`.
    Attributes,
    /// What the page says around the element: language, label, description, and whether the volume can
    /// be set, parted by `UNIT`.
    Surroundings,
    /// The page's own texts, in the order of [`Message::ALL`], parted by `UNIT`; empty: ours.
    Messages,
    /// What was kept on the device.
    Recalled,
    /// The form was reset.
    Reset,
    /// The element or its fieldset was disabled (1) or enabled (0).
    Disabled,
    /// Timer `number` ran out.
    Timer,
    /// Method `number` was called, with `text`.
    Method,
    /// The page is being left.
    PageHidden,
    /// The page came back from the back/forward cache.
    PageRestored,
    /// The form is being sent.
    Submitted,
    /// The form found the element invalid; 1 if it is the form's first such field.
    Invalid,
    /// Part `number` was clicked.
    Click,
    /// A key in the box did what [`Session::press`] answered.
    Press,
    /// Part `number` was edited to `text`.
    Input,
    /// The box was left.
    Left,
    /// The silence before speech is over, or could not be played.
    LeadInOver,
    /// Speech is heard.
    Playing,
    /// Speech stopped on the way.
    Paused,
    /// Speech has ended.
    Ended,
    /// Speech has come further.
    Progress,
    /// Speech could not be played; `text` is the code.
    PlaybackFailed,
    /// Request `number` brought the audio.
    Audio,
    /// Request `number` was answered: status, `Retry-After`, and the members `key`, `expiresIn`,
    /// `verified`, `token`, `code`, `errorCode` of its JSON, parted by `UNIT`.
    Answer,
    /// Request `number` failed; `text` is the code.
    Failed,
    /// A language module serves the page: its tag, and its texts in the order of [`Message::ALL`]; empty: none does.
    Language,
    /// The element left the document.
    Disconnected,
}

impl Op {
    const ALL: [Self; 27] = [
        Self::Attributes,
        Self::Surroundings,
        Self::Messages,
        Self::Recalled,
        Self::Reset,
        Self::Disabled,
        Self::Timer,
        Self::Method,
        Self::PageHidden,
        Self::PageRestored,
        Self::Submitted,
        Self::Invalid,
        Self::Click,
        Self::Press,
        Self::Input,
        Self::Left,
        Self::LeadInOver,
        Self::Playing,
        Self::Paused,
        Self::Ended,
        Self::Progress,
        Self::PlaybackFailed,
        Self::Audio,
        Self::Answer,
        Self::Failed,
        Self::Language,
        Self::Disconnected,
    ];

    /// The report with this number.
    #[must_use]
    pub fn read(number: u32) -> Option<Self> {
        Self::ALL.get(number as usize).copied()
    }
}

/// What the shell needs to make the element: attributes, methods, the tree, and the names of the texts.
#[must_use]
pub fn definition() -> String {
    let mut out = String::new();
    for text in [ATTRIBUTES, METHODS, TEMPLATE] {
        out.push_str(text);
        out.push(RECORD);
    }
    for message in Message::ALL {
        out.push_str(message.name());
        out.push(' ');
    }
    out
}

/// One connected element.
#[derive(Debug)]
pub struct Session {
    /// Its captcha.
    pub captcha: Captcha,
    catalog: Catalog,
    around: Surroundings,
    scanner: Scanner,
    scanned: usize,
    warnings: Vec<Warning>,
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
            warnings: Vec::new(),
        }
    }

    /// Takes a report in; `at` and `length` say where the audio is and how long, in ms, 0 where that is not
    /// known. Returns the effects, then [`GROUP`], then the view; each effect a record of its name and its
    /// arguments.
    pub fn tell(&mut self, op: Op, number: u32, at: u32, length: u32, text: &str) -> String {
        let mut out = String::new();
        if let Some(event) = self.read(op, number, (at, length), text) {
            for effect in step(&mut self.captcha, event) {
                self.write(effect, &mut out);
            }
        }
        for Warning {
            attribute,
            value,
            expected,
        } in core::mem::take(&mut self.warnings)
        {
            record(
                &mut out,
                "warn",
                &[
                    "the attribute ",
                    attribute,
                    "=\"",
                    &value,
                    "\" should be ",
                    expected,
                ],
            );
        }
        out.push(GROUP);
        out.push_str(View::of(&self.captcha, &self.catalog, &self.around).records());
        out
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
    #[must_use]
    pub fn farewell(&mut self) -> String {
        let fault = Fault::from(ErrorCode::InternalError);
        let dead = Phase::Failed {
            fault,
            issued: None,
        };
        let phase = core::mem::replace(&mut self.captcha.phase, dead);
        let status = core::mem::replace(
            &mut self.captcha.status,
            Status::saying(Text::of_error(fault)),
        );
        let view = View::of(&self.captcha, &self.catalog, &self.around);
        self.captcha.phase = phase;
        self.captcha.status = status;
        view.into_records()
    }

    /// Takes in the next bytes of the audio; false once there are more than the cap allows.
    pub fn scan(&mut self, bytes: &[u8]) -> bool {
        self.scanned += bytes.len();
        self.scanner.feed(bytes);
        self.scanned <= AUDIO_MAX_BYTES
    }

    fn read(&mut self, op: Op, number: u32, (at, length): (u32, u32), text: &str) -> Option<Event> {
        let mut fields = text.split(UNIT);
        let mut next = || fields.next().unwrap_or_default();
        Some(match op {
            Op::Attributes => {
                let (config, warnings) = Config::read(text.split(UNIT));
                self.warnings = warnings;
                Event::Configured(Box::new(config))
            }
            Op::Surroundings => {
                self.catalog.locale = Locale::negotiate(next());
                self.around = Surroundings {
                    label: next().into(),
                    description: next().into(),
                    volume: !next().is_empty(),
                };
                return None;
            }
            Op::Messages => {
                self.catalog.own.clear();
                for (message, text) in Message::ALL.iter().zip(text.split(UNIT)) {
                    self.catalog.own.push((*message, text.into()));
                }
                return None;
            }
            Op::Language => {
                let tag = next();
                let texts = fields.map(Into::into).collect();
                self.catalog.module = (!tag.is_empty()).then(|| (tag.into(), texts));
                return None;
            }
            Op::Recalled => {
                let (rate, volume) = text.split_once(' ')?;
                Event::Recalled {
                    rate: rate.parse().ok()?,
                    volume: volume.parse().ok()?,
                }
            }
            Op::Reset => Event::Reset,
            Op::Disconnected => Event::Disconnected,
            Op::Disabled => Event::Disabled(number != 0),
            Op::Timer => Event::Timer(*Timer::ALL.get(number as usize)?),
            Op::Method => return method(number, at, length, text),
            Op::PageHidden => Event::PageHidden,
            Op::PageRestored => Event::PageRestored,
            Op::Submitted => Event::Submitted,
            Op::Invalid => Event::Invalid { first: number != 0 },
            Op::Click => return self.click(number, at, length),
            Op::Press => return act(number, at, length),
            Op::Input if number == Part::Answer as u32 => Event::Edited(text.into()),
            Op::Input if number == Part::Volume as u32 => Event::Volume(text.parse().ok()?),
            Op::Input => Event::Consent(!text.is_empty()),
            Op::Left => Event::Left,
            Op::LeadInOver => Event::LeadInOver,
            Op::Playing => Event::Playing,
            Op::Paused => Event::Paused,
            Op::Ended => Event::Ended,
            Op::Progress => Event::Progress { at, length },
            Op::PlaybackFailed => Event::PlaybackFailed(ErrorCode::from_name(text)?),
            Op::Audio => return Some(self.audio(number)),
            Op::Answer => return Some(self.answer(number, text)),
            Op::Failed => Event::RequestFailed {
                generation: number,
                fault: ErrorCode::from_name(text)?.into(),
            },
        })
    }

    fn click(&self, part: u32, at: u32, length: u32) -> Option<Event> {
        const BUTTONS: [Part; 7] = [
            Part::Play,
            Part::Back,
            Part::Forward,
            Part::Slower,
            Part::Faster,
            Part::Renew,
            Part::Check,
        ];
        let part = *BUTTONS.iter().find(|button| **button as u32 == part)?;
        if !self.captcha.can_use(part) {
            return None;
        }
        Some(match part {
            Part::Play => Event::Toggle { by: By::Button, at },
            Part::Back => Event::Back { at },
            Part::Forward => Event::Forward { at, length },
            Part::Slower => Event::Slower,
            Part::Faster => Event::Faster,
            Part::Renew => Event::Renew,
            _ => Event::Check,
        })
    }

    fn audio(&mut self, generation: u32) -> Event {
        self.scanned = 0;
        match core::mem::take(&mut self.scanner).finish() {
            Ok(envelope) => Event::AudioArrived {
                generation,
                sound: Sound {
                    starts: pauses::digit_starts(&envelope),
                },
            },
            Err(_) => Event::RequestFailed {
                generation,
                fault: ErrorCode::NotAudio.into(),
            },
        }
    }

    /// What an answer means. A key and a verdict are told apart by their members, for the request's
    /// number says which was asked for.
    fn answer(&self, generation: u32, text: &str) -> Event {
        let mut fields = text.split(UNIT);
        let mut next = || fields.next().unwrap_or_default();
        let status: u32 = next().parse().unwrap_or_default();
        let (retry_after, key, expires_in) = (next(), next(), next());
        let (verified, token, code, naver_code) = (next(), next(), next(), next());
        if (200..300).contains(&status) {
            let checking = matches!(self.captcha.phase, Phase::Checking(_));
            if let (Some(key), false) = (Key::parse(key), checking) {
                return Event::KeyArrived {
                    generation,
                    issued: Issued {
                        key,
                        expires_in: expires_in.parse().ok(),
                    },
                };
            }
            match (checking, verified, token) {
                (true, "false", _) => {
                    return Event::Judged {
                        generation,
                        token: None,
                    };
                }
                (true, "true", token) if !token.is_empty() => {
                    return Event::Judged {
                        generation,
                        token: Some(token.into()),
                    };
                }
                _ => {}
            }
        }
        let code = classify(status as u16, Some(code), Some(naver_code));
        Event::RequestFailed {
            generation,
            fault: Fault {
                code,
                retry_after: retry_after.parse().ok(),
            },
        }
    }

    /// An effect as the shell reads it.
    fn write(&mut self, effect: Effect, out: &mut String) {
        let (name, number) = match effect {
            Effect::RequestKey | Effect::FetchAudio | Effect::Verify => {
                return self.request(effect, out);
            }
            Effect::Emit(signal) => return record(out, "emit", &[signal.name()]),
            Effect::StartTimer(timer, ms) => {
                record(out, "timer", &[]);
                argument(out, timer as u32);
                return argument(out, ms);
            }
            Effect::Remember if !self.captcha.config.remember => return,
            Effect::Remember => {
                record(out, "keep", &[]);
                argument(out, self.captcha.rate);
                return argument(out, self.captcha.volume);
            }
            Effect::Tune => {
                record(out, "tune", &[]);
                argument(out, self.captcha.rate);
                return argument(out, self.captcha.volume);
            }
            Effect::StopTimer(timer) => ("stop", timer as u32),
            Effect::LeadIn(ms) => ("lead", ms),
            Effect::Start(at) => ("start", at),
            Effect::Seek(at) => ("seek", at),
            Effect::FocusAnswer => ("focus", 0),
            Effect::SelectAnswer => ("focus", 1),
            Effect::Abort => ("abort", 0),
            Effect::Adopt => ("adopt", 0),
            Effect::Pause => ("hush", 0),
            Effect::Unload => ("unload", 0),
            Effect::ClearAnswer => ("clear", 0),
            Effect::PressDefaultButton => ("enter", 0),
        };
        record(out, name, &[]);
        argument(out, number);
    }

    /// A request: its number, the ms it may take, the ticket, the URL, and the body, which is absent
    /// for the audio.
    fn request(&mut self, effect: Effect, out: &mut String) {
        let captcha = &self.captcha;
        let config = &captcha.config;
        record(out, "request", &[]);
        argument(out, captcha.generation);
        argument(out, config.timeout);
        let mut unit = |text: &[&str]| {
            out.push(UNIT);
            for piece in text {
                out.push_str(piece);
            }
        };
        unit(&[&config.ticket]);
        let key = captcha.issued().map(|issued| &issued.key);
        match (effect, key) {
            (Effect::FetchAudio, Some(key)) => {
                unit(&[&config.audio(key)]);
                self.scanner = Scanner::default();
                self.scanned = 0;
            }
            (Effect::Verify, Some(key)) => {
                unit(&[&config.verifications()]);
                let answer = answer::normalise(&captcha.answer);
                unit(&[
                    "{\"key\":\"",
                    key.as_str(),
                    "\",\"answer\":\"",
                    &escaped(&answer),
                    "\"}",
                ]);
            }
            _ => {
                unit(&[&config.keys()]);
                unit(&["{}"]);
            }
        }
    }
}

/// What [`Session::press`] answered, one more than the act.
fn act(number: u32, at: u32, length: u32) -> Option<Event> {
    let acts = [
        Event::Toggle { by: By::Key, at },
        Event::Back { at },
        Event::Forward { at, length },
        Event::Enter,
    ];
    acts.into_iter().nth((number as usize).wrapping_sub(1))
}

fn method(number: u32, at: u32, length: u32, text: &str) -> Option<Event> {
    Some(match METHODS.split(' ').nth(number as usize)? {
        "play" => Event::Play { at },
        "pause" => Event::Pause,
        "back" => Event::Back { at },
        "forward" => Event::Forward { at, length },
        "renew" => Event::Renew,
        "reset" => Event::Reset,
        _ => Event::Reject((!text.is_empty()).then(|| text.into())),
    })
}

fn record(out: &mut String, name: &str, text: &[&str]) {
    if !out.is_empty() {
        out.push(RECORD);
    }
    out.push_str(name);
    if !text.is_empty() {
        out.push(UNIT);
        for piece in text {
            out.push_str(piece);
        }
    }
}

fn argument(out: &mut String, number: u32) {
    out.push(UNIT);
    push_number(out, number);
}

/// Inside a JSON string; control characters were removed as separators.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
