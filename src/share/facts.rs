//! What the shell reports about the page and the button, in one record: every further call into the module costs bytes
//! on both sides. `facts()` in `web/share.js` writes it.

/// Separates the fields of a record (U+001F, unit separator). The shell removes it from the fields.
pub const UNIT: char = '\u{1f}';

/// The fields of a record, as written; empty where the page says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts<'a> {
    /// `url` attribute, canonical link, `og:url`, the document's address: each resolved by the browser
    /// into what [`super::address::accept`] judges.
    pub addresses: [&'a str; 4],
    /// `share-title` attribute, `og:title`, the document's title.
    pub titles: [&'a str; 3],
    /// `type` attribute.
    pub look: &'a str,
    /// `popup` attribute.
    pub popup: &'a str,
    /// `theme` attribute.
    pub theme: &'a str,
    /// Not empty with a `copy` attribute.
    pub copy: &'a str,
    /// Not empty with a `native` attribute in a browser that has a share sheet.
    pub sheet: &'a str,
    /// The language tag that holds for the element.
    pub language: &'a str,
}

impl<'a> Facts<'a> {
    /// Reads a record; a missing field is empty.
    ///
    /// ```
    /// use sori_captcha::share::facts::Facts;
    /// let facts = Facts::read("a\u{1f}b\u{1f}c\u{1f}d\u{1f}e");
    /// assert_eq!((facts.addresses, facts.titles), (["a", "b", "c", "d"], ["e", "", ""]));
    /// ```
    #[must_use]
    pub fn read(record: &'a str) -> Self {
        let mut rest = record;
        let mut next = || cut(&mut rest, UNIT);
        Self {
            addresses: [next(), next(), next(), next()],
            titles: [next(), next(), next()],
            look: next(),
            popup: next(),
            theme: next(),
            copy: next(),
            sheet: next(),
            language: next(),
        }
    }
}

/// Removes the text before the first `mark` (an ASCII character) and the mark from `rest`, and returns the text.
/// Without a mark it takes all of `rest`. (`split` and `split_once` would link the standard library's search, 1 kB.)
pub(super) fn cut<'a>(rest: &mut &'a str, mark: char) -> &'a str {
    let whole = *rest;
    let end = whole.bytes().position(|byte| char::from(byte) == mark);
    *rest = end.and_then(|end| whole.get(end + 1..)).unwrap_or_default();
    end.and_then(|end| whole.get(..end)).unwrap_or(whole)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn cutting_is_splitting(text in "[a-z가-힣\u{1f}\u{80}-\u{9f}]*") {
            let mut rest = &*text;
            for field in text.split(UNIT) {
                prop_assert_eq!(cut(&mut rest, UNIT), field);
            }
            prop_assert_eq!(rest, "");
        }
    }
}
