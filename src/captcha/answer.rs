//! The answer: what the person typed, and how it is normalised before it is sent.

use crate::text::push_number;

/// The answer in the form in which it is sent. Separators from pasting and dictation are removed. The decimal digits of
/// the scripts that are written today become ASCII digits. Hangul names of digits become digits too, if the whole value
/// consists of such names. Anything else is kept, because the upstream's own sample answer has letters.
///
/// ```
/// use sori_captcha::captcha::answer::normalise;
/// assert_eq!(normalise("１２ 3-4"), "1234");
/// assert_eq!(normalise("일이삼 공"), "1230");
/// assert_eq!(normalise("1PUNUST"), "1PUNUST");
/// ```
#[must_use]
pub fn normalise(typed: &str) -> String {
    // Builds both readings at once, because only the last character shows which one applies.
    let (mut plain, mut named) = (String::new(), String::new());
    let mut all_named = true;
    let mut rest = typed.chars();
    loop {
        let text = rest.as_str();
        let Some(c) = rest.next() else { break };
        if is_separator(c) {
            continue;
        }
        let value = digit(c);
        match value {
            Some(value) => push_number(&mut plain, value),
            None => plain.push_str(text.get(..c.len_utf8()).unwrap_or_default()),
        }
        match value.or(hangul_digit(c)) {
            Some(value) => push_number(&mut named, value),
            None => all_named = false,
        }
    }
    if all_named { named } else { plain }
}

/// Whether the normalised answer is empty.
#[must_use]
pub fn is_empty(typed: &str) -> bool {
    typed.chars().all(is_separator)
}

/// Whether the normalised answer contains anything but digits. Such an answer leads to a hint, never to an error.
#[must_use]
pub fn has_other_than_digits(normalised: &str) -> bool {
    normalised.bytes().any(|b| !b.is_ascii_digit())
}

fn is_separator(c: char) -> bool {
    // White space, hyphens and dashes, commas, full stops and middle dots, as keyboards and dictation
    // write them; control characters, which no keyboard types; and what is invisible: pasted numbers may
    // have marks of direction around them (iOS), and emoji of digits have two marks behind each.
    const OTHERS: &str = "-,.\u{a0}\u{ad}\u{b7}\u{61c}\u{180e}\u{20e3}\u{2212}\u{3000}\u{3001}\u{3002}\u{30fb}\u{318d}\u{fe0f}\u{feff}\u{ff0c}\u{ff0d}\u{ff0e}";
    // Not `contains`: it would link a substring search of 1.6 kB.
    c <= ' '
        || matches!(c, '\u{2000}'..='\u{2015}' | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}')
        || OTHERS.chars().any(|other| other == c)
}

/// The digit that a Hangul syllable names.
fn hangul_digit(c: char) -> Option<u32> {
    const NAMES: &str = "공일이삼사오육칠팔구영_________령_____륙";
    let place = NAMES.chars().position(|name| name == c && c != '_')?;
    Some((place % 10) as u32)
}

/// The value of a decimal digit (Unicode general category Nd: ranges of ten, zero first).
fn digit(c: char) -> Option<u32> {
    const ZEROS: [u16; 18] = [
        0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66,
        0xe50, 0xed0, 0xf20, 0x17e0, 0xff10,
    ];
    ZEROS.iter().find_map(|&zero| {
        let value = (c as u32).wrapping_sub(u32::from(zero));
        (value < 10).then_some(value)
    })
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_dictation_and_paste_add_is_removed() {
        for typed in [
            "1 2 3 4 5",
            "1-2-3-4-5",
            "1, 2, 3, 4, 5.",
            "１２３４５",
            "١٢٣٤٥",
            "1·2·3·4·5",
            "일이삼사오",
            "일, 이, 삼, 사, 오",
            "일 2 삼 4 오",
            "\u{feff}12\u{ad}345\u{2060}",
            "\u{202d}12345\u{202c}",
            "\u{2068}12345\u{2069}",
            "1\u{fe0f}\u{20e3}2\u{fe0f}\u{20e3}345",
        ] {
            assert_eq!(normalise(typed), "12345", "{typed}");
        }
        assert_eq!(normalise("공영령륙육"), "00066");
    }

    #[test]
    fn an_answer_that_is_no_number_is_sent_as_it_is() {
        assert_eq!(normalise("1PUNUST"), "1PUNUST");
        assert_eq!(normalise("오늘 12"), "오늘12");
        assert!(has_other_than_digits("1PUNUST"));
        assert!(!has_other_than_digits("12345"));
    }

    #[test]
    fn only_separators_is_an_empty_answer() {
        assert_eq!(normalise(" - . ,\u{a0}"), "");
    }

    proptest! {
        #[test]
        fn digits_survive_any_separators(digits in "[0-9]{1,8}", gap in "[ .,·\u{3000}-]{0,3}") {
            let spread: String = digits.chars().flat_map(|d| std::iter::once(d).chain(gap.chars())).collect();
            prop_assert_eq!(normalise(&spread), digits);
        }

        #[test]
        fn normalising_twice_changes_nothing(typed in "\\PC{0,20}") {
            let once = normalise(&typed);
            prop_assert_eq!(normalise(&once), once);
        }
    }
}
