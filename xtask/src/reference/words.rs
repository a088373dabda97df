//! `www/reference.toml`: what each name means, in both languages.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Korean,
    English,
}

pub(super) const LANGUAGES: [Language; 2] = [Language::Korean, Language::English];

impl Language {
    pub(super) fn tag(self) -> &'static str {
        self.pick("ko", "en")
    }

    pub(super) fn pick<'a>(self, ko: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Korean => ko,
            Self::English => en,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub(super) attributes: BTreeMap<String, Attribute>,
    pub(super) properties: BTreeMap<String, Property>,
    pub(super) methods: BTreeMap<String, Method>,
    pub(super) events: BTreeMap<String, Event>,
    pub(super) slots: BTreeMap<String, Meaning>,
    pub(super) parts: BTreeMap<String, Meaning>,
    pub(super) states: BTreeMap<String, Meaning>,
    pub(super) errors: BTreeMap<String, Meaning>,
    pub(super) custom: BTreeMap<String, Meaning>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Meaning {
    ko: String,
    en: String,
}

impl Meaning {
    pub(super) fn text(&self, language: Language) -> &str {
        language.pick(&self.ko, &self.en)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Url,
    Text,
    Choice,
    Number,
    Flag,
}

/// Values that are not understood: one, or several that fail for different reasons.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Unknown {
    One(String),
    Several(Vec<String>),
}

impl Unknown {
    pub(super) fn values(&self) -> &[String] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Several(values) => values,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Attribute {
    pub(super) kind: Kind,
    ko: String,
    en: String,
    /// The behaviour without the attribute, if no value means the same.
    absent_ko: Option<String>,
    absent_en: Option<String>,
    /// The value that means the same as a missing attribute.
    pub(super) default: Option<String>,
    #[serde(default)]
    pub(super) values: Vec<String>,
    unit_ko: Option<String>,
    unit_en: Option<String>,
    pub(super) min: Option<String>,
    pub(super) max: Option<String>,
    /// A value that is understood.
    pub(super) sample: Option<String>,
    pub(super) unknown: Option<Unknown>,
}

impl Attribute {
    pub(super) fn text(&self, language: Language) -> &str {
        language.pick(&self.ko, &self.en)
    }

    pub(super) fn absent(&self, language: Language) -> Option<&str> {
        match language {
            Language::Korean => self.absent_ko.as_deref(),
            Language::English => self.absent_en.as_deref(),
        }
    }

    pub(super) fn unit(&self, language: Language) -> Option<&str> {
        match language {
            Language::Korean => self.unit_ko.as_deref(),
            Language::English => self.unit_en.as_deref(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Property {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) readonly: bool,
    ko: String,
    en: String,
}

impl Property {
    pub(super) fn text(&self, language: Language) -> &str {
        language.pick(&self.ko, &self.en)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Method {
    pub(super) signature: String,
    ko: String,
    en: String,
}

impl Method {
    pub(super) fn text(&self, language: Language) -> &str {
        language.pick(&self.ko, &self.en)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Event {
    /// The type of `detail`, for events of our own.
    pub(super) detail: Option<String>,
    ko: String,
    en: String,
}

impl Event {
    pub(super) fn text(&self, language: Language) -> &str {
        language.pick(&self.ko, &self.en)
    }
}

impl Words {
    pub(super) fn read(text: &str) -> Result<Self> {
        let words: Self = toml::from_str(text)?;
        for (name, attribute) in &words.attributes {
            let said = attribute.default.is_some() || attribute.absent(Language::Korean).is_some();
            ensure!(
                said || attribute.kind == Kind::Flag,
                "attributes.{name} does not say what holds without it"
            );
            ensure!(
                attribute.absent_ko.is_some() == attribute.absent_en.is_some()
                    && attribute.unit_ko.is_some() == attribute.unit_en.is_some(),
                "attributes.{name} says something in one language only"
            );
        }
        Ok(words)
    }
}

/// The description of a name. It was checked before that every name has one.
pub(super) fn of<'a, T>(words: &'a BTreeMap<String, T>, name: &str) -> Result<&'a T> {
    words
        .get(name)
        .with_context(|| format!("nothing is said of {name}"))
}
