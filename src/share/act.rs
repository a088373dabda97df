//! What follows an act: the button's state machine. What is to be done is data; the shell does it.

use crate::error::ErrorCode;

/// Something that happened. The shell knows them by number: it is their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Event {
    /// Page or element may have changed.
    Refresh,
    /// The link is followed by the browser.
    Link,
    /// The link was pressed where a popup is wanted, without a modifier key that asks for anything else.
    Window,
    /// The popup came back.
    WindowOpened,
    /// The browser refused the popup; [`Event::Link`] follows.
    WindowBlocked,
    /// The copy button was pressed.
    Copy,
    /// The clipboard took the URL.
    Copied,
    /// The clipboard is missing or refused.
    CopyFailed,
    /// The button for the system's share sheet was pressed.
    Sheet,
    /// The sheet handed the page on.
    SheetDone,
    /// The reader closed the sheet: a decision, not an error.
    SheetCancelled,
    /// The sheet did not open.
    SheetFailed,
}

impl Event {
    /// Every event, in order.
    pub const ALL: [Self; 12] = [
        Self::Refresh,
        Self::Link,
        Self::Window,
        Self::WindowOpened,
        Self::WindowBlocked,
        Self::Copy,
        Self::Copied,
        Self::CopyFailed,
        Self::Sheet,
        Self::SheetDone,
        Self::SheetCancelled,
        Self::SheetFailed,
    ];

    /// The event of a number; a refresh for a number that stands for none.
    #[must_use]
    pub fn numbered(number: u32) -> Self {
        Self::ALL
            .get(number as usize)
            .copied()
            .unwrap_or(Self::Refresh)
    }
}

/// What the shell does at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Prevent the event's default, so that the link is not followed.
    Stay,
    /// Open the link in a popup, and report [`Event::WindowOpened`] or [`Event::WindowBlocked`].
    OpenWindow,
    /// Write the URL to the clipboard, and report the outcome.
    CopyUrl,
    /// Open the system's share sheet, and report the outcome.
    OpenSheet,
}

impl Deed {
    /// The letter that the shell knows it by.
    #[must_use]
    pub const fn letter(self) -> &'static str {
        match self {
            Self::Stay => "x",
            Self::OpenWindow => "w",
            Self::CopyUrl => "c",
            Self::OpenSheet => "s",
        }
    }
}

/// A line for the status region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    /// Nothing: what it says no longer matters.
    Silence,
    /// The link is on the clipboard.
    Copied,
    /// It is not; the URL is there to be selected.
    CopyFailed,
    /// The system's share sheet did not open.
    SheetFailed,
    /// This URL cannot be shared.
    Refused,
}

/// An event for the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// `sori-shared`: the share page, or the system's sheet, has been handed the URL.
    Shared(Via),
    /// `sori-share-blocked`: no popup; the link goes on by itself.
    Blocked,
    /// `sori-copied`
    Copied,
    /// `sori-error`, with what was attempted.
    Failed(ErrorCode, Via),
}

impl Signal {
    /// The event's type.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Shared(_) => "sori-shared",
            Self::Blocked => "sori-share-blocked",
            Self::Copied => "sori-copied",
            Self::Failed(..) => "sori-error",
        }
    }

    /// The way that the act took.
    #[must_use]
    pub const fn via(self) -> Via {
        match self {
            Self::Shared(via) | Self::Failed(_, via) => via,
            Self::Blocked => Via::Popup,
            Self::Copied => Via::Copy,
        }
    }
}

/// The way that an act takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// The link itself.
    Link,
    /// A window of its own.
    Popup,
    /// The system's share sheet.
    Native,
    /// The clipboard.
    Copy,
}

impl Via {
    /// Its name in an event's detail.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Popup => "popup",
            Self::Native => "native",
            Self::Copy => "copy",
        }
    }
}

/// What follows an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reaction {
    /// To be done at once.
    pub deed: Option<Deed>,
    /// To be announced, also when it is what stands there.
    pub say: Option<Message>,
    /// To be sent to the page.
    pub signal: Option<Signal>,
}

/// What a button remembers between events. Every combination can occur.
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

    /// Back from [`Session::bits`]; any number gives a session.
    #[must_use]
    pub const fn from_bits(bits: u32) -> Self {
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
    /// use sori_captcha::share::act::{Deed, Event, Message, Session};
    /// let mut session = Session::default();
    /// assert_eq!(session.step(Event::Copy, true).deed, Some(Deed::CopyUrl));
    /// assert_eq!(session.step(Event::Copied, true).say, Some(Message::Copied));
    /// ```
    pub fn step(&mut self, event: Event, shareable: bool) -> Reaction {
        let mut reaction = Reaction::default();
        let press = match event {
            Event::Link | Event::Window => Some((Via::Link, Deed::Stay)),
            Event::Copy => Some((Via::Copy, Deed::Stay)),
            Event::Sheet => Some((Via::Native, Deed::Stay)),
            _ => None,
        };
        if let Some((via, deed)) = press.filter(|_| !shareable) {
            reaction.deed = Some(deed);
            reaction.say = Some(Message::Refused);
            reaction.signal = Some(Signal::Failed(ErrorCode::ConfigError, via));
            return reaction;
        }
        match event {
            Event::Refresh => {}
            Event::Link => reaction.signal = Some(Signal::Shared(Via::Link)),
            Event::Window => reaction.deed = Some(Deed::OpenWindow),
            Event::WindowOpened => {
                reaction.deed = Some(Deed::Stay);
                reaction.signal = Some(Signal::Shared(Via::Popup));
            }
            Event::WindowBlocked => reaction.signal = Some(Signal::Blocked),
            Event::Copy => {
                reaction.deed = (!self.copying).then_some(Deed::CopyUrl);
                self.copying = true;
            }
            Event::Copied => {
                self.copying = false;
                self.reveal = false;
                reaction.say = Some(Message::Copied);
                reaction.signal = Some(Signal::Copied);
            }
            Event::CopyFailed => {
                self.copying = false;
                self.reveal = true;
                reaction.say = Some(Message::CopyFailed);
                reaction.signal = Some(Signal::Failed(ErrorCode::InternalError, Via::Copy));
            }
            Event::Sheet => {
                // A second press while the sheet is open would be rejected as an error by the browser.
                reaction.deed = (!self.sheet_open).then_some(Deed::OpenSheet);
                self.sheet_open = true;
            }
            Event::SheetDone => {
                self.sheet_open = false;
                reaction.say = Some(Message::Silence);
                reaction.signal = Some(Signal::Shared(Via::Native));
            }
            Event::SheetCancelled => {
                self.sheet_open = false;
                reaction.say = Some(Message::Silence);
            }
            Event::SheetFailed => {
                self.sheet_open = false;
                reaction.say = Some(Message::SheetFailed);
                reaction.signal = Some(Signal::Failed(ErrorCode::InternalError, Via::Native));
            }
        }
        reaction
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn after(events: &[Event]) -> Session {
        let mut session = Session::default();
        for &event in events {
            session.step(event, true);
        }
        session
    }

    fn first(event: Event) -> Reaction {
        after(&[]).step(event, true)
    }

    #[test]
    fn the_link_is_followed_by_the_browser_itself() {
        let signal = Some(Signal::Shared(Via::Link));
        let expected = Reaction {
            signal,
            ..Reaction::default()
        };
        assert_eq!(first(Event::Link), expected);
    }

    #[test]
    fn the_page_is_kept_only_when_a_popup_came_back() {
        assert_eq!(first(Event::Window).deed, Some(Deed::OpenWindow));
        assert_eq!(first(Event::Window).signal, None);
        let opened = first(Event::WindowOpened);
        assert_eq!(opened.deed, Some(Deed::Stay));
        assert_eq!(opened.signal, Some(Signal::Shared(Via::Popup)));
        let blocked = first(Event::WindowBlocked);
        assert_eq!(blocked.deed, None);
        assert_eq!(blocked.signal, Some(Signal::Blocked));
    }

    #[test]
    fn a_refused_url_is_explained_and_goes_nowhere() {
        for (event, via) in [
            (Event::Link, Via::Link),
            (Event::Window, Via::Link),
            (Event::Copy, Via::Copy),
            (Event::Sheet, Via::Native),
        ] {
            let expected = Reaction {
                deed: Some(Deed::Stay),
                say: Some(Message::Refused),
                signal: Some(Signal::Failed(ErrorCode::ConfigError, via)),
            };
            assert_eq!(after(&[]).step(event, false), expected);
        }
    }

    #[test]
    fn a_failed_copy_shows_the_url_until_one_succeeds() {
        let failed = [Event::Copy, Event::CopyFailed];
        assert!(after(&failed).reveals_url());
        assert!(after(&[&failed[..], &[Event::Copy]].concat()).reveals_url());
        assert!(!after(&[&failed[..], &[Event::Copy, Event::Copied]].concat()).reveals_url());
    }

    #[test]
    fn a_closed_sheet_is_no_error() {
        let reaction = after(&[Event::Sheet]).step(Event::SheetCancelled, true);
        assert_eq!((reaction.signal, reaction.deed), (None, None));
        assert_eq!(reaction.say, Some(Message::Silence));
    }

    #[test]
    fn a_double_press_acts_once() {
        for event in [Event::Copy, Event::Sheet] {
            assert_eq!(after(&[event]).step(event, true), Reaction::default());
        }
    }

    #[test]
    fn the_next_press_acts_after_every_outcome() {
        for outcome in [Event::Copied, Event::CopyFailed] {
            let next = after(&[Event::Copy, outcome]).step(Event::Copy, true);
            assert_eq!(next.deed, Some(Deed::CopyUrl));
        }
        for outcome in [Event::SheetDone, Event::SheetCancelled, Event::SheetFailed] {
            let next = after(&[Event::Sheet, outcome]).step(Event::Sheet, true);
            assert_eq!(next.deed, Some(Deed::OpenSheet));
        }
    }

    #[test]
    fn numbers_stand_for_events_in_order() {
        for (number, event) in (0..).zip(Event::ALL) {
            assert_eq!(event as u32, number);
            assert_eq!(Event::numbered(number), event);
        }
        assert_eq!(Event::numbered(12), Event::Refresh);
        assert_eq!(Event::numbered(u32::MAX), Event::Refresh);
    }

    #[test]
    fn a_session_reads_back_from_its_number() {
        for bits in 0..8 {
            assert_eq!(Session::from_bits(bits.into()).bits(), bits);
        }
    }

    proptest! {
        #[test]
        fn nothing_leaves_the_page_while_its_url_is_refused(
            events in proptest::collection::vec((0..Event::ALL.len(), any::<bool>()), 0..40),
        ) {
            let mut session = Session::default();
            for (event, shareable) in events {
                let reaction = session.step(Event::ALL[event], shareable);
                if !shareable {
                    prop_assert!(matches!(reaction.deed, None | Some(Deed::Stay)));
                }
            }
        }
    }
}
