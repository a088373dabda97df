//! What the shell reports.

use wasm_bindgen::prelude::*;

use crate::{
    captcha::{
        event::{By, Event},
        keys::KeyAct,
    },
    error::ErrorCode,
};

/// Something that happened, and has nothing more to it than where the audio was.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug)]
pub enum Report {
    /// `play()` was called.
    Play = "play",
    /// `pause()` was called.
    Pause = "pause",
    /// The button Play was pressed, which also pauses.
    PressPlay = "pressPlay",
    /// A key in the box did the same.
    KeyPlay = "keyPlay",
    /// To the digit before.
    Back = "back",
    /// To the next digit.
    Forward = "forward",
    /// A tenth slower.
    Slower = "slower",
    /// A tenth faster.
    Faster = "faster",
    /// The visitor asked for another challenge.
    Renew = "renew",
    /// The answer is to be verified.
    Check = "check",
    /// Enter was pressed in the box.
    Enter = "enter",
    /// `reset()` was called.
    Reset = "reset",
    /// The form was reset.
    FormReset = "formReset",
    /// The element or its fieldset was disabled.
    Disabled = "disabled",
    /// It was enabled.
    Enabled = "enabled",
    /// The consent box was ticked.
    Consented = "consented",
    /// It was cleared.
    ConsentWithdrawn = "consentWithdrawn",
    /// The form found the element invalid, and it is its first such field.
    InvalidFirst = "invalidFirst",
    /// The form found the element invalid, and another field before it.
    InvalidLater = "invalidLater",
    /// The fields of the element were submitted with the form.
    Submitted = "submitted",
    /// The page is being left.
    PageHidden = "pageHidden",
    /// The page came back from the back/forward cache.
    PageRestored = "pageRestored",
    /// The silence before speech is over, or could not be played.
    LeadInOver = "leadInOver",
    /// Speech is heard.
    Playing = "playing",
    /// Speech stopped on the way.
    Paused = "paused",
    /// Speech has come further.
    Progress = "progress",
    /// Speech has ended.
    Ended = "ended",
}

impl Report {
    pub(super) fn event(self, at: u32, length: u32) -> Event<'static> {
        match self {
            Self::Play => Event::Play,
            Self::Pause => Event::Pause,
            Self::PressPlay => Event::Toggle(By::Button),
            Self::KeyPlay => Event::Toggle(By::Key),
            Self::Back => Event::Back { at },
            Self::Forward => Event::Forward { at, length },
            Self::Slower => Event::Slower,
            Self::Faster => Event::Faster,
            Self::Renew => Event::Renew,
            Self::Check => Event::Check,
            Self::Enter => Event::Enter,
            Self::Reset => Event::Reset,
            Self::FormReset => Event::FormReset,
            Self::Disabled => Event::Disabled(true),
            Self::Enabled => Event::Disabled(false),
            Self::Consented => Event::Consent(true),
            Self::ConsentWithdrawn => Event::Consent(false),
            Self::InvalidFirst => Event::Invalid { first: true },
            Self::InvalidLater => Event::Invalid { first: false },
            Self::Submitted => Event::Submitted,
            Self::PageHidden => Event::PageHidden,
            Self::PageRestored => Event::PageRestored,
            Self::LeadInOver => Event::LeadInOver,
            Self::Playing => Event::Playing,
            Self::Paused => Event::Paused { at },
            Self::Progress => Event::Progress { at, length },
            Self::Ended => Event::Ended,
            _ => panic!("a report that is not declared"),
        }
    }
}

impl From<KeyAct> for Report {
    fn from(act: KeyAct) -> Self {
        match act {
            KeyAct::Toggle => Self::KeyPlay,
            KeyAct::Back => Self::Back,
            KeyAct::Forward => Self::Forward,
            KeyAct::Enter => Self::Enter,
        }
    }
}

/// What the shell finds out of a request or of the sound that fails.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug)]
pub enum Failure {
    /// The browser says that there is no network.
    Offline = "offline",
    /// It took too long.
    Timeout = "timeout",
    /// There was no answer.
    NetworkError = "network_error",
    /// What came is no JSON.
    BadResponse = "bad_response",
    /// What came cannot be played.
    NotAudio = "not_audio",
    /// The browser does not let the page play.
    PlaybackBlocked = "playback_blocked",
    /// A content security policy does not let it.
    CspBlocked = "csp_blocked",
    /// An address, or the ticket, cannot be used.
    ConfigError = "config_error",
}

impl Failure {
    pub(super) fn code(self) -> ErrorCode {
        match self {
            Self::Offline => ErrorCode::Offline,
            Self::Timeout => ErrorCode::Timeout,
            Self::NetworkError => ErrorCode::NetworkError,
            Self::BadResponse => ErrorCode::BadResponse,
            Self::NotAudio => ErrorCode::NotAudio,
            Self::PlaybackBlocked => ErrorCode::PlaybackBlocked,
            Self::CspBlocked => ErrorCode::CspBlocked,
            Self::ConfigError => ErrorCode::ConfigError,
            _ => panic!("a failure that is not declared"),
        }
    }
}
