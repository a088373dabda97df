//! The button's state machine. Effects are data; the shell performs them.

use crate::{error::ErrorCode, names::names};

names! {
    /// Something that happened.
    pub enum ShareEvent in event {
        /// The page or the element may have changed.
        Refresh = "refresh",
        /// The link is followed by the browser.
        Link = "link",
        /// The link was pressed without a modifier key that asks for something else: a popup may open.
        Window = "window",
        /// The same, as the second click of a double click.
        Again = "again",
        /// The browser opened the popup.
        WindowOpened = "windowOpened",
        /// The browser refused the popup.
        WindowBlocked = "windowBlocked",
        /// The copy button was pressed.
        Copy = "copy",
        /// The clipboard took the URL.
        Copied = "copied",
        /// The clipboard is missing or refused.
        CopyFailed = "copyFailed",
        /// The button for the system's share sheet was pressed.
        Sheet = "sheet",
        /// The sheet passed the page on.
        SheetDone = "sheetDone",
        /// The visitor closed the sheet: a decision, not an error.
        SheetCancelled = "sheetCancelled",
        /// The sheet did not open.
        SheetFailed = "sheetFailed",
    }
}

/// What the shell does at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Prevent the event's default, so that the link is not followed.
    Stay,
    /// Open the link in a popup. [`ShareEvent::WindowOpened`] or [`ShareEvent::WindowBlocked`] follows.
    OpenWindow,
    /// Let the browser follow the link. [`ShareEvent::Link`] follows.
    FollowLink,
    /// Write the URL to the clipboard, and report the outcome.
    CopyUrl,
    /// Open the system's share sheet, and report the outcome.
    OpenSheet,
}

/// A line for the status region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    /// Nothing: the last line is no longer true.
    Silence,
    /// The link is on the clipboard.
    Copied,
    /// The link could not be copied. A field shows the URL, to be copied by hand.
    CopyFailed,
    /// The system's share sheet did not open.
    SheetFailed,
    /// This URL cannot be shared.
    Refused,
}

/// An event for the page, with the values of its `detail`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signal {
    /// The event's type.
    pub kind: &'static str,
    /// How the page was shared: `link`, `popup`, `native` (the system's share sheet) or `copy`.
    pub via: &'static str,
    /// What went wrong, in a `sori-error`.
    pub code: Option<ErrorCode>,
}

impl Signal {
    const fn shared(via: &'static str) -> Self {
        Self {
            kind: "sori-shared",
            via,
            code: None,
        }
    }

    const fn failed(code: ErrorCode, via: &'static str) -> Self {
        Self {
            kind: "sori-error",
            via,
            code: Some(code),
        }
    }
}

/// The link was followed.
pub const SHARED_LINK: Signal = Signal::shared("link");
/// The popup opened.
pub const SHARED_POPUP: Signal = Signal::shared("popup");
/// The share sheet passed the page on.
pub const SHARED_NATIVE: Signal = Signal::shared("native");
/// The browser refused the popup; the link is followed instead.
pub const BLOCKED: Signal = Signal {
    kind: "sori-share-blocked",
    via: "popup",
    code: None,
};
/// The URL is on the clipboard.
pub const COPIED: Signal = Signal {
    kind: "sori-copied",
    via: "copy",
    code: None,
};

/// What follows an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reaction {
    /// What the shell does at once.
    pub action: Option<Action>,
    /// What is announced, even if the status region has the same text already.
    pub say: Option<Message>,
    /// The event that the page gets.
    pub signal: Option<Signal>,
}

/// What a button remembers between events. All combinations are possible.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Session {
    copying: bool,
    sheet_open: bool,
    reveal: bool,
}

impl Session {
    /// As a number below 8, for the shell to keep with the element.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.copying as u8 | (self.sheet_open as u8) << 1 | (self.reveal as u8) << 2
    }

    /// The inverse of [`Session::bits`]; any number gives a session.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        Self {
            copying: bits & 1 != 0,
            sheet_open: bits & 2 != 0,
            reveal: bits & 4 != 0,
        }
    }

    /// Whether the URL is shown for copying by hand.
    #[must_use]
    pub const fn reveals_url(&self) -> bool {
        self.reveal
    }

    /// Takes one event. `shareable` says whether the URL was accepted just now.
    ///
    /// ```
    /// use sori_captcha::share::act::{Action, Message, Session, ShareEvent};
    /// let mut session = Session::default();
    /// assert_eq!(session.step(ShareEvent::Copy, true).action, Some(Action::CopyUrl));
    /// assert_eq!(session.step(ShareEvent::Copied, true).say, Some(Message::Copied));
    /// ```
    pub fn step(&mut self, event: ShareEvent, shareable: bool) -> Reaction {
        let mut reaction = Reaction::default();
        if !shareable {
            let via = match event {
                ShareEvent::Link | ShareEvent::Window | ShareEvent::Again => "link",
                ShareEvent::Copy => "copy",
                ShareEvent::Sheet => "native",
                _ => "",
            };
            if !via.is_empty() {
                reaction.action = Some(Action::Stay);
                reaction.say = Some(Message::Refused);
                reaction.signal = Some(Signal::failed(ErrorCode::ConfigError, via));
                return reaction;
            }
        }
        match event {
            ShareEvent::Refresh => {}
            ShareEvent::Link => reaction.signal = Some(SHARED_LINK),
            ShareEvent::Window => reaction.action = Some(Action::OpenWindow),
            ShareEvent::Again => reaction.action = Some(Action::Stay),
            ShareEvent::WindowOpened => {
                reaction.action = Some(Action::Stay);
                reaction.signal = Some(SHARED_POPUP);
            }
            ShareEvent::WindowBlocked => {
                reaction.action = Some(Action::FollowLink);
                reaction.signal = Some(BLOCKED);
            }
            ShareEvent::Copy => {
                reaction.action = (!self.copying).then_some(Action::CopyUrl);
                self.copying = true;
            }
            ShareEvent::Copied => {
                self.copying = false;
                self.reveal = false;
                reaction.say = Some(Message::Copied);
                reaction.signal = Some(COPIED);
            }
            ShareEvent::CopyFailed => {
                self.copying = false;
                self.reveal = true;
                reaction.say = Some(Message::CopyFailed);
                reaction.signal = Some(Signal::failed(ErrorCode::InternalError, "copy"));
            }
            ShareEvent::Sheet => {
                // While the sheet is open, the browser rejects a second call with an error.
                reaction.action = (!self.sheet_open).then_some(Action::OpenSheet);
                self.sheet_open = true;
            }
            ShareEvent::SheetDone => {
                self.sheet_open = false;
                reaction.say = Some(Message::Silence);
                reaction.signal = Some(SHARED_NATIVE);
            }
            ShareEvent::SheetCancelled => {
                self.sheet_open = false;
                reaction.say = Some(Message::Silence);
            }
            ShareEvent::SheetFailed => {
                self.sheet_open = false;
                reaction.say = Some(Message::SheetFailed);
                reaction.signal = Some(Signal::failed(ErrorCode::InternalError, "native"));
            }
        }
        reaction
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn after(events: &[ShareEvent]) -> Session {
        let mut session = Session::default();
        for &event in events {
            session.step(event, true);
        }
        session
    }

    fn first(event: ShareEvent) -> Reaction {
        after(&[]).step(event, true)
    }

    #[test]
    fn the_link_is_followed_by_the_browser_itself() {
        let signal = Some(SHARED_LINK);
        let expected = Reaction {
            signal,
            ..Reaction::default()
        };
        assert_eq!(first(ShareEvent::Link), expected);
    }

    #[test]
    fn the_page_is_kept_only_when_a_popup_came_back() {
        assert_eq!(first(ShareEvent::Window).action, Some(Action::OpenWindow));
        assert_eq!(first(ShareEvent::Window).signal, None);
        let opened = first(ShareEvent::WindowOpened);
        assert_eq!(opened.action, Some(Action::Stay));
        assert_eq!(opened.signal, Some(SHARED_POPUP));
        let blocked = first(ShareEvent::WindowBlocked);
        assert_eq!(blocked.action, Some(Action::FollowLink));
        assert_eq!(blocked.signal, Some(BLOCKED));
    }

    #[test]
    fn the_second_click_of_a_double_click_opens_nothing() {
        let reaction = after(&[ShareEvent::Window]).step(ShareEvent::Again, true);
        let expected = Reaction {
            action: Some(Action::Stay),
            ..Reaction::default()
        };
        assert_eq!(reaction, expected);
    }

    #[test]
    fn a_refused_url_is_explained_and_goes_nowhere() {
        for (event, via) in [
            (ShareEvent::Link, "link"),
            (ShareEvent::Window, "link"),
            (ShareEvent::Again, "link"),
            (ShareEvent::Copy, "copy"),
            (ShareEvent::Sheet, "native"),
        ] {
            let expected = Reaction {
                action: Some(Action::Stay),
                say: Some(Message::Refused),
                signal: Some(Signal::failed(ErrorCode::ConfigError, via)),
            };
            assert_eq!(after(&[]).step(event, false), expected);
        }
    }

    #[test]
    fn a_failed_copy_shows_the_url_until_one_succeeds() {
        let failed = [ShareEvent::Copy, ShareEvent::CopyFailed];
        assert!(after(&failed).reveals_url());
        assert!(after(&[&failed[..], &[ShareEvent::Copy]].concat()).reveals_url());
        assert!(
            !after(&[&failed[..], &[ShareEvent::Copy, ShareEvent::Copied]].concat()).reveals_url()
        );
    }

    #[test]
    fn a_closed_sheet_is_no_error() {
        let reaction = after(&[ShareEvent::Sheet]).step(ShareEvent::SheetCancelled, true);
        assert_eq!((reaction.signal, reaction.action), (None, None));
        assert_eq!(reaction.say, Some(Message::Silence));
    }

    #[test]
    fn a_double_press_acts_once() {
        for event in [ShareEvent::Copy, ShareEvent::Sheet] {
            assert_eq!(after(&[event]).step(event, true), Reaction::default());
        }
    }

    #[test]
    fn the_next_press_acts_after_every_outcome() {
        for outcome in [ShareEvent::Copied, ShareEvent::CopyFailed] {
            let next = after(&[ShareEvent::Copy, outcome]).step(ShareEvent::Copy, true);
            assert_eq!(next.action, Some(Action::CopyUrl));
        }
        for outcome in [
            ShareEvent::SheetDone,
            ShareEvent::SheetCancelled,
            ShareEvent::SheetFailed,
        ] {
            let next = after(&[ShareEvent::Sheet, outcome]).step(ShareEvent::Sheet, true);
            assert_eq!(next.action, Some(Action::OpenSheet));
        }
    }

    #[test]
    fn a_session_reads_back_from_its_number() {
        for bits in 0..8 {
            assert_eq!(Session::from_bits(bits).bits(), bits);
        }
    }

    proptest! {
        #[test]
        fn nothing_leaves_the_page_while_its_url_is_refused(
            events in proptest::collection::vec((0..ShareEvent::ALL.len(), any::<bool>()), 0..40),
        ) {
            let mut session = Session::default();
            for (event, shareable) in events {
                let mut reaction = session.step(ShareEvent::ALL[event], shareable);
                if reaction.action == Some(Action::FollowLink) {
                    reaction = session.step(ShareEvent::Link, shareable);
                }
                if !shareable {
                    prop_assert!(matches!(reaction.action, None | Some(Action::Stay)));
                }
            }
        }
    }
}
