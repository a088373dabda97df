//! Cuts, joins and reads texts byte by byte. The functions of the standard library take patterns and numbers of every
//! kind; their search code would add 2 kB to the module.

/// The text up to the first `separator` (ASCII), and the text after the separator, if there is one.
#[inline(never)]
pub(crate) fn cut(text: &str, separator: u8) -> (&str, Option<&str>) {
    match text.bytes().position(|byte| byte == separator) {
        // Both cuts always succeed, because the separator is ASCII. `get` only keeps the code for a panic out of the
        // module.
        Some(at) => (text.get(..at).unwrap_or_default(), text.get(at + 1..)),
        None => (text, None),
    }
}

/// Replaces a text by another one.
#[inline(never)]
pub(crate) fn set(text: &mut String, to: &str) {
    text.clear();
    text.push_str(to);
}

/// Appends the pieces.
#[inline(never)]
pub(crate) fn push(out: &mut String, pieces: &[&str]) {
    for piece in pieces {
        out.push_str(piece);
    }
}

/// The pieces as one text.
pub(crate) fn join(pieces: &[&str]) -> String {
    let mut out = String::new();
    push(&mut out, pieces);
    out
}

/// Appends a decimal number.
pub(crate) fn push_number(out: &mut String, number: u32) {
    if number >= 10 {
        push_number(out, number / 10);
    }
    let digit = (number % 10) as usize;
    // Not `String::push`: it would link the code that encodes every character.
    out.push_str("0123456789".get(digit..=digit).unwrap_or_default());
}

/// Reads a decimal number in hundredths and drops further places. `None` for anything else, and for more than twelve
/// characters.
#[inline(never)]
pub(crate) fn hundredths(text: &str) -> Option<u64> {
    let mut number = 0;
    // How many decimal places are still to be read; `None` before the decimal point.
    let mut places = None;
    if matches!(text, "" | ".") || text.len() > 12 {
        return None;
    }
    for byte in text.bytes() {
        match (byte, places) {
            (b'.', None) => places = Some(2),
            (b'0'..=b'9', Some(0)) => {}
            (b'0'..=b'9', _) => {
                number = number * 10 + u64::from(byte - b'0');
                places = places.map(|places| places - 1);
            }
            _ => return None,
        }
    }
    for _ in 0..places.unwrap_or(2) {
        number *= 10;
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_full() {
        let mut out = String::new();
        for n in [0, 7, 10, 1090, u32::MAX] {
            out.clear();
            push_number(&mut out, n);
            assert_eq!(out, n.to_string());
        }
    }

    #[test]
    fn what_is_no_number_is_not_read_as_one() {
        for text in [
            "",
            ".",
            "-1",
            "+1",
            "1e3",
            "1.2.3",
            "0x10",
            " 1",
            "한",
            "9999999999999",
        ] {
            assert_eq!(hundredths(text), None, "{text}");
        }
        assert_eq!(hundredths("600.0"), Some(60_000));
        assert_eq!(hundredths(".759"), Some(75));
    }

    #[test]
    fn a_text_is_cut_at_the_first_separator() {
        assert_eq!(cut("a{key}", b'{'), ("a", Some("key}")));
        assert_eq!(cut("음성", b'{'), ("음성", None));
    }
}
