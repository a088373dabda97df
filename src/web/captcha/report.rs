//! What the shell reports.

use wasm_bindgen::prelude::*;

use crate::{
    captcha::{
        event::{By, Event},
        keys::KeyAct,
    },
    error::ErrorCode,
};

/// Something that happened. The only data that it comes with is the position of the audio.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug)]
pub enum Report {
    /// `play()` was called.
    Play = "play",
    /// `pause()` was called.
    Pause = "pause",
    /// The button Play was pressed. The same button pauses.
    PressPlay = "pressPlay",
    /// The keyboard key in the box that does the same was pressed.
    KeyPlay = "keyPlay",
    /// The visitor goes to the previous digit.
    Back = "back",
    /// The visitor goes to the next digit.
    Forward = "forward",
    /// The visitor makes speech a tenth slower.
    Slower = "slower",
    /// The visitor makes speech a tenth faster.
    Faster = "faster",
    /// The visitor asked for another challenge.
    Renew = "renew",
    /// The visitor asked for the answer to be verified.
    Check = "check",
    /// Enter was pressed in the box.
    Enter = "enter",
    /// `reset()` was called.
    Reset = "reset",
    /// The form was reset.
    FormReset = "formReset",
    /// The element or its fieldset was disabled.
    Disabled = "disabled",
    /// The element or its fieldset was enabled.
    Enabled = "enabled",
    /// The consent box was ticked.
    Consented = "consented",
    /// The consent box was cleared.
    ConsentWithdrawn = "consentWithdrawn",
    /// Validation found the element invalid, and it is the form's first invalid field.
    InvalidFirst = "invalidFirst",
    /// Validation found the element invalid, and another invalid field comes before it.
    InvalidLater = "invalidLater",
    /// The fields of the element were submitted with the form.
    Submitted = "submitted",
    /// The visitor leaves the page.
    PageHidden = "pageHidden",
    /// The page came back from the back/forward cache.
    PageRestored = "pageRestored",
    /// The silence before speech is over, or could not be played.
    LeadInOver = "leadInOver",
    /// Speech is heard.
    Playing = "playing",
    /// Speech was paused before its end.
    Paused = "paused",
    /// Speech has made progress.
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

/// Why a request or the sound failed, as far as the shell can find out.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug)]
pub enum Failure {
    /// The browser says that there is no network.
    Offline = "offline",
    /// It took too long.
    Timeout = "timeout",
    /// There was no reply.
    NetworkError = "network_error",
    /// The reply is no JSON.
    BadResponse = "bad_response",
    /// What arrived as audio cannot be played.
    NotAudio = "not_audio",
    /// The browser does not let the page play sound.
    PlaybackBlocked = "playback_blocked",
    /// A content security policy blocked it.
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
