//! The languages that pages load as modules of their own (`locale/*.js`), so that others pay nothing for
//! them. They are on the host only: `cargo xtask build` writes the modules from here. A message that a
//! language lacks does not compile.

mod ja;
mod zh_hans;

use super::messages::Message;

/// A language that is a module.
#[derive(Clone, Copy, Debug)]
pub struct Translation {
    /// Its language tag (BCP 47).
    pub tag: &'static str,
    /// Its texts.
    pub text: fn(Message) -> &'static str,
    /// Whether somebody who uses a screen reader in this language has read them.
    pub reviewed: bool,
}

/// All of them.
pub const TRANSLATIONS: [Translation; 2] = [
    Translation {
        tag: "ja",
        text: ja::text,
        reviewed: false,
    },
    Translation {
        tag: "zh-Hans",
        text: zh_hans::text,
        reviewed: false,
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale::Locale;

    #[test]
    fn no_text_is_empty_and_every_place_for_a_number_is_kept() {
        for Translation { tag, text, .. } in TRANSLATIONS {
            for &message in Message::ALL {
                let text = text(message);
                assert!(!text.trim().is_empty(), "{tag} {message:?}");
                let english = message.text(Locale::English);
                assert_eq!(
                    text.contains("{}"),
                    english.contains("{}"),
                    "{tag} {message:?}"
                );
            }
        }
    }
}
