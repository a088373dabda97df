//! The live region for the status. An announcement is an event, not a value: the region is emptied, and written later,
//! even if the text stays the same, so that a screen reader notices. Chromium loses updates that follow each other
//! within 30 ms, so the wait is at least 100 ms.

use super::message::Text;

/// How long the region stays empty before it is written, in ms.
pub const PAUSE_MS: u32 = 120;

/// What the live region holds, and what waits for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status {
    shown: Option<Text>,
    turn: bool,
    waiting: Option<Text>,
}

impl Status {
    /// The text in the live region.
    #[must_use]
    pub fn shown(&self) -> Option<Text> {
        self.shown
    }

    /// Alternates between announcements, so that no two in a row have the same text.
    #[must_use]
    pub fn is_second(&self) -> bool {
        self.shown.is_some() && !self.turn
    }

    /// What will be announced when the sound has ended.
    #[must_use]
    pub fn waiting(&self) -> Option<Text> {
        self.waiting
    }

    /// Whether the live region contains this text, or the text waits for it.
    #[must_use]
    pub(super) fn has(&self, text: Text) -> bool {
        self.shown == Some(text) || self.waiting == Some(text)
    }

    /// Asks for an announcement; it replaces one that still waits. Returns whether the wait of [`PAUSE_MS`] begins now.
    #[must_use]
    pub(super) fn say(&mut self, text: Text, sounding: bool) -> bool {
        self.waiting = Some(text);
        self.settle(sounding)
    }

    /// Sound has begun or ended. Returns whether the wait of [`PAUSE_MS`] begins now.
    #[must_use]
    pub(super) fn settle(&mut self, sounding: bool) -> bool {
        let pause = !sounding && self.waiting.is_some();
        if sounding || pause {
            self.shown = None;
        }
        pause
    }

    /// The wait of [`PAUSE_MS`] is over.
    pub(super) fn write(&mut self, sounding: bool) {
        if !sounding && let Some(text) = self.waiting.take() {
            self.shown = Some(text);
            self.turn = !self.turn;
        }
    }

    /// Removes a text that is no longer true, whether it is shown or still waits.
    pub(super) fn withdraw(&mut self, text: Text) {
        if self.shown == Some(text) {
            self.shown = None;
        }
        if self.waiting == Some(text) {
            self.waiting = None;
        }
    }

    /// Removes the shown text. A text that waits is still announced.
    pub(super) fn hide(&mut self) {
        self.shown = None;
    }

    pub(super) fn clear(&mut self) {
        (self.shown, self.waiting) = (None, None);
    }
}
