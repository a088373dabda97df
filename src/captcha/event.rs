//! What can happen to a captcha, and what it can ask of the browser. Both are data.

use super::state::{Fault, Focus, Issued, Sound};
use crate::{config::Config, error::ErrorCode, names::names};

/// How an act was made; it decides how long the lead-in is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// A button: a screen reader says its new name first.
    Button,
    /// A key in the box: a screen reader says little.
    Key,
}

/// Something that happened. Positions are in ms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// The attributes changed.
    Configured(Config),
    /// The element or its fieldset was disabled or enabled.
    Disabled(bool),
    /// The page set the `error` attribute, maybe to the text that it had; false: to none.
    SiteError(bool),
    /// `setCustomValidity` was called; false: nothing is wrong any more.
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
    /// The page is being left, maybe into the back/forward cache.
    PageHidden,
    /// The page came back from the back/forward cache.
    PageRestored,
    /// The element's fields went out with its form.
    Submitted,

    /// Play was pressed, which also pauses.
    Toggle(By),
    /// `play()` was called.
    Play,
    /// `pause()` was called.
    Pause,
    /// To the digit before.
    Back {
        /// Where the audio is.
        at: u32,
    },
    /// To the next digit.
    Forward {
        /// Where the audio is.
        at: u32,
        /// How long it is; 0 where unknown.
        length: u32,
    },
    /// A tenth slower.
    Slower,
    /// A tenth faster.
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
    /// Another challenge was asked for.
    Renew,
    /// The box was edited.
    Edited(&'a str),
    /// The focus came to a control of the element, or left the element.
    Focus(Focus),
    /// The consent box was changed.
    Consent(bool),
    /// The answer is to be verified (inline mode).
    Check,
    /// Enter was pressed in the box.
    Enter,
    /// The site's server said no.
    Reject {
        /// Whether in its own words.
        in_own_words: bool,
    },
    /// The form found the element invalid.
    Invalid {
        /// Whether it is the form's first invalid field.
        first: bool,
    },

    /// A key was issued.
    KeyArrived {
        /// The request that it answers.
        generation: u32,
        /// The key.
        issued: Issued,
        /// Whether the practice upstream issued it.
        practice: bool,
    },
    /// The key's audio arrived and was found to be audio.
    AudioArrived {
        /// The request that it answers.
        generation: u32,
        /// What was found in it.
        sound: Sound,
    },
    /// The answer was judged.
    Judged {
        /// The request that it answers.
        generation: u32,
        /// The token, if it was right.
        token: Option<&'a str>,
    },
    /// A request failed.
    RequestFailed {
        /// The request.
        generation: u32,
        /// How.
        fault: Fault,
    },

    /// The silence before speech is over, or could not be played.
    LeadInOver,
    /// Speech is heard.
    Playing,
    /// Speech stopped on the way.
    Paused {
        /// Where it is.
        at: u32,
    },
    /// Speech has ended.
    Ended,
    /// Speech has come this far.
    Progress {
        /// Where it is.
        at: u32,
        /// How long it is; 0 where unknown.
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
        /// The live region has been empty long enough.
        Announce = "announce",
        /// Something takes long.
        Slow = "slow",
        /// The audio is fetched once more.
        Retry = "retry",
        /// The key expires soon.
        ExpiryWarning = "expiryWarning",
        /// The key has expired.
        Expiry = "expiry",
        /// Silence or speech has not come further for too long.
        Stall = "stall",
        /// Speech that something outside the page paused was not resumed.
        PausedOutside = "pausedOutside",
        /// The description of what gets the focus has been there long enough to be read on arrival.
        Focus = "focus",
    }
}

names! {
    /// What a page's listeners are told, by the event's type; the details stand in the captcha.
    pub enum Signal in signal_names {
        /// The state has changed.
        StateChange = "sori-statechange",
        /// A key was issued.
        Issued = "sori-issued",
        /// The answer was right.
        Verified = "sori-verified",
        /// The answer was wrong.
        Rejected = "sori-rejected",
        /// The key can be used no more.
        Expired = "sori-expired",
        /// Something went wrong.
        Error = "sori-error",
    }
}

/// Something to do. Positions and lengths are in ms. What it is done with (the key, the answer, the
/// request's number) stands in the captcha: an effect is two words, and the module holds many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Issue a key.
    RequestKey,
    /// Fetch the audio of the key at hand.
    FetchAudio,
    /// Verify the answer.
    Verify,
    /// Abort what is under way.
    Abort,

    /// Play silence of this length, within the person's gesture.
    LeadIn(u32),
    /// What arrived last takes the place of the audio at hand.
    Adopt,
    /// Play the audio at hand from here.
    Start(u32),
    /// Pause whatever sounds.
    Pause,
    /// Go there, and go on.
    Seek(u32),
    /// Set the speed and the volume.
    Tune,
    /// Keep speed and volume on the device.
    Remember,
    /// Drop the audio at hand.
    Unload,
    /// Put a fresh media element in place of one that does not play; the audio at hand stays.
    ReplaceElement,

    /// Empty the box.
    ClearAnswer,
    /// Do what Enter does in a native field.
    PressDefaultButton,
    /// Focus the box. Its text is not selected: a selection is read out before what is wrong with it.
    FocusAnswer,
    /// Focus the consent box.
    FocusConsent,
    /// Tell the page.
    Emit(Signal),
    /// Start a timer.
    StartTimer(Timer, u32),
    /// Stop a timer.
    StopTimer(Timer),
}
