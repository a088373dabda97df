//! The names of the ways, and in which languages each is gone.

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

/// What a listener goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Tab to the box, listen by a key, type, send.
    Main,
    /// The same by the button Play.
    Play,
    /// Every control, one after the other, before and after the first audio.
    Controls,
    /// A wrong answer that the site's server finds.
    Wrong,
    /// A wrong answer that the widget finds, in inline mode; then a right one.
    WrongInline,
    /// The form is sent with nothing heard and nothing typed.
    Empty,
    /// The key's time runs out at the page, with something in the box.
    Expiry,
    /// The key's time runs out at the page, with nothing in the box.
    ExpiryEmpty,
    /// The key's time runs out before the form is sent.
    ExpiryAtServer,
    /// The day's calls are used up.
    Quota,
    /// The same, and the site offers no other way.
    QuotaAlone,
    /// No network.
    Offline,
    /// The upstream is down, twice, and comes back.
    Outage,
    /// The audio takes so long that the listener is told to wait.
    Slow,
    /// The key never comes.
    Timeout,
    /// Consent is asked for, forgotten, given.
    Consent,
    /// Another audio while one is at hand and something is typed.
    Different,
    /// Slower, and faster up to the limit.
    Speed,
    /// Paused by the system, and by the listener.
    Paused,
    /// A form that is sent by the page's script: accepted, then refused.
    Ajax,
}

use Language::{English, Korean};

impl Way {
    /// Expiry takes most of a minute each time: with an empty box it is gone in Korean alone.
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
