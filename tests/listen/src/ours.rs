//! Which of the spoken words come from the widget: those in its language file.

use std::collections::BTreeMap;

use crate::way::Language;

const KOREAN: &str = include_str!("../../../src/locale/ko.json");
const ENGLISH: &str = include_str!("../../../src/locale/en.json");

/// The widget's texts, cut where another text or a number is filled in; the longest first.
#[derive(Debug)]
pub(crate) struct Ours(Vec<String>);

impl Ours {
    pub(crate) fn in_language(language: Language) -> Self {
        let file = match language {
            Language::Korean => KOREAN,
            Language::English => ENGLISH,
        };
        let texts: BTreeMap<String, String> =
            serde_json::from_str(file).expect("a language file maps names to texts");
        Self::of(texts.values().map(String::as_str))
    }

    pub(crate) fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut pieces: Vec<String> = texts
            .into_iter()
            .flat_map(|text| text.split('{'))
            .map(|piece| piece.split_once('}').map_or(piece, |(_, after)| after))
            .map(|piece| piece.trim().to_owned())
            // A full stop alone could come from anybody.
            .filter(|piece| piece.chars().filter(|c| c.is_alphanumeric()).count() > 1)
            .collect();
        pieces.sort_by_key(|piece| std::cmp::Reverse(piece.len()));
        pieces.dedup();
        Self(pieces)
    }

    /// The part of a transcript that comes from us: acts, sounds, and the widget's texts in their order.
    pub(crate) fn told_in(&self, transcript: &str) -> Vec<String> {
        let mut told = Vec::new();
        for line in transcript.lines() {
            match line.strip_prefix("    ") {
                Some(speech) if !speech.starts_with('[') && !speech.ends_with(']') => {
                    told.extend(self.pieces_of(speech).map(str::to_owned));
                }
                _ => told.push(line.to_owned()),
            }
        }
        told
    }

    /// From left to right; if two texts begin at the same place, the longer one.
    fn pieces_of<'a>(&'a self, mut speech: &'a str) -> impl Iterator<Item = &'a str> {
        std::iter::from_fn(move || {
            let (at, piece) = self
                .0
                .iter()
                .filter_map(|piece| speech.find(piece.as_str()).map(|at| (at, piece)))
                .min_by_key(|(at, piece)| (*at, std::cmp::Reverse(piece.len())))?;
            speech = &speech[at + piece.len()..];
            Some(piece.as_str())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_between_the_words_of_others_and_with_its_number() {
        let ours = Ours::of(["Play", "Play new audio", "Speed {} percent.", "{play} it"]);
        let transcript =
            "Tab\n    panel. Play new audio push button.\nSpace\n    Speed 110 percent.\n";
        assert_eq!(
            ours.told_in(transcript),
            ["Tab", "Play new audio", "Space", "Speed", "percent."]
        );
    }

    #[test]
    fn both_language_files_are_read() {
        for language in [Language::Korean, Language::English] {
            assert!(Ours::in_language(language).0.len() > 30);
        }
    }
}
