//! A transcript in its file, and what a difference from it means.

use similar::TextDiff;

use crate::ours::Ours;

/// Marks the line above the transcript that names the versions of the programs.
const HEAD: &str = "# ";

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Difference {
    None,
    /// The widget says the same at the same moments. The screen reader or the browser, of which one has another
    /// version, says something different around it. A person must read the new transcript once and accept it.
    OfVersions(String),
    /// The widget says something different, or programs of the same versions do.
    Fault(String),
}

pub(crate) fn file(versions: &str, transcript: &str) -> String {
    format!("{HEAD}{versions}\n{transcript}")
}

/// Compares what is kept in a file with what was heard now.
pub(crate) fn compare(kept: &str, versions: &str, heard: &str, ours: &Ours) -> Difference {
    let (kept_versions, kept) = match kept.strip_prefix(HEAD).and_then(|it| it.split_once('\n')) {
        Some((versions, transcript)) => (versions, transcript),
        None => ("an unknown version", kept),
    };
    if kept == heard {
        return Difference::None;
    }
    let diff = TextDiff::from_lines(kept, heard)
        .unified_diff()
        .context_radius(3)
        .header(kept_versions, versions)
        .to_string();
    if kept_versions != versions && ours.told_in(kept) == ours.told_in(heard) {
        Difference::OfVersions(diff)
    } else {
        Difference::Fault(diff)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "Orca 43.1, Firefox 140.0";
    const NEW: &str = "Orca 43.1, Firefox 153.0";

    fn compare_with(kept: &str, heard: &str) -> Difference {
        let ours = Ours::of(["Play audio", "Numbers in the audio"]);
        compare(&file(OLD, kept), NEW, heard, &ours)
    }

    #[test]
    fn other_words_around_ours_are_another_versions() {
        let kept = "Tab\n    Play audio push button.\n";
        let heard = "Tab\n    Play audio button.\n    Browse mode\n";
        assert!(matches!(
            compare_with(kept, heard),
            Difference::OfVersions(_)
        ));
    }

    #[test]
    fn other_words_of_ours_are_a_fault_whatever_the_version() {
        let kept = "Tab\n    Play audio push button.\n";
        for heard in [
            "Tab\n    Numbers in the audio entry.\n",
            "Tab\n    Play audio button.\n    Play audio\n",
            "Tab\nTab\n    Play audio push button.\n",
            "Tab\n    Play audio push button.\n    [the digits sound\n",
        ] {
            assert!(
                matches!(compare_with(kept, heard), Difference::Fault(_)),
                "{heard}"
            );
        }
    }

    #[test]
    fn the_same_programs_have_no_excuse() {
        let ours = Ours::of(["Play audio"]);
        let kept = file(OLD, "Tab\n    Play audio push button.\n");
        let heard = "Tab\n    Play audio button.\n";
        let difference = compare(&kept, OLD, heard, &ours);
        assert!(matches!(difference, Difference::Fault(_)));
        assert_eq!(
            compare(&file(OLD, heard), NEW, heard, &ours),
            Difference::None
        );
    }
}
