//! Which URL and which title a button shares, and where they come from.

use super::address::Refusal;

/// Where a URL comes from, in the order of preference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The element's `url` attribute.
    Attribute,
    /// The page's `<link rel="canonical">`.
    Canonical,
    /// The page's `<meta property="og:url">`.
    OpenGraph,
    /// The page's own address, without its fragment.
    Location,
}

/// What a page says about its URL, as written; `None` where it says nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Urls<'a> {
    /// The `url` attribute.
    pub attribute: Option<&'a str>,
    /// `href` of the canonical link.
    pub canonical: Option<&'a str>,
    /// `content` of `og:url`.
    pub open_graph: Option<&'a str>,
    /// The document's address.
    pub location: &'a str,
}

/// The first URL that is not blank, still to be resolved against the document's base.
///
/// A source that is present but refused is not passed over: sharing another page than the one that
/// was named would be a surprise, a warning is not.
///
/// ```
/// use sori_captcha::share::choice::{Source, Urls, choose_url};
/// let page = Urls { location: "https://example.com/a?b#c", ..Urls::default() };
/// assert_eq!(choose_url(&page), (Source::Location, "https://example.com/a?b"));
/// ```
#[must_use]
pub fn choose_url<'a>(urls: &Urls<'a>) -> (Source, &'a str) {
    let named = [
        (Source::Attribute, urls.attribute),
        (Source::Canonical, urls.canonical),
        (Source::OpenGraph, urls.open_graph),
    ];
    for (source, url) in named {
        if let Some(url) = url.filter(|url| !is_blank(url)) {
            return (source, url);
        }
    }
    let whole = urls.location;
    (
        Source::Location,
        whole.split_once('#').map_or(whole, |(page, _)| page),
    )
}

/// The first title that is not blank, exactly as written: `share-title`, `og:title`, the document's
/// title; empty if there is none.
///
/// ```
/// use sori_captcha::share::choice::choose_title;
/// assert_eq!(choose_title([None, Some(" "), Some("소리 & 글")]), "소리 & 글");
/// ```
#[must_use]
pub fn choose_title(titles: [Option<&str>; 3]) -> &str {
    titles
        .into_iter()
        .flatten()
        .find(|title| !is_blank(title))
        .unwrap_or_default()
}

/// What the console says about a refused URL: who is at fault, and what was expected.
#[must_use]
pub fn complaint(source: Source, refusal: Refusal) -> (&'static str, &'static str) {
    let at_fault = match source {
        Source::Attribute => "attribute url",
        Source::Canonical => "<link rel=canonical>",
        Source::OpenGraph => "<meta property=og:url>",
        Source::Location => "the page's address (set the attribute url)",
    };
    let expected = match refusal {
        Refusal::Unreadable => "is no URL; nothing can be shared",
        Refusal::Scheme => "must be an http: or https: URL; nothing can be shared",
        Refusal::Local => {
            "is a local or private address, which NAVER cannot fetch; nothing can be shared"
        }
    };
    (at_fault, expected)
}

/// Blank as HTML has it: ASCII white space only. A title of other spaces is somebody's choice.
fn is_blank(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Urls<'static> = Urls {
        attribute: Some("a"),
        canonical: Some("c"),
        open_graph: Some("o"),
        location: "https://example.com/l#f",
    };

    #[test]
    fn the_url_comes_from_the_first_source_that_says_one() {
        let mut page = ALL;
        assert_eq!(choose_url(&page), (Source::Attribute, "a"));
        page.attribute = None;
        assert_eq!(choose_url(&page), (Source::Canonical, "c"));
        page.canonical = Some(" \t\n");
        assert_eq!(choose_url(&page), (Source::OpenGraph, "o"));
        page.open_graph = Some("");
        assert_eq!(
            choose_url(&page),
            (Source::Location, "https://example.com/l")
        );
    }

    #[test]
    fn only_the_location_loses_its_fragment() {
        let page = Urls {
            attribute: Some("/page?x=%23#part"),
            ..ALL
        };
        assert_eq!(choose_url(&page).1, "/page?x=%23#part");
        let page = Urls {
            location: "https://example.com/?x=%23#a#b",
            ..Urls::default()
        };
        assert_eq!(choose_url(&page).1, "https://example.com/?x=%23");
    }

    #[test]
    fn a_title_is_taken_as_written_from_the_first_source_that_has_one() {
        assert_eq!(choose_title([Some(" a "), Some("b"), Some("c")]), " a ");
        assert_eq!(choose_title([Some(""), Some("b"), Some("c")]), "b");
        assert_eq!(choose_title([None, None, Some("c")]), "c");
        assert_eq!(choose_title([None, None, Some("")]), "");
    }

    #[test]
    fn a_complaint_names_the_attribute_and_says_what_was_expected() {
        for source in [Source::Attribute, Source::Location] {
            for refusal in [Refusal::Unreadable, Refusal::Scheme, Refusal::Local] {
                let (at_fault, expected) = complaint(source, refusal);
                assert!(at_fault.contains("attribute url"));
                assert!(expected.contains("URL") || expected.contains("address"));
            }
        }
    }
}
