//! What the shell reports, as events.

use core::num::NonZeroU32;

use super::{
    super::{
        event::{By, Event, Timer},
        pauses,
        state::{Fault, Focus, Issued, Phase, Sound},
        template::Part,
        view::UNIT_BYTE,
    },
    Session, effects,
};
use crate::{
    config::Config,
    error::ErrorCode,
    locale::Locale,
    protocol::{Key, classify},
    text::{Fields, cut, set, whole},
};

/// What the shell reports. `number` and `text` mean what each variant says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// The values of the observed attributes, in their order, parted by `UNIT`.
    Attributes,
    /// What the page says around the element: language, label, description, and whether the volume can
    /// be set, parted by `UNIT`.
    Surroundings,
    /// The page's own texts, in the order of [`Message::ALL`](super::super::messages::Message::ALL), parted by `UNIT`; empty: ours.
    Messages,
    /// What was kept on the device.
    Recalled,
    /// The form was reset.
    Reset,
    /// The element or its fieldset was disabled (1) or enabled (0).
    Disabled,
    /// Timer `number` ran out.
    Timer,
    /// Method `number` of [`METHODS`](super::METHODS) was called, with `text`.
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
    /// A key in the box did what [`Session::press`](super::Session::press) answered.
    Press,
    /// Part `number` was edited to `text`.
    Input,
    /// The focus came to part `number`, or, where there is none of that number, left the element.
    Focus,
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
    /// A language module serves the page: its tag, and its texts in the order of [`Message::ALL`](super::super::messages::Message::ALL); empty: none does.
    Language,
    /// The element left the document.
    Disconnected,
    /// The page set the `error` attribute, maybe to the text that it had.
    SiteError,
    /// `setCustomValidity` was called with `text`.
    CustomValidity,
    /// The form was reset.
    FormReset,
    /// Nothing happened: the view for the case that the module dies is wanted, and no effects.
    Farewell,
}

impl Op {
    const ALL: [Self; 31] = [
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
        Self::Focus,
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
        Self::SiteError,
        Self::CustomValidity,
        Self::FormReset,
        Self::Farewell,
    ];

    /// The report with this number.
    #[must_use]
    pub fn read(number: u32) -> Option<Self> {
        Self::ALL.get(number as usize).copied()
    }
}

/// What can be asked for by a method, a key or a button.
#[derive(Clone, Copy)]
enum Act {
    Play,
    Pause,
    Back,
    Forward,
    Renew,
    Reset,
    Reject,
    Press,
    Key,
    Enter,
    Slower,
    Faster,
    Check,
}

/// In the order of [`METHODS`](super::METHODS).
const METHODS: [Act; 7] = [
    Act::Play,
    Act::Pause,
    Act::Back,
    Act::Forward,
    Act::Renew,
    Act::Reset,
    Act::Reject,
];
/// In the order of [`KeyAct`](super::super::keys::KeyAct).
const KEYS: [Act; 4] = [Act::Key, Act::Back, Act::Forward, Act::Enter];
const BUTTONS: [(Part, Act); 7] = [
    (Part::Play, Act::Press),
    (Part::Back, Act::Back),
    (Part::Forward, Act::Forward),
    (Part::Slower, Act::Slower),
    (Part::Faster, Act::Faster),
    (Part::Renew, Act::Renew),
    (Part::Check, Act::Check),
];

impl Session {
    /// The event of a report. Where only this side has to know, there is none. Warnings go to `out`, as effects.
    pub(super) fn read<'a>(
        &mut self,
        op: Op,
        number: u32,
        (at, length): (u32, u32),
        text: &'a str,
        out: &mut String,
    ) -> Option<Event<'a>> {
        let place = number as usize;
        let mut fields = Fields::of(text, UNIT_BYTE);
        let act = match op {
            Op::Method => *METHODS.get(place)?,
            Op::Press => *KEYS.get(place.wrapping_sub(1))?,
            Op::Click => {
                let (part, act) = BUTTONS.iter().find(|(part, _)| *part as u32 == number)?;
                if !self.captcha.can_use(*part) {
                    return None;
                }
                *act
            }
            Op::Attributes => {
                let config = Config::read(text, |warning| {
                    effects::warn(out, [warning.attribute, warning.value, warning.expected]);
                });
                return Some(Event::Configured(config));
            }
            Op::Surroundings => {
                self.catalog.locale = Locale::negotiate(fields.text());
                set(&mut self.around.label, fields.text());
                set(&mut self.around.description, fields.text());
                self.around.volume = !fields.text().is_empty();
                return None;
            }
            Op::Messages => {
                set(&mut self.catalog.own, text);
                return None;
            }
            Op::Language => {
                let (tag, texts) = cut(text, UNIT_BYTE);
                set(&mut self.catalog.tag, tag);
                set(&mut self.catalog.module, texts.unwrap_or_default());
                return None;
            }
            Op::Recalled => {
                let mut kept = Fields::of(text, b' ');
                return Some(Event::Recalled {
                    rate: kept.whole()?,
                    volume: kept.whole()?,
                });
            }
            Op::Reset => return Some(Event::Reset),
            Op::Disconnected => return Some(Event::Disconnected),
            Op::Disabled => return Some(Event::Disabled(number != 0)),
            Op::Timer => return Some(Event::Timer(*Timer::ALL.get(place)?)),
            Op::PageHidden => return Some(Event::PageHidden),
            Op::PageRestored => return Some(Event::PageRestored),
            Op::Submitted => return Some(Event::Submitted),
            Op::Invalid => return Some(Event::Invalid { first: number != 0 }),
            Op::Input => return input(number, text),
            Op::Focus => return Some(Event::Focus(focus(number))),
            Op::LeadInOver => return Some(Event::LeadInOver),
            Op::Playing => return Some(Event::Playing),
            Op::Paused => return Some(Event::Paused { at }),
            Op::Ended => return Some(Event::Ended),
            Op::Progress => return Some(Event::Progress { at, length }),
            Op::PlaybackFailed => return Some(Event::PlaybackFailed(ErrorCode::from_name(text)?)),
            Op::Audio => return Some(self.audio(number)),
            Op::Answer => return Some(self.answer(number, fields)),
            Op::Failed => return Some(failed(number, ErrorCode::from_name(text)?)),
            Op::SiteError => return Some(Event::SiteError),
            Op::CustomValidity => return Some(Event::CustomValidity(text)),
            Op::FormReset => return Some(Event::FormReset),
            Op::Farewell => return None,
        };
        Some(match act {
            Act::Play => Event::Play,
            Act::Pause => Event::Pause,
            Act::Back => Event::Back { at },
            Act::Forward => Event::Forward { at, length },
            Act::Renew => Event::Renew,
            Act::Reset => Event::Reset,
            Act::Reject => Event::Reject((!text.is_empty()).then_some(text)),
            Act::Press => Event::Toggle(By::Button),
            Act::Key => Event::Toggle(By::Key),
            Act::Enter => Event::Enter,
            Act::Slower => Event::Slower,
            Act::Faster => Event::Faster,
            Act::Check => Event::Check,
        })
    }

    fn audio(&mut self, generation: u32) -> Event<'static> {
        self.scanned = 0;
        match core::mem::take(&mut self.scanner).finish() {
            Ok(envelope) => Event::AudioArrived {
                generation,
                sound: Sound {
                    starts: pauses::digit_starts(&envelope),
                },
            },
            Err(_) => failed(generation, ErrorCode::NotAudio),
        }
    }

    /// What an answer means. A key and a verdict are told apart by their members, for the request's
    /// number says which was asked for.
    fn answer<'a>(&self, generation: u32, mut fields: Fields<'a>) -> Event<'a> {
        let status = fields.whole().unwrap_or_default();
        let retry_after = fields.whole();
        let (key, expires_in) = (fields.text(), fields.whole());
        let (verified, token) = (fields.text(), fields.text());
        let checking = matches!(self.captcha.phase, Phase::Checking);
        let judged = |token| Event::Judged { generation, token };
        if (200..300).contains(&status) {
            if checking {
                match verified {
                    "false" => return judged(None),
                    "true" if !token.is_empty() => return judged(Some(token)),
                    _ => {}
                }
            } else if let Some(key) = Key::parse(key) {
                return Event::KeyArrived {
                    generation,
                    issued: Issued { key, expires_in },
                    practice: false,
                };
            }
        }
        Event::RequestFailed {
            generation,
            fault: Fault {
                code: classify(status as u16, Some(fields.text()), Some(fields.text())),
                retry_after: retry_after.and_then(NonZeroU32::new),
            },
        }
    }
}

fn failed(generation: u32, code: ErrorCode) -> Event<'static> {
    Event::RequestFailed {
        generation,
        fault: code.into(),
    }
}

fn focus(part: u32) -> Focus {
    let parts = [
        (Part::Answer, Focus::Answer),
        (Part::Play, Focus::Play),
        (Part::ConsentBox, Focus::Consent),
        (Part::Host, Focus::Elsewhere),
    ];
    let at = parts.iter().find(|(of, _)| *of as u32 == part);
    at.map_or(Focus::Other, |(_, focus)| *focus)
}

fn input(part: u32, text: &str) -> Option<Event<'_>> {
    Some(if part == Part::Answer as u32 {
        Event::Edited(text)
    } else if part == Part::Volume as u32 {
        Event::Volume(whole(text)?)
    } else {
        Event::Consent(!text.is_empty())
    })
}
