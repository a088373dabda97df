//! What a listener may expect: to know what to do at every step, never to be talked over, to be told nothing twice.

use std::collections::HashSet;

use crate::transcript::{Entry, Transcript};

/// Words that ask for an act.
const ACTS: [&str; 7] = ["세요", "Press", "press", "Type", "type", "Send", "send"];
/// Where there is nothing to be done: a new speed, a wait.
const ANSWERS: [&str; 4] = ["퍼센트", "percent", "중입니다", "Loading"];

/// What is wrong with what was heard, a sentence each.
pub(crate) fn complaints(transcript: &Transcript) -> Vec<String> {
    let mut complaints = Vec::new();
    for (act, what_followed) in transcript.steps() {
        complaints.extend(
            talked_over(what_followed)
                .map(|text| format!("after {act}: the digits are talked over: {text}")),
        );
        complaints.extend(
            told_twice(what_followed).map(|text| format!("after {act}: told twice: {text}")),
        );
        if leaves_alone(act, what_followed) {
            complaints.push(format!("after {act}: the listener is not told what to do"));
        }
    }
    complaints
}

/// What is said from the press until the digits end: what begins in the silence before them may well end over them.
fn talked_over(step: &[Entry]) -> impl Iterator<Item = &str> {
    let end = step.iter().rposition(|entry| *entry == Entry::SoundEnds);
    step[..end.unwrap_or(0)]
        .iter()
        .filter_map(|entry| match entry {
            Entry::Speech(text) | Entry::Page(text) => Some(text.as_str()),
            _ => None,
        })
}

/// Sentences that come more than once.
fn told_twice(step: &[Entry]) -> impl Iterator<Item = &str> {
    let mut told = HashSet::new();
    step.iter()
        .filter_map(|entry| match entry {
            Entry::Speech(text) => Some(text),
            _ => None,
        })
        .flat_map(|text| text.split(". "))
        .map(|sentence| sentence.trim_matches(['.', '!', ' ']))
        .filter(move |sentence| !sentence.is_empty() && !told.insert(*sentence))
}

/// Whether a key of the widget is answered with silence, or with words that lead nowhere. To be told a control's name is
/// to be told what to do, and that is what Tab is answered with.
fn leaves_alone(act: &str, step: &[Entry]) -> bool {
    if act.starts_with("types ") {
        return false;
    }
    let moved = act.ends_with("Tab");
    match step.last() {
        Some(Entry::Page(_)) => false,
        Some(Entry::Speech(_)) if moved => false,
        Some(Entry::Speech(text)) => !ACTS.iter().chain(&ANSWERS).any(|word| text.contains(word)),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transcript(entries: &[Entry]) -> Transcript {
        Transcript(entries.to_vec())
    }

    fn act(name: &str) -> Entry {
        Entry::Act(name.into())
    }

    fn speech(text: &str) -> Entry {
        Entry::Speech(text.into())
    }

    #[test]
    fn a_good_way_gives_no_complaint() {
        let good = transcript(&[
            act("Tab"),
            speech("음성 재생 누름 단추."),
            act("Space"),
            Entry::SoundBegins,
            Entry::SoundEnds,
            speech("재생이 끝났습니다. 숫자를 입력하세요."),
            act("types 12345"),
            act("Enter"),
            Entry::Page("확인되었습니다".into()),
        ]);
        assert_eq!(complaints(&good), [] as [&str; 0]);
    }

    #[test]
    fn speech_over_the_digits_is_found() {
        let over = transcript(&[
            act("Space"),
            Entry::SoundBegins,
            speech("Loading the audio."),
            Entry::SoundEnds,
            speech("Playback ended. Type the numbers."),
        ]);
        assert_eq!(
            complaints(&over),
            ["after Space: the digits are talked over: Loading the audio."]
        );
    }

    #[test]
    fn speech_that_may_still_be_going_on_when_the_digits_begin_is_found() {
        let into = transcript(&[
            act("."),
            speech("Selection deleted."),
            Entry::SoundBegins,
            Entry::SoundEnds,
            speech("Playback ended. Type the numbers."),
        ]);
        assert_eq!(
            complaints(&into),
            ["after .: the digits are talked over: Selection deleted."]
        );
    }

    #[test]
    fn a_sentence_said_twice_is_found_across_utterances() {
        let twice = transcript(&[
            act("Tab"),
            speech("Numbers you hear entry required."),
            speech("Type the numbers. Press Play audio."),
            speech("Press Play audio."),
        ]);
        assert_eq!(
            complaints(&twice),
            ["after Tab: told twice: Press Play audio"]
        );
    }

    #[test]
    fn a_key_answered_with_silence_or_with_no_act_is_found() {
        let silent = transcript(&[act("Enter"), act("."), Entry::SoundBegins, Entry::SoundEnds]);
        assert_eq!(complaints(&silent).len(), 2);
        let aimless = transcript(&[act("Enter"), speech("확인되었습니다.")]);
        assert_eq!(
            complaints(&aimless),
            ["after Enter: the listener is not told what to do"]
        );
        let value = transcript(&[act("Space"), speech("속도 110퍼센트")]);
        assert_eq!(complaints(&value), [] as [&str; 0]);
    }
}
