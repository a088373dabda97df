//! What happened, in order: what the listener did, what was spoken, and when the digits played.

use std::fmt;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// A key press, or something that happened without one.
    Act(String),
    Speech(String),
    /// A page that is read out from its beginning, or from the element that it gives the focus.
    Page(String),
    /// The digits begin to sound.
    SoundBegins,
    /// The digits have ended, or were paused.
    SoundEnds,
}

/// Entries with their times, in ms since the epoch.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heard(Vec<(u64, Entry)>);

impl Heard {
    /// Stable: entries with the same time stay in their order.
    pub(crate) fn in_order(mut entries: Vec<(u64, Entry)>) -> Self {
        entries.sort_by_key(|(at, _)| *at);
        Self(entries)
    }

    pub(crate) fn entries(&self) -> &[(u64, Entry)] {
        &self.0
    }

    pub(crate) fn transcript(&self) -> Transcript {
        Transcript(self.0.iter().map(|(_, entry)| entry.clone()).collect())
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Transcript(pub(crate) Vec<Entry>);

impl Transcript {
    /// An act with everything that followed it.
    pub(crate) fn steps(&self) -> impl Iterator<Item = (&str, &[Entry])> {
        self.0
            .chunk_by(|_, next| !matches!(next, Entry::Act(_)))
            .filter_map(|step| match step {
                [Entry::Act(act), what_followed @ ..] => Some((act.as_str(), what_followed)),
                _ => None,
            })
    }
}

/// The format in the file: acts at the margin, spoken text indented, the digits in brackets.
impl fmt::Display for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for entry in &self.0 {
            match entry {
                Entry::Act(act) => writeln!(f, "{act}")?,
                Entry::Speech(text) => writeln!(f, "    {text}")?,
                Entry::Page(text) => writeln!(f, "    (page) {text}")?,
                Entry::SoundBegins => writeln!(f, "    [the digits sound")?,
                Entry::SoundEnds => writeln!(f, "    until here]")?,
            }
        }
        Ok(())
    }
}
