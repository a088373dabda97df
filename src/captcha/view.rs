//! What is shown: a pure function of the captcha, so that it is tested without a browser. It names messages, never
//! words, and what does not change with the captcha (labels, the language, what is shown for an attribute) is no part of it.

use super::{
    description,
    form::{self, Flaw},
    message::{Message, Name, Text},
    part::{Description, Flag, Part},
    state::{Captcha, Focus, StateName, Telling, Verdict},
};
use crate::names::names;

/// What a part says: our own words, or the site's, which stay in the shell.
pub type Words = Verdict;

/// What a part says, and whether it is said a second time in a row: Orca (`handleAsLiveRegion`) drops an announcement that
/// equals the last, however long ago that was, so the shell adds a space that no screen reader speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// The words.
    pub words: Words,
    /// Whether they differ from the last announcement by that space alone.
    pub again: bool,
}

names! {
    /// What the progress shows.
    pub enum Progress in progress_names {
        /// Nothing.
        Hidden = "hidden",
        /// Something is on its way, and nobody knows how long it takes.
        Loading = "loading",
        /// Speech is heard.
        Playing = "playing",
        /// Speech was paused on the way.
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

/// What may hold of the parts.
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

/// Everything that is shown at one time and follows from the captcha.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// The one custom state that holds.
    pub state: StateName,
    /// What makes the element invalid, and what is said of that.
    pub flaw: Option<(Flaw, Words)>,
    /// What the placeholders in texts stand for, in the order of [`Name::ALL`].
    pub names: [Message; Name::ALL.len()],
    /// What the form gets: names and values.
    pub fields: Vec<(String, String)>,
    /// What the box is described by.
    pub description: Description,
    /// What the parts say, in the order of [`TEXTS`].
    pub texts: [Option<Said>; TEXTS.len()],
    /// Whether each of [`FLAGS`] holds.
    pub flags: [bool; FLAGS.len()],
    /// The volume, in percent.
    pub volume: u32,
    /// How far the audio is, in s, and how long.
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

    /// What a part says; none for one that says nothing, or whose text never changes.
    #[must_use]
    pub fn text(&self, part: Part) -> Option<Said> {
        TEXTS
            .iter()
            .zip(self.texts)
            .find_map(|(of, said)| said.filter(|_| *of == part))
    }

    /// Whether this holds of a part.
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
            // What is wrong takes its place.
            (Part::Hint, Flag::Hidden) => {
                description::hint(self).is_none() || self.verdict.is_some() || self.way_is_first()
            }
            (_, Flag::Hidden) => !self.had_audio,
        }
    }

    /// The live region for what is wrong with the answer holds it.
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
