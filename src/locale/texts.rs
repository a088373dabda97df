//! Reads the texts of every language for the tests and for `cargo xtask`. In the browser, the shell reads them.

use std::collections::BTreeMap;

use crate::captcha::message::{Message, Name, Text};

/// A language.
#[derive(Clone, Copy, Debug)]
pub struct Language {
    /// Its tag (BCP 47).
    pub tag: &'static str,
    /// Its texts by name, as JSON.
    pub json: &'static str,
    /// Whether somebody who uses a screen reader in this language has read the texts.
    pub reviewed: bool,
    /// Whether the texts come with the element. The other languages are modules that a page loads (`locale/*.js`).
    pub inside: bool,
}

/// Every language.
pub const LANGUAGES: &[Language] = &[
    Language {
        tag: "ko",
        json: include_str!("ko.json"),
        reviewed: true,
        inside: true,
    },
    Language {
        tag: "en",
        json: include_str!("en.json"),
        reviewed: true,
        inside: true,
    },
    Language {
        tag: "ja",
        json: include_str!("ja.json"),
        reviewed: false,
        inside: false,
    },
    Language {
        tag: "zh-Hans",
        json: include_str!("zh-Hans.json"),
        reviewed: false,
        inside: false,
    },
];

/// The texts of one language by name.
#[derive(Clone, Debug)]
pub struct Texts(BTreeMap<String, String>);

impl Texts {
    /// The texts of a language.
    ///
    /// # Panics
    /// If there is no such language, or its file is no JSON object of texts.
    #[must_use]
    pub fn of(tag: &str) -> Self {
        let language = LANGUAGES.iter().find(|language| language.tag == tag);
        let json = language.map(|language| language.json);
        let texts = json.and_then(|json| serde_json::from_str(json).ok());
        Self(texts.unwrap_or_else(|| panic!("src/locale/{tag}.json holds no texts")))
    }

    /// The text as it stands in the file.
    ///
    /// # Panics
    /// If the language has no such text.
    #[must_use]
    pub fn get(&self, message: Message) -> &str {
        let name = message.as_str();
        let text = self.0.get(name);
        text.unwrap_or_else(|| panic!("there is no text {name:?}"))
    }

    /// The text with its placeholders filled in, for a captcha that was never used, on a page that offers another way.
    #[must_use]
    pub fn render(&self, text: Text) -> String {
        self.render_with(text, |name| match name {
            Name::Play => Message::Play,
            Name::Way => Message::UseAnotherWay,
        })
    }

    /// The text with its placeholders filled in. `named` says which text a [`Name`] stands for. A placeholder with the
    /// name of another text becomes that text. Any other placeholder becomes the number.
    #[must_use]
    pub fn render_with(&self, text: Text, named: impl Fn(Name) -> Message) -> String {
        let mut out = String::new();
        let mut rest = self.get(text.message);
        while let Some((before, (name, after))) = rest
            .split_once('{')
            .and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
        {
            out.push_str(before);
            let known = Name::ALL.iter().find(|known| known.as_str() == name);
            match (known, self.0.get(name)) {
                (Some(known), _) => out.push_str(self.get(named(*known))),
                (None, Some(other)) => out.push_str(other),
                (None, None) => out.push_str(&text.number.to_string()),
            }
            rest = after;
        }
        out.push_str(rest);
        out
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn placeholders(text: &str) -> BTreeSet<&str> {
        let pieces = text.split('{').skip(1);
        pieces
            .map(|rest| rest.split_once('}').expect("a closed placeholder").0)
            .collect()
    }

    #[test]
    fn every_language_has_every_text_and_no_other() {
        let names: BTreeSet<_> = Message::ALL
            .iter()
            .map(|message| message.as_str())
            .collect();
        for Language { tag, .. } in LANGUAGES {
            let texts = Texts::of(tag);
            let keys: BTreeSet<_> = texts.0.keys().map(String::as_str).collect();
            let missing: Vec<_> = names.difference(&keys).collect();
            let unknown: Vec<_> = keys.difference(&names).collect();
            assert!(missing.is_empty(), "{tag}.json lacks {missing:?}");
            assert!(
                unknown.is_empty(),
                "{tag}.json: no message is called {unknown:?}"
            );
            for (name, text) in &texts.0 {
                assert!(!text.trim().is_empty(), "{tag} {name}");
                assert_eq!(text, text.trim(), "{tag} {name}");
            }
        }
    }

    /// Every language must say the number. A language may leave out the name of a button and say it in another way.
    #[test]
    fn every_placeholder_is_a_text_or_the_number_that_english_has() {
        let english = Texts::of("en");
        let is_text = |name: &str| {
            let mut names = Message::ALL.iter().map(|message| message.as_str());
            names.any(|known| known == name) || Name::ALL.iter().any(|known| known.as_str() == name)
        };
        for Language { tag, .. } in LANGUAGES {
            let texts = Texts::of(tag);
            for message in Message::ALL {
                let number = |text: &str| {
                    let names = placeholders(text).into_iter();
                    names
                        .filter(|name| !is_text(name))
                        .map(str::to_owned)
                        .collect::<Vec<_>>()
                };
                let (here, there) = (texts.get(message), english.get(message));
                assert_eq!(number(here), number(there), "{tag} {message:?}");
                assert!(number(here).len() <= 1, "{tag} {message:?} has one number");
            }
        }
    }

    /// A text that is put into another text is not filled in itself.
    #[test]
    fn a_text_that_others_name_has_no_placeholder() {
        for Language { tag, .. } in LANGUAGES {
            let texts = Texts::of(tag);
            for message in Message::ALL {
                for name in placeholders(texts.get(message)) {
                    let inner = texts.0.get(name).map_or("", String::as_str);
                    assert!(!inner.contains('{'), "{tag} {message:?}: {name}");
                }
            }
        }
    }
}
