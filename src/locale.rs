//! What the elements say, and in which language. A message that a language lacks does not compile.

/// A language that has its texts in the module.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Locale {
    /// Korean.
    Korean,
    /// English: what a page in any other language gets.
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

    /// The built-in language for a page's language tag: its primary subtag decides, in any case.
    ///
    /// ```
    /// use sori_captcha::locale::Locale;
    /// assert_eq!(Locale::negotiate("ko-KR"), Locale::Korean);
    /// assert_eq!(Locale::negotiate("zh-TW"), Locale::English);
    /// ```
    #[must_use]
    pub fn negotiate(tag: &str) -> Self {
        match tag.as_bytes() {
            [b'k' | b'K', b'o' | b'O'] | [b'k' | b'K', b'o' | b'O', b'-' | b'_', ..] => {
                Self::Korean
            }
            _ => Self::English,
        }
    }
}

fn primary(tag: &str) -> &str {
    tag.split(['-', '_']).next().unwrap_or_default()
}

/// Whether texts for `offered` serve a page whose language tag is `wanted` (lookup, RFC 4647 section 3.4):
/// the tag without its last subtags equals the offer. Chinese without a script is taken by its region:
/// `zh-TW`, `zh-HK` and `zh-MO` are written in `Hant`, all other Chinese in `Hans` (CLDR likely subtags).
///
/// ```
/// use sori_captcha::locale::serves;
/// assert!(serves("ja", "ja-JP"));
/// assert!(serves("zh-Hans", "zh-CN"));
/// assert!(!serves("zh-Hans", "zh-TW"));
/// ```
#[must_use]
pub fn serves(offered: &str, wanted: &str) -> bool {
    if begins_with(wanted, offered) {
        return true;
    }
    if !primary(wanted).eq_ignore_ascii_case("zh") {
        return false;
    }
    let traditional = ["Hant", "TW", "HK", "MO"];
    let has = |name: &&str| {
        wanted
            .split(['-', '_'])
            .any(|part| part.eq_ignore_ascii_case(name))
    };
    let script = if has(&"Hans") || !traditional.iter().any(has) {
        "zh-Hans"
    } else {
        "zh-Hant"
    };
    begins_with(script, offered)
}

/// The direction of a language's script: `ltr` or `rtl`.
#[must_use]
pub fn direction(tag: &str) -> &'static str {
    let rtl = ["ar", "fa", "he", "ur"];
    if rtl.iter().any(|rtl| begins_with(tag, rtl)) {
        "rtl"
    } else {
        "ltr"
    }
}

fn begins_with(tag: &str, prefix: &str) -> bool {
    let mut parts = tag.split(['-', '_']);
    !prefix.is_empty()
        && prefix
            .split('-')
            .all(|part| parts.next().is_some_and(|p| p.eq_ignore_ascii_case(part)))
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

    #[test]
    fn traditional_chinese_never_gets_simplified_texts() {
        for tag in ["zh-TW", "zh-HK", "zh-MO", "zh-Hant", "zh-Hant-CN", "ZH-tw"] {
            assert!(!serves("zh-Hans", tag), "{tag}");
        }
        for tag in ["zh", "zh-CN", "zh-SG", "zh-Hans", "zh-Hans-TW"] {
            assert!(serves("zh-Hans", tag), "{tag}");
        }
        assert!(!serves("ja", "jam"));
        assert!(!serves("", "ja"));
    }
}
