//! The languages of the elements. The captcha's texts are JSON, one file for each language, and the captcha's shell
//! reads them.

#[cfg(all(feature = "captcha", not(target_arch = "wasm32")))]
pub mod texts;

/// A language whose texts are in the module.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Locale {
    /// Korean.
    Korean,
    /// English. Pages in any other language get it too.
    #[default]
    English,
}

impl Locale {
    /// The language tag (BCP 47) of the texts.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Korean => "ko",
            Self::English => "en",
        }
    }

    /// The built-in language for a page's language tag. The primary subtag decides, in upper or lower case.
    ///
    /// ```
    /// use sori_captcha::locale::Locale;
    /// assert_eq!(Locale::negotiate("ko-KR"), Locale::Korean);
    /// assert_eq!(Locale::negotiate("zh-TW"), Locale::English);
    /// ```
    #[must_use]
    pub fn negotiate(tag: &str) -> Self {
        match &primary(tag) {
            b"ko" => Self::Korean,
            _ => Self::English,
        }
    }
}

/// The primary subtag in lower case, if it has two letters; otherwise zeros.
fn primary(tag: &str) -> [u8; 2] {
    match *tag.as_bytes() {
        [first, second] | [first, second, b'-' | b'_', ..] => [first | 0x20, second | 0x20],
        _ => [0; 2],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_gets_its_language_whatever_the_tag_looks_like() {
        for tag in ["ko", "ko-KR", "KO", "ko-Kore-KR", "ko_KR"] {
            assert_eq!(Locale::negotiate(tag), Locale::Korean, "{tag}");
        }
        for tag in [
            "en",
            "en-GB",
            "",
            "kok",
            "garbage",
            "x-klingon",
            "-",
            "한국어",
        ] {
            assert_eq!(Locale::negotiate(tag), Locale::English, "{tag}");
        }
    }
}
