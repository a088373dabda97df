//! The names of all texts. The texts themselves are in `src/locale`, one file for each language.

use core::num::NonZeroU32;

use crate::{error::ErrorCode, names::names};

names! {
    /// A text, before its language is known. Its name is its name in `src/locale` and in the `messages` property.
    pub enum Message in message_names {
        /// The name of the whole group.
        Group = "group",
        /// The answer box's label.
        Label = "label",
        /// What to do first: press the keyboard key or Play, then type.
        Instruction = "instruction",
        /// The same where no keyboard key is offered.
        InstructionNoKeys = "instructionNoKeys",
        /// Play, when it plays the current audio from its start, or the first audio.
        Play = "play",
        /// Play, when it resumes after a pause.
        Resume = "resume",
        /// Play, when the last audio cannot be used any more.
        PlayNew = "playNew",
        /// Play, while it would pause.
        Pause = "pause",
        /// The button that goes to the previous digit.
        Back = "back",
        /// The button that goes to the next digit.
        Forward = "forward",
        /// The button that makes speech a tenth slower.
        Slower = "slower",
        /// The button that makes speech a tenth faster.
        Faster = "faster",
        /// The volume slider.
        Volume = "volume",
        /// The volume slider's value; its number is a percentage.
        VolumePercent = "volumePercent",
        /// Asks for another challenge while this one is still valid.
        Renew = "renew",
        /// Checks the answer in inline mode.
        Check = "check",
        /// The visible progress while audio plays.
        Playing = "playing",
        /// Announced when loading takes longer than two seconds.
        Loading = "loading",
        /// Said when the audio has ended.
        Ended = "ended",
        /// The same for the first time, with the focus in the box. It also says the next step and the useful keyboard
        /// keys.
        EndedKeys = "endedKeys",
        /// As `EndedKeys`, but without the keyboard keys: none is offered, or the visitor was told them before.
        EndedType = "endedType",
        /// Said when the audio has ended for the first time, with the focus on Play.
        EndedTypeBefore = "endedTypeBefore",
        /// Said when the audio has ended for the first time, with the focus on another control.
        EndedTypeBox = "endedTypeBox",
        /// Said when the different audio that the visitor asked for has ended, with the focus in the box.
        EndedNew = "endedNew",
        /// The same, with the focus on another control.
        EndedNewBox = "endedNewBox",
        /// Said when a new audio has emptied the box.
        BoxCleared = "boxCleared",
        /// Said when something outside the page has paused the audio.
        Paused = "paused",
        /// Announced when the sound has stopped and the browser gives no reason.
        Stalled = "stalled",
        /// Said when the speed changes; its number is a percentage.
        Speed = "speed",
        /// The same at the lowest speed.
        SpeedSlowest = "speedSlowest",
        /// The same at the highest speed.
        SpeedFastest = "speedFastest",
        /// Said while an answer is checked, if that takes longer than two seconds.
        Checking = "checking",
        /// Said when the answer was right.
        Verified = "verified",
        /// The same, as the description of the box later.
        VerifiedShort = "verifiedShort",
        /// The answer was wrong.
        Wrong = "wrong",
        /// The answer was wrong, and the box was emptied.
        WrongCleared = "wrongCleared",
        /// The key has expired.
        Expired = "expired",
        /// The same, with something in the box.
        ExpiredClears = "expiredClears",
        /// The key expires soon. The text has no number, because the announcement may wait for the end of the audio,
        /// and the number would be wrong then.
        ExpiresSoon = "expiresSoon",
        /// The key was submitted with the form.
        Submitted = "submitted",
        /// Validation: nothing was played yet.
        NeedPlay = "needPlay",
        /// The same where no keyboard key is offered.
        NeedPlayNoKeys = "needPlayNoKeys",
        /// Validation: the box is empty.
        NeedAnswer = "needAnswer",
        /// Validation: the last audio cannot be used any more.
        NeedNew = "needNew",
        /// Validation in inline mode: the answer was not checked.
        NeedCheck = "needCheck",
        /// Validation: consent was not given.
        NeedConsent = "needConsent",
        /// A hint, not an error: the answer has something other than digits.
        NotDigits = "notDigits",
        /// What happens to the visitor's data (NAVER's terms, 11.6).
        Notice = "notice",
        /// The same beside the consent box, whose label says the first half.
        NoticeConsent = "noticeConsent",
        /// The same where the backend runs the practice upstream.
        NoticePractice = "noticePractice",
        /// The consent box's label.
        Consent = "consent",
        /// What to do without audio, if the page offers another way.
        UseAnotherWay = "useAnotherWay",
        /// The same where the form does not need an answer.
        SubmitAsIs = "submitAsIs",
        /// The same where the form needs an answer and the page offers no other way.
        ContactSite = "contactSite",
        /// `quota_exceeded`.
        QuotaExceeded = "quotaExceeded",
        /// `rate_limited`, if the time to wait is short or unknown.
        RateLimited = "rateLimited",
        /// `rate_limited`; its number is in seconds, up to 90.
        RateLimitedSeconds = "rateLimitedSeconds",
        /// `rate_limited`; its number is in minutes.
        RateLimitedMinutes = "rateLimitedMinutes",
        /// `upstream_unavailable`, `store_unavailable`.
        Unavailable = "unavailable",
        /// There was no response for the second time in a row.
        StillUnavailable = "stillUnavailable",
        /// A fault in the site's own set-up.
        Misconfigured = "misconfigured",
        /// `offline`.
        Offline = "offline",
        /// `timeout`.
        Timeout = "timeout",
        /// `network_error`.
        NetworkError = "networkError",
        /// `bad_response`.
        BadResponse = "badResponse",
        /// `not_audio`.
        NotAudio = "notAudio",
        /// `playback_blocked`.
        PlaybackBlocked = "playbackBlocked",
        /// `internal_error`.
        InternalError = "internalError",
        /// Checking failed for a temporary reason.
        CheckFailed = "checkFailed",
    }
}

names! {
    /// Names a text of the site. The text itself stays in the shell.
    pub enum SiteText in site_text_names {
        /// The text of the `error` attribute.
        Error = "error",
        /// The text given to `reject()`.
        Rejection = "rejection",
        /// The text given to `setCustomValidity()`.
        Validity = "validity",
    }
}

names! {
    /// A placeholder that stands for a text. Which text it is depends on the captcha.
    pub enum Name in name_names {
        /// What to press to hear the audio.
        Play = "play",
        /// What to do without audio.
        Way = "way",
    }
}

/// A message, and the number that replaces its placeholder, if it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    /// What is said.
    pub message: Message,
    /// The number that replaces the placeholder.
    pub number: u32,
}

/// What is said: a text of ours or of the site's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    /// Our own words.
    Ours(Text),
    /// The site's words.
    Site(SiteText),
}

impl From<Message> for Text {
    fn from(message: Message) -> Self {
        Self { message, number: 0 }
    }
}

impl Text {
    /// A message with a number.
    #[must_use]
    pub const fn with(message: Message, number: u32) -> Self {
        Self { message, number }
    }

    /// The text about an error; `retry_after` is in s.
    #[must_use]
    pub fn of_error(code: ErrorCode, retry_after: Option<NonZeroU32>) -> Self {
        use ErrorCode as E;
        use Message as M;
        let message = match code {
            E::QuotaExceeded => M::QuotaExceeded,
            E::RateLimited => match retry_after {
                Some(wait) if wait.get() <= 3 => M::RateLimited,
                Some(wait) if wait.get() <= 90 => {
                    return Self::with(M::RateLimitedSeconds, wait.get());
                }
                Some(wait) => return Self::with(M::RateLimitedMinutes, wait.get().div_ceil(60)),
                None => M::RateLimited,
            },
            E::InvalidKey | E::AudioNotIssued => M::Expired,
            E::UpstreamUnavailable | E::StoreUnavailable => M::Unavailable,
            E::UpstreamRejected
            | E::BadRequest
            | E::OriginNotAllowed
            | E::PayloadTooLarge
            | E::CspBlocked
            | E::ConfigError => M::Misconfigured,
            E::Offline => M::Offline,
            E::Timeout => M::Timeout,
            E::NetworkError => M::NetworkError,
            E::BadResponse => M::BadResponse,
            E::NotAudio => M::NotAudio,
            E::PlaybackBlocked => M::PlaybackBlocked,
            E::InternalError => M::InternalError,
        };
        message.into()
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::locale::texts::{LANGUAGES, Texts};

    #[test]
    fn an_error_is_told_in_two_sentences_at_most() {
        for &code in ErrorCode::ALL {
            for wait in [None, Some(30), Some(3600)] {
                for tag in ["ko", "en"] {
                    let text = Text::of_error(code, wait.and_then(NonZeroU32::new));
                    let text = Texts::of(tag).render(text);
                    let ends = text.matches(['.', '!', '?']).count();
                    assert!((1..=2).contains(&ends), "{code}: {text}");
                }
            }
        }
    }

    #[test]
    fn no_placeholder_is_left_in_any_language() {
        for language in LANGUAGES {
            let texts = Texts::of(language.tag);
            for message in Message::ALL {
                let text = texts.render(Text::with(message, 7));
                assert!(
                    !text.contains(['{', '}']),
                    "{} {message:?}: {text}",
                    language.tag
                );
            }
        }
    }

    /// No text says that the typed answer is kept: that is the normal case, and saying so each time would only take
    /// longer.
    #[test]
    fn no_error_promises_what_the_next_press_would_break() {
        for &code in ErrorCode::ALL {
            let text = Text::of_error(code, None);
            let say = |tag| Texts::of(tag).render(text);
            assert!(!say("en").contains("kept"), "{code}");
            assert!(!say("ko").contains("그대로 있"), "{code}");
        }
    }

    #[test]
    fn the_time_to_wait_is_rounded_up_never_down() {
        let say = |seconds| {
            let text = Text::of_error(ErrorCode::RateLimited, NonZeroU32::new(seconds));
            Texts::of("en").render(text)
        };
        assert!(say(45).contains("45 seconds"));
        assert!(say(91).contains("2 minutes"));
        assert!(say(0).contains("in a moment"));
        assert!(say(1).contains("in a moment"));
    }
}
