//! The `type` attribute: six sizes and arrangements, in the same order as the types of NAVER's own button.

/// One of the six looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// A 24 px square, for a line of text.
    A,
    /// A 32 px square, for a line of text.
    B,
    /// A 44 px square.
    C,
    /// A 56 px square.
    D,
    /// The icon above its caption.
    E,
    /// The icon beside its caption. The default: a visible caption needs no guessing.
    #[default]
    F,
}

impl Look {
    /// Every look, in order.
    pub const ALL: [Self; 6] = [Self::A, Self::B, Self::C, Self::D, Self::E, Self::F];

    /// The letter of the look in the style sheet and in the attribute.
    #[must_use]
    pub const fn letter(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::B => "b",
            Self::C => "c",
            Self::D => "d",
            Self::E => "e",
            Self::F => "f",
        }
    }

    /// Reads the attribute, in either case as HTML's own enumerated attributes; `None` for anything else.
    ///
    /// ```
    /// use sori_captcha::share::look::Look;
    /// assert_eq!(Look::parse("e"), Some(Look::E));
    /// assert_eq!(Look::parse("large"), None);
    /// ```
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        let [letter] = value.as_bytes() else {
            return None;
        };
        let index = letter.to_ascii_lowercase().wrapping_sub(b'a');
        Self::ALL.get(usize::from(index)).copied()
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn every_look_reads_back_from_its_letter() {
        for look in Look::ALL {
            assert_eq!(Look::parse(look.letter()), Some(look));
            assert_eq!(Look::parse(&look.letter().to_uppercase()), Some(look));
        }
    }

    #[test]
    fn another_value_is_no_look() {
        for value in ["", "@", " a", "g", "G", "aa", "ａ"] {
            assert_eq!(Look::parse(value), None, "{value:?}");
        }
    }
}
