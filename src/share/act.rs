//! What follows an act: the button's state machine. Effects are data; the shell performs them in order.

use crate::error::ErrorCode;

/// Something that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The link was followed. `window`: a popup is wanted, and no modifier key asks for anything else.
    Link {
        /// Whether to try a window of its own first.
        window: bool,
    },
    /// The popup came back.
    WindowOpened,
    /// The browser refused the popup.
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

/// One thing for the shell to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Prevent the event's default, so that the link is not followed.
    StayHere,
    /// Open the link in a popup, and report [`Event::WindowOpened`] or [`Event::WindowBlocked`].
    OpenWindow,
    /// Write the URL to the clipboard, and report the outcome.
    CopyUrl,
    /// Open the system's share sheet, and report the outcome.
    OpenSheet,
    /// Announce a message, also when it is the one that stands there.
    Say(Message),
    /// Send an event to the page.
    Emit(Signal),
}

/// A line for the status region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    /// Nothing: the last outcome no longer matters.
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

/// What a button remembers between events. Every combination can occur.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Session {
    copying: bool,
    sheet_open: bool,
    reveal: bool,
}

impl Session {
    /// Whether the URL is shown for copying by hand.
    #[must_use]
    pub const fn reveals_url(&self) -> bool {
        self.reveal
    }

    /// Takes one event. `shareable` says whether the URL was accepted just now.
    ///
    /// ```
    /// use sori_captcha::share::act::{Effect, Event, Message, Session, Signal};
    /// let mut session = Session::default();
    /// assert_eq!(session.step(Event::Copy, true), [Effect::CopyUrl]);
    /// assert_eq!(session.step(Event::Copied, true), [Effect::Say(Message::Copied), Effect::Emit(Signal::Copied)]);
    /// ```
    pub fn step(&mut self, event: Event, shareable: bool) -> &'static [Effect] {
        use Effect::{CopyUrl, Emit, OpenSheet, OpenWindow, Say, StayHere};
        use ErrorCode::{ConfigError, InternalError};
        use Signal::{Blocked, Failed, Shared};
        match event {
            Event::Link { .. } if !shareable => {
                &const {
                    [
                        StayHere,
                        Say(Message::Refused),
                        Emit(Failed(ConfigError, Via::Link)),
                    ]
                }
            }
            Event::Copy if !shareable => {
                &const { [Say(Message::Refused), Emit(Failed(ConfigError, Via::Copy))] }
            }
            Event::Sheet if !shareable => {
                &const {
                    [
                        Say(Message::Refused),
                        Emit(Failed(ConfigError, Via::Native)),
                    ]
                }
            }
            Event::Link { window: true } => &[OpenWindow],
            Event::Link { window: false } => &[Emit(Shared(Via::Link))],
            Event::WindowOpened => &[StayHere, Emit(Shared(Via::Popup))],
            Event::WindowBlocked => &[Emit(Blocked), Emit(Shared(Via::Link))],
            Event::Copy if core::mem::replace(&mut self.copying, true) => &[],
            Event::Copy => &[CopyUrl],
            Event::Copied => {
                self.copying = false;
                self.reveal = false;
                &[Say(Message::Copied), Emit(Signal::Copied)]
            }
            Event::CopyFailed => {
                self.copying = false;
                self.reveal = true;
                &const {
                    [
                        Say(Message::CopyFailed),
                        Emit(Failed(InternalError, Via::Copy)),
                    ]
                }
            }
            // A second press while the sheet is open would be rejected as an error by the browser.
            Event::Sheet if core::mem::replace(&mut self.sheet_open, true) => &[],
            Event::Sheet => &[OpenSheet],
            Event::SheetDone => {
                self.sheet_open = false;
                &[Say(Message::Silence), Emit(Shared(Via::Native))]
            }
            Event::SheetCancelled => {
                self.sheet_open = false;
                &[Say(Message::Silence)]
            }
            Event::SheetFailed => {
                self.sheet_open = false;
                &const {
                    [
                        Say(Message::SheetFailed),
                        Emit(Failed(InternalError, Via::Native)),
                    ]
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Effect::{CopyUrl, Emit, OpenSheet, OpenWindow, Say, StayHere};
    use proptest::prelude::*;

    fn after(events: &[Event]) -> Session {
        let mut session = Session::default();
        for &event in events {
            session.step(event, true);
        }
        session
    }

    #[test]
    fn the_link_is_followed_by_the_browser_itself() {
        let effects = after(&[]).step(Event::Link { window: false }, true);
        assert_eq!(effects, [Emit(Signal::Shared(Via::Link))]);
    }

    #[test]
    fn the_page_is_kept_only_when_a_popup_came_back() {
        assert_eq!(
            after(&[]).step(Event::Link { window: true }, true),
            [OpenWindow]
        );
        let opened = after(&[]).step(Event::WindowOpened, true);
        assert_eq!(opened, [StayHere, Emit(Signal::Shared(Via::Popup))]);
        let blocked = after(&[]).step(Event::WindowBlocked, true);
        assert_eq!(
            blocked,
            [Emit(Signal::Blocked), Emit(Signal::Shared(Via::Link))]
        );
    }

    #[test]
    fn a_refused_url_is_explained_and_goes_nowhere() {
        for (event, via) in [
            (Event::Link { window: true }, Via::Link),
            (Event::Link { window: false }, Via::Link),
            (Event::Copy, Via::Copy),
            (Event::Sheet, Via::Native),
        ] {
            let effects = after(&[]).step(event, false);
            assert!(effects.contains(&Say(Message::Refused)));
            assert!(effects.contains(&Emit(Signal::Failed(ErrorCode::ConfigError, via))));
            assert!(
                !effects
                    .iter()
                    .any(|e| matches!(e, OpenWindow | CopyUrl | OpenSheet))
            );
        }
        let link = after(&[]).step(Event::Link { window: false }, false);
        assert_eq!(link.first(), Some(&StayHere));
    }

    #[test]
    fn a_failed_copy_shows_the_url_until_one_succeeds() {
        let failed = after(&[Event::Copy, Event::CopyFailed]);
        assert!(failed.reveals_url());
        assert!(after(&[Event::Copy, Event::CopyFailed, Event::Copy]).reveals_url());
        assert!(
            !after(&[Event::Copy, Event::CopyFailed, Event::Copy, Event::Copied]).reveals_url()
        );
    }

    #[test]
    fn a_closed_sheet_is_no_error_and_says_nothing() {
        let effects = after(&[Event::Sheet]).step(Event::SheetCancelled, true);
        assert_eq!(effects, [Say(Message::Silence)]);
    }

    #[test]
    fn a_double_press_acts_once() {
        assert!(after(&[Event::Copy]).step(Event::Copy, true).is_empty());
        assert!(after(&[Event::Sheet]).step(Event::Sheet, true).is_empty());
    }

    #[test]
    fn the_next_press_acts_after_every_outcome() {
        for outcome in [Event::Copied, Event::CopyFailed] {
            assert_eq!(
                after(&[Event::Copy, outcome]).step(Event::Copy, true),
                [CopyUrl]
            );
        }
        for outcome in [Event::SheetDone, Event::SheetCancelled, Event::SheetFailed] {
            assert_eq!(
                after(&[Event::Sheet, outcome]).step(Event::Sheet, true),
                [OpenSheet]
            );
        }
    }

    fn any_event() -> impl Strategy<Value = Event> {
        prop_oneof![
            any::<bool>().prop_map(|window| Event::Link { window }),
            Just(Event::WindowOpened),
            Just(Event::WindowBlocked),
            Just(Event::Copy),
            Just(Event::Copied),
            Just(Event::CopyFailed),
            Just(Event::Sheet),
            Just(Event::SheetDone),
            Just(Event::SheetCancelled),
            Just(Event::SheetFailed),
        ]
    }

    proptest! {
        #[test]
        fn at_most_one_message_and_never_an_act_after_a_refusal(
            events in proptest::collection::vec((any_event(), any::<bool>()), 0..40),
        ) {
            let mut session = Session::default();
            for (event, shareable) in events {
                let effects = session.step(event, shareable);
                let said = effects.iter().filter(|e| matches!(e, Say(_))).count();
                prop_assert!(said <= 1);
                if !shareable {
                    prop_assert!(!effects.iter().any(|e| matches!(e, OpenWindow | CopyUrl | OpenSheet)));
                }
            }
        }
    }
}
