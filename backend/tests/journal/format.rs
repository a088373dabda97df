//! The format of the journal: whatever stands in the file is read, or known for what it is.

use super::{NOON, POLICY};
use proptest::prelude::*;
use sori_backend::{
    journal::format::{self, Reading},
    secret::Fingerprint,
};
use std::{fs, time::Duration};

fn read(text: &[u8]) -> Reading {
    format::read(text, Fingerprint::of("test"), &POLICY, NOON)
}

/// Every journal that once broke something, or could: they are in `tests/corpus/journal`. The file name's ending says
/// what the result must be.
#[test]
fn the_kept_corpus_is_read_as_its_names_say() {
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus/journal");
    let mut seen = 0;
    for file in fs::read_dir(corpus).unwrap() {
        let path = file.unwrap().path();
        let reading = read(&fs::read(&path).unwrap());
        let kind = match &reading {
            Reading::Empty => "empty",
            Reading::Book(_, 0) => "ok",
            Reading::Book(..) => "damaged",
            Reading::Bound(_) => "bound",
            Reading::Foreign(_) => "foreign",
        };
        assert!(
            path.extension().is_some_and(|ending| ending == kind),
            "{}: {reading:?}",
            path.display()
        );
        seen += 1;
    }
    assert!(seen >= 15, "{seen} files");
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&text);
    }

    #[test]
    fn a_journal_with_any_byte_changed_is_known_for_damaged(at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let whole = include_bytes!("../corpus/journal/day.ok");
        let last = whole[..whole.len() - 1].iter().rposition(|&b| b == b'\n').unwrap();
        let mut text = whole.to_vec();
        let at = at.index(last);
        text[at] = to;
        match read(&text) {
            Reading::Book(_, 0) => prop_assert!(text == whole),
            Reading::Book(mut book, _) => {
                book.advance(&POLICY, NOON + Duration::from_secs(100_000));
                let _ = book.usage(&POLICY);
            }
            Reading::Empty | Reading::Bound(_) | Reading::Foreign(_) => {}
        }
    }

    #[test]
    fn a_journal_cut_anywhere_behind_its_first_line_is_read(at in any::<prop::sample::Index>()) {
        let text = include_bytes!("../corpus/journal/day.ok");
        let ends = text.iter().enumerate().filter(|(_, b)| **b == b'\n');
        let second = ends.map(|(at, _)| at + 1).nth(1).unwrap();
        let at = second + at.index(text.len() - second);
        prop_assert!(matches!(read(&text[..at]), Reading::Book(_, 0)));
    }
}
