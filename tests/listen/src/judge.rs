//! What a listener may expect: to know at every step what to do, to hear nothing over the digits, and to be told
//! nothing twice.

use std::collections::HashSet;

use sori_e2e::Engine;

use crate::figures::speech_ms;
use crate::transcript::{Entry, Heard};

/// Words that say what to do, or which control to use next.
const ACTS: [&str; 13] = [
    "세요",
    "제출",
    "재생하면",
    "Press",
    "press",
    "Type",
    "type",
    "play",
    "Play",
    "use",
    "ubmit",
    "contact",
    "tick",
];
/// Texts after which nothing has to be done: a new speed, a wait, the end of a second listening, a ticked box.
const ANSWERS: [&str; 8] = [
    "퍼센트",
    "percent",
    "중입니다",
    "Loading",
    "끝났습니다",
    "End of",
    "선택",
    "checked",
];
/// What Orca says about itself or the text cursor, after everything else.
const OF_ORCA: [&str; 3] = ["Focus mode", "Browse mode", "Text unselected."];
/// How Orca names a control that cannot be used.
const UNAVAILABLE: [&str; 2] = ["grayed", "비활성화"];

/// What is wrong with what was heard, one sentence for each problem.
pub(crate) fn complaints(heard: &Heard, engine: Engine) -> Vec<String> {
    let mut complaints: Vec<_> = talked_over(heard.entries())
        .map(|(act, text)| format!("after {act}: the digits are talked over: {text}"))
        .collect();
    let transcript = heard.transcript();
    for (act, what_followed) in transcript.steps() {
        complaints.extend(
            told_twice(what_followed, engine)
                .map(|text| format!("after {act}: told twice: {text}")),
        );
        if leaves_alone(act, what_followed) {
            complaints.push(format!("after {act}: the listener is not told what to do"));
        }
    }
    complaints.extend(
        unusable_at_rest(&transcript.0).map(|text| format!("unusable before any audio: {text}")),
    );
    complaints
}

fn speech(entry: &Entry) -> Option<&str> {
    match entry {
        Entry::Speech(text) => Some(text),
        _ => None,
    }
}

/// Controls that the listener meets, and that cannot be used, before anything was heard.
fn unusable_at_rest(entries: &[Entry]) -> impl Iterator<Item = &str> {
    entries
        .iter()
        .take_while(|entry| **entry != Entry::SoundBegins)
        .filter_map(speech)
        .filter(|text| UNAVAILABLE.iter().any(|word| text.contains(word)))
}

/// What is spoken over the digits, or begins in the silence before them and does not end there; with the act before
/// it.
fn talked_over(entries: &[(u64, Entry)]) -> impl Iterator<Item = (&str, &str)> {
    let mut act = "";
    let mut sounding = false;
    entries
        .iter()
        .enumerate()
        .filter_map(move |(index, (at, entry))| match entry {
            Entry::Act(name) => {
                act = name;
                None
            }
            Entry::SoundBegins => {
                sounding = true;
                None
            }
            Entry::SoundEnds => {
                sounding = false;
                None
            }
            Entry::Speech(text) | Entry::Page(text) => {
                let ends = at + speech_ms(text);
                let into = || {
                    entries[index..]
                        .iter()
                        // The next key press interrupts what is being spoken.
                        .take_while(|(_, entry)| !matches!(entry, Entry::Act(_)))
                        .any(|(at, entry)| *entry == Entry::SoundBegins && *at < ends)
                };
                (sounding || into()).then_some((act, text.as_str()))
            }
        })
}

/// Sentences that are spoken more than once.
fn told_twice(step: &[Entry], engine: Engine) -> impl Iterator<Item = &str> {
    let mut spoken: Vec<&str> = step
        .iter()
        .filter_map(speech)
        .filter(|text| !OF_ORCA.contains(text))
        .collect();
    // When Orca asks Firefox for a description that is new, Firefox also reports a change of it, and Orca reads it again.
    if engine == Engine::Firefox {
        spoken.dedup();
    }
    let mut told = HashSet::new();
    spoken
        .into_iter()
        .flat_map(|text| text.split(". "))
        .map(|sentence| sentence.trim_matches(['.', '!', ' ']))
        .filter(move |sentence| !sentence.is_empty() && !told.insert(*sentence))
}

/// Whether a key press is followed by silence, or by words that do not say how to continue. The name of a control
/// says what to do, so the name is enough after Tab.
fn leaves_alone(act: &str, step: &[Entry]) -> bool {
    if act.starts_with("types ") {
        return false;
    }
    let moved = act.ends_with("Tab");
    let mut last = step
        .iter()
        .rev()
        .skip_while(|entry| speech(entry).is_some_and(|text| OF_ORCA.contains(&text)));
    match last.next() {
        // The digits can still be heard.
        Some(Entry::Page(_) | Entry::SoundBegins) => false,
        // This key has stopped the digits, so silence is the right reply.
        Some(Entry::SoundEnds) if step.len() == 1 => false,
        Some(Entry::Speech(_)) if moved => false,
        Some(Entry::Speech(text)) => !ACTS.iter().chain(&ANSWERS).any(|word| text.contains(word)),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(heard: &Heard) -> Vec<String> {
        super::complaints(heard, Engine::Chromium)
    }

    /// The entries, a tenth of a second apart.
    fn transcript(entries: &[Entry]) -> Heard {
        Heard::in_order((0..).step_by(100).zip(entries.to_vec()).collect())
    }

    fn act(name: &str) -> Entry {
        Entry::Act(name.into())
    }

    fn says(text: &str) -> Entry {
        Entry::Speech(text.into())
    }

    #[test]
    fn a_good_way_gives_no_complaint() {
        let good = transcript(&[
            act("Tab"),
            says("음성 재생 누름 단추."),
            act("Space"),
            Entry::SoundBegins,
            Entry::SoundEnds,
            says("재생이 끝났습니다. 숫자를 입력하세요."),
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
            says("Loading the audio."),
            Entry::SoundEnds,
            says("Playback ended. Type the numbers."),
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
            says("Selection deleted."),
            Entry::SoundBegins,
            Entry::SoundEnds,
            says("Playback ended. Type the numbers."),
        ]);
        assert_eq!(
            complaints(&into),
            ["after .: the digits are talked over: Selection deleted."]
        );
    }

    #[test]
    fn speech_that_ends_in_the_silence_before_the_digits_is_none() {
        let cleared = Heard::in_order(vec![
            (0, act("Space")),
            (100, says("Box cleared.")),
            (1_600, Entry::SoundBegins),
            (6_000, Entry::SoundEnds),
            (6_500, says("End of audio. Type the numbers.")),
        ]);
        assert_eq!(complaints(&cleared), [] as [&str; 0]);
    }

    #[test]
    fn a_sentence_said_twice_is_found_across_utterances() {
        let twice = transcript(&[
            act("Tab"),
            says("Numbers you hear entry required."),
            says("Type the numbers. Press Play audio."),
            says("Press Play audio."),
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
        let aimless = transcript(&[act("Enter"), says("확인되었습니다.")]);
        assert_eq!(
            complaints(&aimless),
            ["after Enter: the listener is not told what to do"]
        );
        let value = transcript(&[act("Space"), says("속도 110퍼센트")]);
        assert_eq!(complaints(&value), [] as [&str; 0]);
    }

    #[test]
    fn the_mode_of_the_screen_reader_is_no_answer_and_hides_none() {
        let told = transcript(&[act("Space"), says("Play new audio."), says("Focus mode")]);
        assert_eq!(complaints(&told), [] as [&str; 0]);
        let alone = transcript(&[act("Space"), says("Focus mode")]);
        assert_eq!(
            complaints(&alone),
            ["after Space: the listener is not told what to do"]
        );
    }

    #[test]
    fn a_description_read_again_at_once_is_firefoxs_own_and_nothing_else_is() {
        let arrival = |between: &[&str], engine| {
            let error = says("The box is empty. Type the numbers.");
            let mut entries = vec![act("Enter"), error.clone()];
            entries.extend(between.iter().map(|text| says(text)));
            entries.push(error);
            super::complaints(&transcript(&entries), engine).len()
        };
        assert_eq!(arrival(&[], Engine::Firefox), 0);
        assert_eq!(arrival(&["Focus mode"], Engine::Firefox), 0);
        assert_eq!(arrival(&["Numbers entry."], Engine::Firefox), 2);
        assert_eq!(arrival(&[], Engine::Chromium), 2);
    }

    #[test]
    fn to_stop_the_digits_needs_no_answer() {
        let stopped = transcript(&[act("."), Entry::SoundBegins, act("."), Entry::SoundEnds]);
        assert_eq!(complaints(&stopped), [] as [&str; 0]);
    }

    #[test]
    fn a_control_that_cannot_be_used_yet_is_found_and_a_later_one_is_not() {
        let back = "뒤로 푸쉬 단추 비활성화.";
        let met = transcript(&[act("Tab"), says(back)]);
        assert_eq!(
            complaints(&met),
            [format!("unusable before any audio: {back}")]
        );
        let later = transcript(&[
            act("."),
            Entry::SoundBegins,
            Entry::SoundEnds,
            says("End of audio."),
            act("Tab"),
            says(back),
        ]);
        assert_eq!(complaints(&later), [] as [&str; 0]);
    }
}
