//! What can happen to a captcha, and what the captcha can ask of the browser. Both are data.

use super::state::{Fault, Focus, Issued, Sound};
use crate::{config::Config, error::ErrorCode, names::names};

/// How the visitor acted. This decides how long the lead-in is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// By a button. A screen reader says the button's new name first.
    Button,
    /// By a keyboard key in the box. A screen reader says little.
    Key,
}

/// Something that happened. Positions are in ms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// The attributes changed.
    Configured(Config),
    /// The element or its fieldset was disabled or enabled.
    Disabled(bool),
    /// The page set the `error` attribute, maybe to the same text; false: the page removed it.
    SiteError(bool),
    /// `setCustomValidity` was called; false: with an empty message.
    CustomValidity(bool),
    /// Whether every pointer of the device is coarse.
    Coarse(bool),
    /// Whether the page offers another way.
    Ways(bool),
    /// `reset()` was called.
    Reset,
    /// The form was reset.
    FormReset,
    /// The element left the document.
    Disconnected,
    /// The visitor leaves the page; it may go into the back/forward cache.
    PageHidden,
    /// The page came back from the back/forward cache.
    PageRestored,
    /// The fields of the element were submitted with the form.
    Submitted,

    /// Play was pressed. The same button pauses.
    Toggle(By),
    /// `play()` was called.
    Play,
    /// `pause()` was called.
    Pause,
    /// The visitor goes to the previous digit.
    Back {
        /// The position of the audio.
        at: u32,
    },
    /// The visitor goes to the next digit.
    Forward {
        /// The position of the audio.
        at: u32,
        /// The length of the audio; 0 if unknown.
        length: u32,
    },
    /// The visitor makes speech a tenth slower.
    Slower,
    /// The visitor makes speech a tenth faster.
    Faster,
    /// The volume in percent.
    Volume(u32),
    /// Speed and volume kept on the device, in percent.
    Recalled {
        /// The speed.
        rate: u32,
        /// The volume.
        volume: u32,
    },
    /// The visitor asked for another challenge.
    Renew,
    /// The box was edited.
    Edited(&'a str),
    /// The focus moved to a control of the element, or left the element.
    Focus(Focus),
    /// The consent box was changed.
    Consent(bool),
    /// The visitor asked for the answer to be verified (inline mode).
    Check,
    /// Enter was pressed in the box.
    Enter,
    /// The site's server rejected the answer.
    Reject {
        /// Whether it said so in its own words.
        in_own_words: bool,
    },
    /// Validation of the form found the element invalid.
    Invalid {
        /// Whether it is the form's first invalid field.
        first: bool,
    },

    /// A key was issued.
    KeyArrived {
        /// The number of the request that this is the reply to.
        generation: u32,
        /// The key.
        issued: Issued,
        /// Whether the practice upstream issued it.
        practice: bool,
    },
    /// The key's audio arrived and was found to be audio.
    AudioArrived {
        /// The number of the request that this is the reply to.
        generation: u32,
        /// What was found in it.
        sound: Sound,
    },
    /// The backend judged the answer.
    Judged {
        /// The number of the request that this is the reply to.
        generation: u32,
        /// The token, if the answer was right.
        token: Option<&'a str>,
    },
    /// A request failed.
    RequestFailed {
        /// The number of the request.
        generation: u32,
        /// What went wrong.
        fault: Fault,
    },

    /// The silence before speech is over, or could not be played.
    LeadInOver,
    /// Speech is heard.
    Playing,
    /// Speech was paused before its end.
    Paused {
        /// The position of the audio.
        at: u32,
    },
    /// Speech has ended.
    Ended,
    /// Speech has reached this position.
    Progress {
        /// The position of the audio.
        at: u32,
        /// The length of the audio; 0 if unknown.
        length: u32,
    },
    /// Speech could not be played.
    PlaybackFailed(ErrorCode),

    /// A timer ran out.
    Timer(Timer),
}

names! {
    /// The timers of one captcha.
    pub enum Timer in timer_names {
        /// The live region has been empty long enough, so that the next text can be written.
        Announce = "announce",
        /// A response takes long.
        Slow = "slow",
        /// It is time to fetch the audio again.
        Retry = "retry",
        /// The key expires soon.
        ExpiryWarning = "expiryWarning",
        /// The key has expired.
        Expiry = "expiry",
        /// Playback has made no progress for too long.
        Stall = "stall",
        /// Something outside the page paused the audio, and it was not resumed.
        PausedOutside = "pausedOutside",
        /// The description was set long enough ago that a screen reader reads it when the focus arrives.
        Focus = "focus",
    }
}

names! {
    /// The events for the page, by type. Their details are in the captcha.
    pub enum Signal in signal_names {
        /// The state has changed.
        StateChange = "sori-statechange",
        /// A key was issued.
        Issued = "sori-issued",
        /// The answer was right.
        Verified = "sori-verified",
        /// The answer was wrong.
        Rejected = "sori-rejected",
        /// The key can no longer be used.
        Expired = "sori-expired",
        /// Something went wrong.
        Error = "sori-error",
    }
}

/// Something that the browser must do. Positions and lengths are in ms. The data of an effect (the key, the answer, the
/// request's number) is in the captcha. So an effect takes two machine words, which matters because the module has many
/// of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Issue a key.
    RequestKey,
    /// Fetch the audio of the current key.
    FetchAudio,
    /// Verify the answer.
    Verify,
    /// Abort the request that is under way.
    Abort,

    /// Play silence of this length, within the visitor's user gesture.
    LeadIn(u32),
    /// Replace the current audio with the audio that arrived last.
    Adopt,
    /// Play the current audio from this position.
    Start(u32),
    /// Pause whatever sounds.
    Pause,
    /// Go to this position, and play on.
    Seek(u32),
    /// Set the speed and the volume.
    Tune,
    /// Keep speed and volume on the device.
    Remember,
    /// Drop the current audio.
    Unload,
    /// Drop a media element that does not play, so that the next sound gets a new one. The current audio is kept.
    ReplaceElement,

    /// Empty the box.
    ClearAnswer,
    /// Do what Enter does in a native text field.
    PressDefaultButton,
    /// Focus the box without selecting its text: screen readers would read the selection before the error.
    FocusAnswer,
    /// Focus the consent box.
    FocusConsent,
    /// Dispatch this event for the page.
    Emit(Signal),
    /// Start a timer.
    StartTimer(Timer, u32),
    /// Stop a timer.
    StopTimer(Timer),
}
