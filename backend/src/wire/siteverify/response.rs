//! The parameter `response`: what a form submitted, as the site's server passes it on. Whatever the visitor did, it has
//! one of three forms. Anything else is a mistake on the way, and the message names it.

use sori_wire::protocol::{Key, RESPONSE_PREFIX, split_response};

/// What a response contains.
#[derive(Debug, PartialEq)]
pub(super) enum Given<'a> {
    Answer(Key, String),
    Token(&'a str),
}

/// Why it contains neither.
#[derive(Debug, PartialEq)]
pub(super) enum Unusable {
    Empty,
    Malformed(&'static str),
}

/// A token is 16 bytes in hexadecimal.
const TOKEN_DIGITS: usize = 32;

/// Reads a response. Some programs leave a line break or a space around it, which is no part of it.
pub(super) fn read(response: &str) -> Result<Given<'_>, Unusable> {
    let response = response.trim_ascii();
    if response.is_empty() {
        return Err(Unusable::Empty);
    }
    match split_response(response) {
        Some((key, answer)) => match Key::parse(&key) {
            Some(key) => Ok(Given::Answer(key, answer.into_owned())),
            None => Err(Unusable::Malformed(mistake(response))),
        },
        None if is_token(response) => Ok(Given::Token(response)),
        None => Err(Unusable::Malformed(mistake(response))),
    }
}

fn is_token(text: &str) -> bool {
    text.len() == TOKEN_DIGITS && text.bytes().all(|b| b.is_ascii_hexdigit())
}

fn mistake(response: &str) -> &'static str {
    if response.starts_with(['"', '\'']) || response.ends_with(['"', '\'']) {
        "`response` is in quotation marks: send it without them."
    } else if response.to_ascii_lowercase().contains("%3a") {
        "`response` is percent-encoded twice, with %3A in place of the colon: encode it once."
    } else if response.contains(|c: char| c.is_ascii_whitespace()) {
        "`response` has a space or a line break in it: send the form's field NAME-response as it is."
    } else if response.starts_with(RESPONSE_PREFIX) {
        "`response` begins with `ka_` but cannot be decoded: it was cut off, padded with `=` or changed. Send the \
         form's field NAME-response as it is."
    } else {
        "`response` is neither `ka_…`, nor `KEY:ANSWER`, nor a token: send the form's field NAME-response as it is."
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TOKEN: &str = "9f86d081884c7d659a2feaa0c55ad015";

    #[test]
    fn white_space_around_a_response_is_no_part_of_it() {
        let key = Key::parse("t521bp3qM7Qyk2X2").unwrap();
        let answer = Given::Answer(key, "1 23".into());
        assert_eq!(read("\r\n t521bp3qM7Qyk2X2:1 23\n"), Ok(answer));
        assert_eq!(read(&format!("{TOKEN}\n")), Ok(Given::Token(TOKEN)));
        assert_eq!(read(" \r\n"), Err(Unusable::Empty));
    }

    #[test]
    fn each_mistake_has_its_words() {
        for (response, words) in [
            ("\"key:12345\"", "quotation marks"),
            ("'ka_dDU6MQ'", "quotation marks"),
            ("key%3A12345", "%3A"),
            ("a key:12345", "a space"),
            ("ka_dDU6 MQ", "a space"),
            ("ka_dDU6MQ==", "padded"),
            ("hello", "neither"),
            ("9f86d081", "neither"),
        ] {
            match read(response) {
                Err(Unusable::Malformed(message)) => {
                    assert!(message.contains(words), "{response}: {message}");
                }
                other => panic!("{response}: {other:?}"),
            }
        }
    }

    proptest! {
        #[test]
        fn any_response_is_read_or_refused(response in "\\PC*") {
            let _ = read(&response);
        }
    }
}
