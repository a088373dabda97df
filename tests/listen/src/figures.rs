//! What a visitor needs until the digits are heard and until the form is sent: key presses, words, seconds.

use std::fmt;

use crate::transcript::{Entry, Heard};

/// How fast a screen reader is assumed to speak, in words a minute: a common default.
const WORDS_A_MINUTE: usize = 180;

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Figures {
    /// Keyboard keys pressed before the first digit.
    pub(crate) keys: usize,
    /// All keyboard keys pressed, including the digits.
    pub(crate) all_keys: usize,
    /// Words spoken before the first digit.
    pub(crate) words: usize,
    /// Seconds from the first key press to the first digit, for someone who hears each sentence to its end before the
    /// next key.
    pub(crate) seconds: f64,
}

impl Figures {
    pub(crate) fn of(heard: &Heard) -> Self {
        let mut figures = Self::default();
        let mut sounded = false;
        // Since the last key press: its time, the number of words after it, and the time of the last of these words.
        let (mut pressed, mut words, mut spoken) = (None, 0, 0);
        let mut waited = 0;
        for (at, entry) in heard.entries() {
            match entry {
                Entry::Act(act) if act.starts_with('(') => {}
                Entry::Act(act) => {
                    let keys = keys(act);
                    figures.all_keys += keys;
                    if !sounded {
                        figures.keys += keys;
                        waited += until_spoken(pressed, words, spoken);
                        (pressed, words, spoken) = (Some(*at), 0, *at);
                    }
                }
                Entry::Speech(text) | Entry::Page(text) if !sounded => {
                    let count = text.split_whitespace().count();
                    figures.words += count;
                    words += count;
                    spoken = *at;
                }
                Entry::SoundBegins if !sounded => {
                    sounded = true;
                    // The digits do not wait until the words have been spoken.
                    waited += pressed.map_or(0, |pressed| at - pressed);
                }
                _ => {}
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "a few minutes at most")]
        let seconds = waited as f64 / 1000.0;
        Self { seconds, ..figures }
    }
}

/// The time until the last sentence began, or the time to speak all of the words, whichever is longer.
fn until_spoken(pressed: Option<u64>, words: usize, spoken: u64) -> u64 {
    let Some(pressed) = pressed else { return 0 };
    (spoken - pressed).max(ms_of(words))
}

/// How long a text takes to be spoken, in ms.
pub(crate) fn speech_ms(text: &str) -> u64 {
    ms_of(text.split_whitespace().count())
}

fn ms_of(words: usize) -> u64 {
    u64::try_from(words * 60_000 / WORDS_A_MINUTE).unwrap_or(u64::MAX)
}

fn keys(act: &str) -> usize {
    act.strip_prefix("types ")
        .map_or(1, |text| text.chars().count())
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} keys, {} words and {:.1} s before the first digit; {} keys until the form is sent",
            self.keys, self.words, self.seconds, self.all_keys
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_take_their_time_and_the_digits_do_not_wait_for_them() {
        let heard = Heard::in_order(vec![
            (0, Entry::Act("Tab".into())),
            (100, Entry::Speech("one two three".into())),
            (900, Entry::Act(".".into())),
            (950, Entry::Speech("four".into())),
            (1_500, Entry::SoundBegins),
            (9_000, Entry::SoundEnds),
            (9_500, Entry::Speech("End of audio.".into())),
            (9_900, Entry::Act("types 12345".into())),
            (10_900, Entry::Act("Enter".into())),
        ]);
        // Three words take a second; from the full stop to the digits it is 600 ms.
        let figures = Figures {
            keys: 2,
            all_keys: 8,
            words: 4,
            seconds: 1.6,
        };
        assert_eq!(Figures::of(&heard), figures);
    }
}
