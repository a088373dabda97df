//! Credentials and shared secrets, which no log, error or page may show.

use core::fmt;
use ring::{digest, hmac, rand};
use serde::{Deserialize, Serialize};

/// Text that must not be shown: `Debug` hides it, and it has no `Display` and cannot be serialised.
#[derive(Clone)]
pub struct Secret(Box<str>);

impl Secret {
    /// Wraps the text.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// 256 bits from the system's random source, as 64 hexadecimal digits.
    #[must_use]
    pub fn random() -> Self {
        Self::new(hex(&random::<32>()))
    }

    /// The text itself. Use it only where the text is sent.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Compares in a time that does not depend on either text: it makes a MAC of both with a random key for this
    /// comparison, and compares only the MACs.
    #[must_use]
    pub fn matches(&self, candidate: &str) -> bool {
        let once = hmac::Key::new(hmac::HMAC_SHA256, &random::<32>());
        let expected = hmac::sign(&once, self.0.as_bytes());
        hmac::verify(&once, candidate.as_bytes(), expected.as_ref()).is_ok()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The SHA-256 of a key or token. The backend stores this instead of the text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The fingerprint of `text`.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest::digest(&digest::SHA256, text.as_bytes()).as_ref());
        Self(bytes)
    }
}

impl Fingerprint {
    /// 64 hexadecimal digits, for stores and file names.
    #[must_use]
    pub fn to_hex(&self) -> String {
        hex(&self.0)
    }
}

impl Fingerprint {
    /// The first half as 32 hexadecimal digits: 128 bits, for names in a store where memory is scarce.
    #[must_use]
    pub(crate) fn short(self) -> String {
        hex(&self.0[..16])
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fingerprint(…)")
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&hex(&self.0))
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
        unhex(&text)
            .map(Self)
            .ok_or_else(|| serde::de::Error::custom("a fingerprint is 64 hexadecimal digits"))
    }
}

/// Random bytes from the system. If the system has none, it panics, because nothing would be safe.
#[must_use]
pub(crate) fn random<const N: usize>() -> [u8; N] {
    rand::generate::<[u8; N]>(&rand::SystemRandom::new())
        .expect("the system's random source works")
        .expose()
}

/// Lower-case hexadecimal digits.
#[must_use]
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(DIGITS[usize::from(byte >> 4)].into());
        text.push(DIGITS[usize::from(byte & 15)].into());
    }
    text
}

/// Reads exactly `N` bytes of hexadecimal digits, either case.
#[must_use]
pub(crate) fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != N * 2 {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let high = char::from(pair[0]).to_digit(16)?;
        let low = char::from(pair[1]).to_digit(16)?;
        *byte = u8::try_from(high * 16 + low).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_hides_a_secret() {
        assert!(!format!("{:?}", Secret::new("open sesame")).contains("sesame"));
    }

    #[test]
    fn only_the_same_text_matches() {
        let secret = Secret::new("open sesame");
        assert!(secret.matches("open sesame"));
        for other in ["", "open sesam", "open sesame ", "Open sesame"] {
            assert!(!secret.matches(other), "{other:?}");
        }
    }

    #[test]
    fn hexadecimal_reads_back() {
        let bytes = random::<16>();
        assert_eq!(unhex(&hex(&bytes)), Some(bytes));
        assert_eq!(unhex::<2>("00g0"), None);
        assert_eq!(unhex::<2>("000"), None);
        assert_eq!(unhex::<1>("한"), None);
    }
}
