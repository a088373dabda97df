//! What one captcha is at a time: its phase, and beside it the challenge that the phase is about.

use core::num::NonZeroU32;

use super::{
    message::{SiteText, Text},
    part::Description,
    status::Status,
};
use crate::{config::Config, error::ErrorCode, names::names, protocol::Key};

/// Something went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What.
    pub code: ErrorCode,
    /// When to try again, in s, where the backend says so.
    pub retry_after: Option<NonZeroU32>,
}

impl From<ErrorCode> for Fault {
    fn from(code: ErrorCode) -> Self {
        Self {
            code,
            retry_after: None,
        }
    }
}

/// A key that the backend issued; it has cost one of the day's calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    /// The key.
    pub key: Key,
    /// How long it lives, in s, where the backend says so.
    pub expires_in: Option<u32>,
}

/// What a challenge is made of besides its key. Only the audio so far; a picture would be a second variant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sound {
    /// Where the digits begin, in ms; empty where no pauses were found.
    pub starts: Vec<u32>,
}

/// A challenge that can be heard and answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// Its key.
    pub issued: Issued,
    /// Its medium.
    pub sound: Sound,
}

/// What the media element does. Committed on its own events, but for the lead-in. Positions are in ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Playback {
    /// Nothing was played yet, or the end was reached.
    Still,
    /// Silence is played; speech follows at this position.
    LeadIn {
        /// Where speech will start.
        at: u32,
        /// Whether the silence is long enough for an announcement in it.
        announces: bool,
    },
    /// The element was asked to play speech from this position and has not begun.
    Starting {
        /// Where speech will start.
        at: u32,
    },
    /// Speech is heard.
    Playing,
    /// Speech is heard, and the element was asked to pause.
    Pausing,
    /// Stopped on the way.
    Paused {
        /// Where speech goes on.
        at: u32,
    },
}

/// What is being fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// A key: it spends quota. The challenge at hand is the one before, which comes back if no key can be had.
    Key,
    /// The audio of the key at hand: it is free.
    Audio {
        /// How often it was tried again.
        retries: u8,
    },
}

/// A challenge on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loading {
    /// What is being fetched.
    pub stage: Stage,
    /// Whether it is to be played on arrival: Play pressed again says no.
    pub play: bool,
    /// Whether the silence before it is over.
    pub lead_in_over: bool,
    /// Whether the person was told that a new audio empties the box.
    pub told_clears: bool,
    /// Whether it takes the place of a challenge that could be answered.
    pub renews: bool,
}

/// Why a key can be used no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Its answer was wrong.
    Rejected,
    /// Its time is over.
    Expired,
    /// It went out with the form. Whether the site had it verified is not known.
    Submitted {
        /// The page has reset the form since, as React does after every action, also after one that fails before
        /// it looks at the captcha. What went out may go out once more, so that nobody has to listen again.
        resendable: bool,
    },
}

names! {
    /// Where the focus is, as far as it matters for what is said.
    pub enum Focus in focus_names {
        /// Outside the element.
        Elsewhere = "elsewhere",
        /// In the box.
        Answer = "answer",
        /// On Play.
        Play = "play",
        /// On the consent box.
        Consent = "consent",
        /// On another control of the element.
        Other = "other",
    }
}

/// The phases of a captcha. Copied at will: what would have to be moved along from phase to phase stands once, in
/// [`Captcha`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Nothing was asked for yet.
    Idle,
    /// A challenge is on its way.
    Loading(Loading),
    /// A challenge is at hand, and its audio does this.
    Ready(Playback),
    /// Its answer is being verified (inline mode).
    Checking,
    /// The answer was right (inline mode).
    Verified,
    /// The last key can be used no more; Play asks for a new one.
    Over(Ending),
    /// There is no challenge, through no fault of the person; at most a key whose audio could not be had: the
    /// next try costs nothing.
    Failed,
}

names! {
    /// The states that a page can see: `:state(…)` and `sori-statechange`.
    pub enum StateName in state_names {
        /// Nothing was asked for yet.
        Idle = "idle",
        /// A challenge is on its way.
        Loading = "loading",
        /// The lead-in or speech is playing.
        Playing = "playing",
        /// Paused on the way.
        Paused = "paused",
        /// A challenge is at hand.
        Ready = "ready",
        /// The answer is being verified.
        Checking = "checking",
        /// The answer was right.
        Verified = "verified",
        /// The answer was wrong.
        Rejected = "rejected",
        /// The key can be used no more.
        Expired = "expired",
        /// Something went wrong.
        Failed = "failed",
    }
}

/// What is said of the answer, beside the box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Our own words.
    Ours(Text),
    /// The site's words.
    Site(SiteText),
}

/// Whether a verdict is announced. Screen readers differ in whether they read a description that changes under the
/// focus, so whoever is in the box hears an announcement, and whoever comes to it the description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telling {
    /// It is to be announced; its live region is empty, since one that says the same again would not be heard.
    Due,
    /// Its live region holds it.
    Announced,
    /// It is not announced: the box's description has it.
    Described,
}

/// The whole of one captcha. Everything that is shown, said or submitted follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Captcha {
    /// The page's settings.
    pub config: Config,
    /// Where it stands.
    pub phase: Phase,
    /// The challenge that is heard and answered, or whose audio is on its way; none where there is no key.
    pub challenge: Option<Challenge>,
    /// What went wrong last: why the phase is failed, or, where it is ready, though the challenge is still good.
    pub fault: Option<Fault>,
    /// What the site's server verifies once more; empty unless the answer was right (inline mode).
    pub token: String,
    /// What is in the box, as typed.
    pub answer: String,
    /// Whether the challenge's audio was heard.
    pub heard: bool,
    /// Whether there ever was audio at hand.
    pub had_audio: bool,
    /// Whether the end of the challenge's audio was announced.
    pub end_told: bool,
    /// Whether the challenge was asked for by "different audio".
    pub renewed: bool,
    /// Whether the keys for back and forward were told.
    pub keys_told: bool,
    /// Whether it was said already that the answer has something other than digits.
    pub odd_answer: bool,
    /// Whether the verdict follows an announcement that did not: by turns, so that no two in a row are equal.
    pub turn: bool,
    /// What is said of the answer.
    pub verdict: Option<(Verdict, Telling)>,
    /// Whether the consent box is ticked.
    pub consented: bool,
    /// Whether the element or its fieldset is disabled.
    pub disabled: bool,
    /// Whether the page says by `setCustomValidity` that something is wrong.
    pub custom_validity: bool,
    /// Whether there is an `error` attribute.
    pub has_site_error: bool,
    /// Whether the attributes were read once. An error that the page sets later is announced.
    pub configured: bool,
    /// Whether every pointer of the device is coarse: then no key is named.
    pub coarse: bool,
    /// Whether the page offers another way.
    pub has_way: bool,
    /// Whether the backend runs the practice upstream.
    pub practice: bool,
    /// Where the focus is.
    pub focus: Focus,
    /// What the box is described by.
    pub description: Description,
    /// How many requests failed one after another.
    pub failures: u8,
    /// Speed in percent.
    pub rate: u32,
    /// Volume in percent.
    pub volume: u32,
    /// Where speech is, in ms.
    pub position: u32,
    /// How long the audio is, in ms; 0 where unknown.
    pub length: u32,
    /// What is announced.
    pub status: Status,
    /// The number of the request that counts; an answer to an earlier one is stale.
    pub generation: u32,
}

impl Captcha {
    /// A captcha that was never used.
    #[must_use]
    pub fn new(config: Config, disabled: bool, answer: String) -> Self {
        Self {
            verdict: None,
            rate: config.rate,
            config,
            phase: Phase::Idle,
            challenge: None,
            fault: None,
            token: String::new(),
            heard: false,
            had_audio: false,
            end_told: false,
            renewed: false,
            keys_told: false,
            answer,
            odd_answer: false,
            turn: false,
            consented: false,
            disabled,
            custom_validity: false,
            has_site_error: false,
            configured: false,
            coarse: false,
            has_way: true,
            practice: false,
            focus: Focus::Elsewhere,
            description: Description::Hint,
            failures: 0,
            volume: 100,
            position: 0,
            length: 0,
            status: Status::default(),
            generation: 0,
        }
    }

    /// Shows the error that the site's server rendered into the page, if there is one.
    pub(super) fn restore_error(&mut self, telling: Telling) {
        let verdict = (Verdict::Site(SiteText::Error), telling);
        self.verdict = self.has_site_error.then_some(verdict);
    }

    /// The state that a page sees.
    #[must_use]
    pub fn state(&self) -> StateName {
        match self.phase {
            Phase::Idle => StateName::Idle,
            Phase::Loading(_) => StateName::Loading,
            Phase::Ready(
                Playback::LeadIn { .. }
                | Playback::Starting { .. }
                | Playback::Playing
                | Playback::Pausing,
            ) => StateName::Playing,
            Phase::Ready(Playback::Paused { .. }) => StateName::Paused,
            Phase::Ready(Playback::Still) if self.fault.is_some() => StateName::Failed,
            Phase::Ready(Playback::Still) => StateName::Ready,
            Phase::Checking => StateName::Checking,
            Phase::Verified => StateName::Verified,
            Phase::Over(Ending::Rejected) => StateName::Rejected,
            Phase::Over(Ending::Expired | Ending::Submitted { .. }) => StateName::Expired,
            Phase::Failed => StateName::Failed,
        }
    }

    /// Whether sound, or the silence before it, is on.
    #[must_use]
    pub fn is_sounding(&self) -> bool {
        self.state() == StateName::Playing
    }

    /// Whether an announcement would be in the way of speech.
    #[must_use]
    pub fn must_be_silent(&self) -> bool {
        let announces = matches!(
            self.phase,
            Phase::Ready(Playback::LeadIn {
                announces: true,
                ..
            })
        );
        self.is_sounding() && !announces
    }

    /// Whether sound is on, or is to come without another act.
    #[must_use]
    pub fn will_sound(&self) -> bool {
        match self.phase {
            Phase::Ready(Playback::Pausing) => false,
            Phase::Loading(loading) => loading.play,
            _ => self.is_sounding(),
        }
    }

    /// Whether `.` `,` `/` work in the box and there may be a keyboard to press them on.
    #[must_use]
    pub fn offers_keys(&self) -> bool {
        self.config.shortcuts && !self.coarse
    }

    /// Whether the page misses the consent that it asks for.
    #[must_use]
    pub fn misses_consent(&self) -> bool {
        self.config.consent && !self.consented
    }

    /// The key at hand, or on its way to its audio.
    #[must_use]
    pub fn issued(&self) -> Option<&Issued> {
        match self.phase {
            Phase::Loading(Loading {
                stage: Stage::Key, ..
            })
            | Phase::Over(_) => None,
            _ => Some(&self.challenge.as_ref()?.issued),
        }
    }
}
