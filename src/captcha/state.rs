//! What one captcha is at a time: its phase, and beside it the challenge that the phase is about.

use core::num::NonZeroU32;

use super::{messages::Text, status::Status};
use crate::{config::Config, error::ErrorCode, protocol::Key, text::field};

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

/// What the media element does. Committed on its own events, but for the lead-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Playback {
    /// Nothing was played yet, or the end was reached.
    Still,
    /// Silence is played; speech follows at this position, in ms.
    LeadIn {
        /// Where speech will start.
        at: u32,
    },
    /// Speech is heard.
    Playing,
    /// Stopped on the way.
    Paused,
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
    /// Whether the box was edited since the press; then its text is not cleared on arrival.
    pub typed: bool,
}

/// Why a key can be used no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Its answer was wrong.
    Rejected,
    /// Its time is over.
    Expired,
    /// It was sent with the form.
    Submitted,
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

/// The states that a page can see: `:state(…)` and `sori-statechange`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateName {
    /// Nothing was asked for yet.
    Idle,
    /// A challenge is on its way.
    Loading,
    /// The lead-in or speech is playing.
    Playing,
    /// Paused on the way.
    Paused,
    /// A challenge is at hand.
    Ready,
    /// The answer is being verified.
    Checking,
    /// The answer was right.
    Verified,
    /// The answer was wrong.
    Rejected,
    /// The key can be used no more.
    Expired,
    /// Something went wrong.
    Failed,
}

impl StateName {
    /// Every state, in the order of the documentation.
    pub const ALL: [Self; 10] = [
        Self::Idle,
        Self::Loading,
        Self::Playing,
        Self::Paused,
        Self::Ready,
        Self::Checking,
        Self::Verified,
        Self::Rejected,
        Self::Expired,
        Self::Failed,
    ];

    const NAMES: &str =
        "idle loading playing paused ready checking verified rejected expired failed";

    /// As it stands in `:state(…)`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        field(Self::NAMES, b' ', self as usize)
    }
}

/// What is said of the answer, beside the box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Our own words.
    Ours(Text),
    /// The server's words.
    Site(String),
}

/// How a verdict reaches the person. Some screen readers are silent when the description of what is focused changes
/// (Orca in Firefox), and others would say twice what is both announced and described (Orca in Chromium).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telling {
    /// It is shown, and its live region is empty: one that says the same again would not be heard.
    Due,
    /// It is announced, and not described: the person is in the box, or on the way there.
    Announced,
    /// It is described, for whoever comes to the box.
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
    /// Whether what is in the box may answer audio that was heard; then a new challenge empties it.
    pub heard: bool,
    /// Whether it was said already that the answer has something other than digits.
    pub odd_answer: bool,
    /// Whether the verdict is announced without [`AGAIN`](super::status::AGAIN): by turns.
    pub turn: bool,
    /// What is said of the answer.
    pub verdict: Option<(Verdict, Telling)>,
    /// Whether the consent box is ticked.
    pub consented: bool,
    /// Whether the element or its fieldset is disabled.
    pub disabled: bool,
    /// Whether the key at hand went out with the form.
    pub submitted: bool,
    /// Speed in percent.
    pub rate: u32,
    /// Volume in percent.
    pub volume: u32,
    /// What was heard so far, in whole s.
    pub elapsed: u32,
    /// How long the audio is, in whole s; 0 where unknown.
    pub length: u32,
    /// What is announced.
    pub status: Status,
    /// The number of the request that counts; an answer to an earlier one is stale.
    pub generation: u32,
}

/// The verdict that the server rendered into the page.
pub(super) fn rendered(error: &str) -> Option<(Verdict, Telling)> {
    (!error.is_empty()).then(|| (Verdict::Site(error.into()), Telling::Described))
}

impl Captcha {
    /// A captcha that was never used.
    #[must_use]
    pub fn new(config: Config, disabled: bool, answer: String) -> Self {
        Self {
            verdict: rendered(config.error()),
            rate: config.rate,
            config,
            phase: Phase::Idle,
            challenge: None,
            fault: None,
            token: String::new(),
            heard: !answer.is_empty(),
            answer,
            odd_answer: false,
            turn: false,
            consented: false,
            disabled,
            submitted: false,
            volume: 100,
            elapsed: 0,
            length: 0,
            status: Status::default(),
            generation: 0,
        }
    }

    /// The state that a page sees.
    #[must_use]
    pub fn state(&self) -> StateName {
        match self.phase {
            Phase::Idle => StateName::Idle,
            Phase::Loading(_) => StateName::Loading,
            Phase::Ready(Playback::LeadIn { .. } | Playback::Playing) => StateName::Playing,
            Phase::Ready(Playback::Paused) => StateName::Paused,
            Phase::Ready(Playback::Still) if self.fault.is_some() => StateName::Failed,
            Phase::Ready(Playback::Still) => StateName::Ready,
            Phase::Checking => StateName::Checking,
            Phase::Verified => StateName::Verified,
            Phase::Over(Ending::Rejected) => StateName::Rejected,
            Phase::Over(Ending::Expired | Ending::Submitted) => StateName::Expired,
            Phase::Failed => StateName::Failed,
        }
    }

    /// Whether sound, or the silence before it, is on: nothing may be announced then.
    #[must_use]
    pub fn is_sounding(&self) -> bool {
        self.state() == StateName::Playing
    }

    /// The key at hand, or on its way to its audio.
    #[must_use]
    pub fn issued(&self) -> Option<&Issued> {
        if let Phase::Loading(Loading {
            stage: Stage::Key, ..
        }) = self.phase
        {
            return None;
        }
        Some(&self.challenge.as_ref()?.issued)
    }
}
