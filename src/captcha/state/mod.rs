//! The state of one captcha: its phase, and in a field beside it the challenge that the phase is about.

mod challenge;

use core::num::NonZeroU32;

use super::{
    message::{SiteText, Words},
    part::Description,
    status::Status,
};
pub use challenge::{Challenge, Issued, Sound};

use crate::{config::Config, error::ErrorCode, names::names};

/// Something went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What went wrong.
    pub code: ErrorCode,
    /// After how many seconds to try again, if the backend says so.
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

/// What the media element does. Its own events say when speech begins, pauses and ends. If no event comes, a
/// timer decides. Positions are in ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Playback {
    /// Nothing was played yet, or the end was reached.
    Still,
    /// Silence is played; speech follows at this position.
    LeadIn {
        /// Where speech will start.
        at: u32,
        /// Whether the silence is long enough for an announcement.
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
    /// Speech was paused before its end.
    Paused {
        /// Where speech will go on.
        at: u32,
    },
}

/// What is being fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// A key, which uses quota. Until it is issued, the current challenge is still the previous one. If no key can be
    /// issued, the previous challenge can be used again.
    Key,
    /// The audio of the current key, which uses no quota.
    Audio {
        /// How many retries there were.
        retries: u8,
    },
}

/// A challenge that is being loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loading {
    /// What is being fetched.
    pub stage: Stage,
    /// Whether it is played when it arrives. Another press on Play cancels that.
    pub play: bool,
    /// Whether the silence before the audio is over.
    pub lead_in_over: bool,
    /// Whether the visitor was told that a new audio empties the box.
    pub told_clears: bool,
    /// Whether it replaces a challenge that could still be answered.
    pub renews: bool,
}

/// Why a key can no longer be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Its answer was wrong.
    Rejected,
    /// Its time is over.
    Expired,
    /// It was submitted with the form. It is unknown whether the site had it verified.
    Submitted {
        /// The page has reset the form since then. React does so after every action, even after an action that fails
        /// before it looks at the captcha. So the same fields may be submitted once more, and nobody has to listen
        /// again.
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

/// The phases of a captcha. A phase is copied freely: data that would have to move from phase to phase is stored once,
/// in [`Captcha`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Nothing has been requested yet.
    Idle,
    /// A challenge is being loaded.
    Loading(Loading),
    /// A challenge can be heard and answered; this is what its audio does.
    Ready(Playback),
    /// The answer is being verified (inline mode).
    Checking,
    /// The answer was right (inline mode).
    Verified,
    /// The last key can no longer be used. Play asks for a new one.
    Over(Ending),
    /// There is no audio, and that is not the visitor's fault. There may be a key whose audio could not be fetched.
    /// Then the next try uses no quota.
    Failed,
}

names! {
    /// The states that a page can see, by `:state(…)` and `sori-statechange`.
    pub enum StateName in state_names {
        /// Nothing has been requested yet.
        Idle = "idle",
        /// A challenge is being loaded.
        Loading = "loading",
        /// The lead-in or speech is playing.
        Playing = "playing",
        /// Speech is paused.
        Paused = "paused",
        /// A challenge can be heard and answered.
        Ready = "ready",
        /// The answer is being verified.
        Checking = "checking",
        /// The answer was right.
        Verified = "verified",
        /// The answer was wrong.
        Rejected = "rejected",
        /// The key can no longer be used.
        Expired = "expired",
        /// Something went wrong.
        Failed = "failed",
    }
}

/// Whether a verdict is announced. Only some screen readers read a description that changes while its control has the
/// focus. So a visitor who is in the box hears an announcement, and a visitor who comes to the box later hears its
/// description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telling {
    /// The verdict will be announced. The live region is empty until then, because the same text twice would not be
    /// announced.
    Due,
    /// The live region contains the verdict.
    Announced,
    /// The verdict is not announced: the description of the box contains it.
    Described,
}

/// The state of one captcha. Everything that is shown, announced or submitted follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Captcha {
    /// The page's settings.
    pub config: Config,
    /// The current phase.
    pub phase: Phase,
    /// The challenge that is heard and answered, or whose audio is being fetched; `None` if there is no key.
    pub challenge: Option<Challenge>,
    /// The last fault. In the phase "failed" it is the reason for the phase; in the phase "ready" the challenge can
    /// still be used after it.
    pub fault: Option<Fault>,
    /// The token, which the site's server sends to siteverify; empty unless the answer was right (inline mode).
    pub token: String,
    /// What is in the box, as typed.
    pub answer: String,
    /// Whether the challenge's audio was heard.
    pub heard: bool,
    /// Whether there ever was audio.
    pub had_audio: bool,
    /// Whether the end of the challenge's audio was announced.
    pub end_told: bool,
    /// Whether the visitor asked for the challenge by the button for different audio.
    pub renewed: bool,
    /// Whether the visitor was told the keyboard keys for back and forward.
    pub keys_told: bool,
    /// Whether the visitor was told already that the answer has something other than digits.
    pub odd_answer: bool,
    /// Alternates between announcements of the verdict, so that no two in a row have the same text.
    pub turn: bool,
    /// What is said about the answer, and whether it is announced.
    pub verdict: Option<(Words, Telling)>,
    /// Whether the consent box is ticked.
    pub consented: bool,
    /// Whether the element or its fieldset is disabled.
    pub disabled: bool,
    /// Whether the page has set a custom error by `setCustomValidity`.
    pub custom_validity: bool,
    /// Whether there is an `error` attribute.
    pub has_site_error: bool,
    /// Whether the attributes were read once. An error that the page sets later is announced.
    pub configured: bool,
    /// Whether every pointer of the device is coarse. Then no text names a keyboard key.
    pub coarse: bool,
    /// Whether the page offers another way.
    pub has_way: bool,
    /// Whether the backend runs the practice upstream.
    pub practice: bool,
    /// Where the focus is.
    pub focus: Focus,
    /// What describes the box.
    pub description: Description,
    /// How many requests failed one after another.
    pub failures: u8,
    /// Speed in percent.
    pub rate: u32,
    /// Volume in percent.
    pub volume: u32,
    /// The position of speech, in ms.
    pub position: u32,
    /// How long the audio is, in ms; 0 where unknown.
    pub length: u32,
    /// What the status region says, and what waits for it.
    pub status: Status,
    /// The number of the latest request. Replies to earlier requests are dropped.
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
        let verdict = (Words::Site(SiteText::Error), telling);
        self.verdict = self.has_site_error.then_some(verdict);
    }

    /// The state that the page sees.
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

    /// Whether sound, or the silence before it, is playing.
    #[must_use]
    pub fn is_sounding(&self) -> bool {
        self.state() == StateName::Playing
    }

    /// Whether an announcement would interrupt the audio.
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

    /// Whether sound plays, or will play without another press.
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

    /// Whether the page asks for consent and it was not given.
    #[must_use]
    pub fn misses_consent(&self) -> bool {
        self.config.consent && !self.consented
    }

    /// The current key, or the key whose audio is being fetched.
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
