//! Which URL and which title a button shares, and where they come from.

/// Where a URL comes from, in the order of preference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The element's `url` attribute.
    Attribute,
    /// The page's `<link rel="canonical">`.
    Canonical,
    /// The page's `<meta property="og:url">`.
    OpenGraph,
    /// The page's own address. The shell has removed its fragment.
    Location,
}

impl Source {
    /// Every source, in order.
    pub const ALL: [Self; 4] = [
        Self::Attribute,
        Self::Canonical,
        Self::OpenGraph,
        Self::Location,
    ];
}

/// The first address that is not empty, and where it comes from.
///
/// A source that is present but refused is not skipped. Otherwise the visitor would share another page than the one
/// that was named. The developer gets a warning.
///
/// ```
/// use sori_captcha::share::choice::{Source, choose_url};
/// assert_eq!(choose_url(&["", "", "og", "location"]), (Source::OpenGraph, "og"));
/// ```
#[must_use]
pub fn choose_url<'a>(urls: &[&'a str; 4]) -> (Source, &'a str) {
    for source in Source::ALL {
        let address = urls[source as usize];
        if !address.is_empty() {
            return (source, address);
        }
    }
    (Source::Location, "")
}

/// The longest title, in bytes of UTF-8. Encoded it takes up to three times as many, and servers accept addresses of about 8 kB.
pub const LONGEST_TITLE: usize = 2000;

/// The first title that is not empty, as written: `share-title`, `og:title`, the document's title; empty if there is none. A title
/// that is too long for a link is cut between two characters.
///
/// ```
/// use sori_captcha::share::choice::choose_title;
/// assert_eq!(choose_title(&["", "소리 & 글", "소리"]), "소리 & 글");
/// ```
#[must_use]
pub fn choose_title<'a>(titles: &[&'a str; 3]) -> &'a str {
    for title in titles {
        if !title.is_empty() {
            let mut end = LONGEST_TITLE;
            while end < title.len() && !title.is_char_boundary(end) {
                end -= 1;
            }
            return title.get(..end).unwrap_or(title);
        }
    }
    ""
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn the_url_comes_from_the_first_source_that_says_one() {
        let mut urls = ["a", "c", "o", "l"];
        for source in Source::ALL {
            let (from, address) = choose_url(&urls);
            assert_eq!((from, address), (source, urls[source as usize]));
            urls[source as usize] = "";
        }
        assert_eq!(choose_url(&urls), (Source::Location, ""));
    }

    #[test]
    fn a_title_that_is_too_long_for_a_link_is_cut_between_characters() {
        let long = "가".repeat(5000);
        let cut = choose_title(&["", &long, ""]);
        assert_eq!(cut.chars().count(), 666);
        for length in [1, LONGEST_TITLE - 1, LONGEST_TITLE] {
            let fits = "a".repeat(length);
            assert_eq!(choose_title(&[&fits, "", ""]), fits);
        }
    }

    #[test]
    fn a_title_is_taken_as_written_from_the_first_source_that_has_one() {
        assert_eq!(choose_title(&[" a ", "b", "c"]), " a ");
        assert_eq!(choose_title(&["", "b", "c"]), "b");
        assert_eq!(choose_title(&["", "", "c"]), "c");
        assert_eq!(choose_title(&[""; 3]), "");
    }
}
