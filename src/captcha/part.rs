//! The parts of the element that change, and the flags that a part can have.

use crate::names::names;

names! {
    /// A part, by the name that the shadow tree gives it (`src/web/captcha/template.js`).
    pub enum Part in part_names {
        /// The box.
        Answer = "answer",
        /// What is wrong with the answer.
        Error = "error",
        /// What to do first, or what the visitor must know before anything else.
        Hint = "hint",
        /// What happens to the visitor's data.
        Notice = "notice",
        /// The consent box.
        Consent = "consent",
        /// Play. The same button pauses.
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
        /// The buttons for the current audio.
        Transport = "transport",
        /// Check.
        Check = "check",
        /// The visible progress.
        Progress = "progress",
        /// The live region.
        Status = "status",
        /// The wrapper around all parts.
        Wrapper = "sori",
        /// The announcement about the answer. It is separate from the visible text, which must not flicker.
        Announcement = "announcement",
    }
}

names! {
    /// A flag of a part, by the attribute that shows it.
    pub enum Flag in flag_names {
        /// The button does nothing now. It stays focusable: a natively disabled button drops the focus in WebKit.
        Unavailable = "aria-disabled",
        /// The content of the part is wrong or missing.
        Invalid = "aria-invalid",
        /// The box is read-only.
        ReadOnly = "readonly",
        /// The part is not shown.
        Hidden = "hidden",
        /// The link to another way is highlighted instead of Play.
        WayFirst = "data-way",
    }
}

names! {
    /// What describes the answer box. Every description but [`Nothing`](Self::Nothing) begins with the text of the
    /// page's own `aria-describedby`.
    pub enum Description in description_names {
        /// No description: a screen reader would read it while the digits are heard.
        Nothing = "nothing",
        /// The page's own description of the element.
        Page = "page",
        /// The page's description, then the instruction or what the visitor must know before anything else.
        Hint = "hint",
        /// The page's description, then what is wrong with the answer.
        Error = "error",
        /// The page's description, then the last announcement, if it is still true.
        Status = "status",
    }
}
