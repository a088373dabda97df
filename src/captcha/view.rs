//! What is shown: a pure function of the captcha, so that it is tested without a browser. It names messages and
//! contains no texts. What does not depend on the captcha (labels, the language, what an attribute shows) is no part of
//! it.

use super::{
    description,
    form::{self, Flaw},
    message::{Message, Name, Text, Words},
    part::{Description, Flag, Part},
    state::{Captcha, Focus, StateName, Telling},
};
use crate::names::names;

/// What a part says, and whether it is marked as a repetition. Orca (`handleAsLiveRegion`) drops an announcement that
/// equals the last one, however long ago that was. So the shell adds a space to every second announcement; no screen
/// reader speaks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// The text.
    pub words: Words,
    /// Whether the shell adds that space.
    pub again: bool,
}

names! {
    /// What the progress shows.
    pub enum Progress in progress_names {
        /// Nothing.
        Hidden = "hidden",
        /// Something is being loaded, and nobody knows how long it takes.
        Loading = "loading",
        /// Speech is heard.
        Playing = "playing",
        /// Speech is paused.
        Paused = "paused",
    }
}

/// The parts whose text changes.
pub const TEXTS: [Part; 7] = [
    Part::Play,
    Part::Error,
    Part::Hint,
    Part::Notice,
    Part::Volume,
    Part::Status,
    Part::Announcement,
];

/// The flags that the parts can have.
pub const FLAGS: [(Part, Flag); 11] = [
    (Part::Answer, Flag::Invalid),
    (Part::Answer, Flag::ReadOnly),
    (Part::Consent, Flag::Invalid),
    (Part::Hint, Flag::Hidden),
    (Part::Play, Flag::Unavailable),
    (Part::Transport, Flag::Hidden),
    (Part::Back, Flag::Unavailable),
    (Part::Forward, Flag::Unavailable),
    (Part::Renew, Flag::Unavailable),
    (Part::Check, Flag::Unavailable),
    (Part::Wrapper, Flag::WayFirst),
];

/// Everything that is shown at one time and depends on the captcha.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// The custom state of the element. There is exactly one at a time.
    pub state: StateName,
    /// What makes the element invalid, and the message about it.
    pub flaw: Option<(Flaw, Words)>,
    /// What the placeholders in texts stand for, in the order of [`Name::ALL`].
    pub names: [Message; Name::ALL.len()],
    /// What the form gets: names and values.
    pub fields: Vec<(String, String)>,
    /// What describes the box.
    pub description: Description,
    /// What the parts say, in the order of [`TEXTS`].
    pub texts: [Option<Said>; TEXTS.len()],
    /// Whether each of [`FLAGS`] is set.
    pub flags: [bool; FLAGS.len()],
    /// The volume, in percent.
    pub volume: u32,
    /// What the progress shows, and the position and the length of the audio, both in s.
    pub progress: (Progress, u32, u32),
}

impl View {
    /// What is shown of a captcha.
    #[must_use]
    pub fn of(captcha: &Captcha) -> Self {
        Self {
            state: captcha.state(),
            flaw: form::flaw(captcha),
            names: [captcha.play_to_press(), captcha.way()],
            fields: form::entries(captcha),
            description: captcha.description,
            texts: TEXTS.map(|part| captcha.says(part)),
            flags: FLAGS.map(|(part, flag)| captcha.holds(part, flag)),
            volume: captcha.volume,
            progress: captcha.shown_progress(),
        }
    }

    /// What a part says; `None` if it says nothing, or if its text never changes.
    #[must_use]
    pub fn text(&self, part: Part) -> Option<Said> {
        TEXTS
            .iter()
            .zip(self.texts)
            .find_map(|(of, said)| said.filter(|_| *of == part))
    }

    /// Whether a part has this flag.
    #[must_use]
    pub fn holds(&self, part: Part, flag: Flag) -> bool {
        FLAGS
            .iter()
            .zip(self.flags)
            .any(|(of, holds)| holds && *of == (part, flag))
    }
}

impl Captcha {
    fn says(&self, part: Part) -> Option<Said> {
        let ours = |text: Text| {
            let words = Words::Ours(text);
            Some(Said {
                words,
                again: false,
            })
        };
        let wrong = |again| {
            let words = self.verdict?.0;
            Some(Said { words, again })
        };
        match part {
            Part::Play => ours(self.play_name().into()),
            Part::Hint => ours(description::hint(self)?.into()),
            Part::Notice => ours(self.notice().into()),
            Part::Volume => ours(Text::with(Message::VolumePercent, self.volume)),
            Part::Error => wrong(false),
            Part::Announcement if self.is_announced() => wrong(!self.turn),
            Part::Status => Some(Said {
                words: Words::Ours(self.status.shown()?),
                again: self.status.is_second(),
            }),
            _ => None,
        }
    }

    fn holds(&self, part: Part, flag: Flag) -> bool {
        match (part, flag) {
            (_, Flag::Unavailable) => !self.can_use(part),
            (_, Flag::ReadOnly) => self.is_settled(),
            (_, Flag::WayFirst) => self.way_is_first(),
            (Part::Consent, Flag::Invalid) => self.error_at() == Some(Focus::Consent),
            (_, Flag::Invalid) => self.error_at() == Some(Focus::Answer),
            // The error takes the place of the hint.
            (Part::Hint, Flag::Hidden) => {
                description::hint(self).is_none() || self.verdict.is_some() || self.way_is_first()
            }
            (_, Flag::Hidden) => !self.had_audio,
        }
    }

    /// Whether the live region for errors in the answer contains the verdict.
    fn is_announced(&self) -> bool {
        matches!(self.verdict, Some((_, Telling::Announced)))
    }

    fn shown_progress(&self) -> (Progress, u32, u32) {
        let what = match self.state() {
            StateName::Loading => Progress::Loading,
            StateName::Playing => Progress::Playing,
            StateName::Paused => Progress::Paused,
            _ => return (Progress::Hidden, 0, 1),
        };
        let length = self.length.div_ceil(1000);
        (what, self.position / 1000, length.max(1))
    }
}
