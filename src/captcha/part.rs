//! The parts of the element that change, and what may hold of them.

use crate::names::names;

names! {
    /// A part, by the name that the shadow tree gives it (`src/web/captcha/template.js`).
    pub enum Part in part_names {
        /// The box.
        Answer = "answer",
        /// What is wrong with the answer.
        Error = "error",
        /// What to do first, or what is to be known before anything else.
        Hint = "hint",
        /// What becomes of the data.
        Notice = "notice",
        /// The consent box.
        Consent = "consent",
        /// Play, which also pauses.
        Play = "play",
        /// Back.
        Back = "back",
        /// Forward.
        Forward = "forward",
        /// Slower.
        Slower = "slower",
        /// Faster.
        Faster = "faster",
        /// A new challenge.
        Renew = "renew",
        /// The volume.
        Volume = "volume",
        /// The buttons for the audio at hand.
        Transport = "transport",
        /// Check.
        Check = "check",
        /// The visible progress.
        Progress = "progress",
        /// The live region.
        Status = "status",
        /// The wrapper of all.
        Wrapper = "sori",
        /// The announcement about the answer. It is separate from the visible text, which must not flicker.
        Announcement = "announcement",
    }
}

names! {
    /// A flag of a part, by the attribute that shows it.
    pub enum Flag in flag_names {
        /// A button that does nothing now. It stays focusable: a natively disabled one drops the focus in WebKit.
        Unavailable = "aria-disabled",
        /// There is something wrong with it.
        Invalid = "aria-invalid",
        /// The box is read-only.
        ReadOnly = "readonly",
        /// It is not shown.
        Hidden = "hidden",
        /// The link to another way is highlighted before Play.
        WayFirst = "data-way",
    }
}

names! {
    /// What the box is described by. All but [`Nothing`](Self::Nothing) begin with what the page's own `aria-describedby` says.
    pub enum Description in description_names {
        /// Nothing: a screen reader would read it over the digits.
        Nothing = "nothing",
        /// The page's own description of the element.
        Page = "page",
        /// And the instruction, or what is to be known before anything else.
        Hint = "hint",
        /// And what is wrong with the answer.
        Error = "error",
        /// And the last announcement, where it still holds.
        Status = "status",
    }
}
