//! The names of the ways (sequences of key presses), and the languages of each.

/// Speech and digits in one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Korean,
    English,
}

impl Language {
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Language::Korean => "ko",
            Language::English => "en",
        }
    }
}

/// A sequence that a listener goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Tab to the box, listen with a key, type, send.
    Main,
    /// The same with the Play button.
    Play,
    /// Every control, one after the other, before and after the first audio.
    Controls,
    /// A wrong answer that the site's server finds.
    Wrong,
    /// A wrong answer that the widget finds, in inline mode; then a right one.
    WrongInline,
    /// The form is sent with nothing heard and nothing typed.
    Empty,
    /// The key expires while the page is open, with something in the box.
    Expiry,
    /// The key expires while the page is open, with nothing in the box.
    ExpiryEmpty,
    /// The key expires before the form is sent.
    ExpiryAtServer,
    /// The day's calls are used up.
    Quota,
    /// The same, and the site offers no alternative.
    QuotaAlone,
    /// No network.
    Offline,
    /// The upstream fails twice, and then works again.
    Outage,
    /// The audio takes so long that the listener is told to wait.
    Slow,
    /// The key never comes.
    Timeout,
    /// Consent is asked for, forgotten, given.
    Consent,
    /// Different audio, while there is audio and something is typed.
    Different,
    /// Slower, then faster up to the limit.
    Speed,
    /// Paused by the system, and by the listener.
    Paused,
    /// A form that is sent by the page's script: accepted, then refused.
    Ajax,
}

use Language::{English, Korean};

impl Way {
    /// Expiry takes most of a minute each time, so with an empty box it runs only in Korean.
    pub(crate) fn all() -> impl Iterator<Item = (Way, Language)> {
        use Way::*;
        [
            Main,
            Play,
            Controls,
            Wrong,
            WrongInline,
            Empty,
            Expiry,
            ExpiryEmpty,
            ExpiryAtServer,
            Quota,
            QuotaAlone,
            Offline,
            Outage,
            Slow,
            Timeout,
            Consent,
            Different,
            Speed,
            Paused,
            Ajax,
        ]
        .into_iter()
        .flat_map(|way| [(way, Korean), (way, English)])
        .filter(|&way| way != (ExpiryEmpty, English))
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Way::Main => "main",
            Way::Play => "play",
            Way::Controls => "controls",
            Way::Wrong => "wrong",
            Way::WrongInline => "wrong-inline",
            Way::Empty => "empty",
            Way::Expiry => "expiry",
            Way::ExpiryEmpty => "expiry-empty",
            Way::ExpiryAtServer => "expiry-at-server",
            Way::Quota => "quota",
            Way::QuotaAlone => "quota-alone",
            Way::Offline => "offline",
            Way::Outage => "outage",
            Way::Slow => "slow",
            Way::Timeout => "timeout",
            Way::Consent => "consent",
            Way::Different => "different",
            Way::Speed => "speed",
            Way::Paused => "paused",
            Way::Ajax => "ajax",
        }
    }
}
