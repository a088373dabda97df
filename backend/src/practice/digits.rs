//! The digits of one challenge.

use std::fmt;

use rand::{Rng, RngExt};

/// One to twelve decimal digits.
#[derive(Clone, PartialEq, Eq)]
pub struct Digits(Vec<u8>);

impl Digits {
    /// The highest number of digits in a challenge: about fifteen seconds of speech.
    pub const MAX: usize = 12;

    /// Reads digits such as `12345`.
    ///
    /// # Errors
    ///
    /// [`NotDigits`] for anything but 1 to 12 ASCII digits.
    pub fn parse(text: &str) -> Result<Self, NotDigits> {
        let fits = (1..=Self::MAX).contains(&text.len());
        if fits && text.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(text.bytes().map(|b| b - b'0').collect()))
        } else {
            Err(NotDigits)
        }
    }

    /// Chooses five or six digits at random.
    pub(super) fn draw(rng: &mut impl Rng) -> Self {
        let count = rng.random_range(5..=6);
        Self((0..count).map(|_| rng.random_range(0..=9)).collect())
    }

    /// The digits' values, 0 to 9.
    pub(super) fn values(&self) -> &[u8] {
        &self.0
    }

    /// Whether a visitor's answer is exactly these digits.
    pub(super) fn is(&self, answer: &str) -> bool {
        answer.bytes().eq(self.0.iter().map(|digit| digit + b'0'))
    }
}

/// Hides the answer: debug output ends in logs.
impl fmt::Debug for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digits(…)")
    }
}

/// The text is not 1 to 12 ASCII digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotDigits;

impl fmt::Display for NotDigits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected 1 to {} digits, such as 12345", Digits::MAX)
    }
}

impl std::error::Error for NotDigits {}

impl std::str::FromStr for Digits {
    type Err = NotDigits;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_that_is_no_digits_is_refused() {
        for bad in ["", "12a45", " 12345", "１２３", "1234567890123", "-1"] {
            assert_eq!(Digits::parse(bad), Err(NotDigits), "{bad:?}");
        }
    }

    #[test]
    fn only_the_exact_digits_are_the_answer() {
        let digits = Digits::parse("01234").unwrap();
        assert!(digits.is("01234"));
        for wrong in ["", "0123", "012345", "1234", "43210", "01234 ", "0123４"] {
            assert!(!digits.is(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn debug_output_hides_the_answer() {
        assert!(!format!("{:?}", Digits::parse("97531").unwrap()).contains("97531"));
    }
}
