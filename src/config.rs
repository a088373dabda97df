//! Reads the attributes of `<sori-captcha>` into settings. If a value is not understood, there is a warning that names
//! the attribute, and the default is used.

#[cfg(test)]
mod tests;

use crate::{
    names::names,
    protocol::{AUDIO_PATH, KEYS_PATH, Key, VERIFICATIONS_PATH},
    text::{cut, hundredths, join},
};

names! {
    /// An attribute, by its name.
    pub enum Attribute in attribute_names {
        /// The backend's address.
        Endpoint = "endpoint",
        /// Where a key is issued.
        KeyUrl = "key-url",
        /// Where the audio is.
        AudioUrl = "audio-url",
        /// Where an answer is verified in inline mode.
        VerifyUrl = "verify-url",
        /// The prefix of the form's fields.
        Name = "name",
        /// What the site's server said about the answer, in its own words.
        Error = "error",
        /// The ticket: the site's server puts it into the page, so that the backend issues a key.
        Ticket = "ticket",
        /// Whether the form needs an answer.
        Required = "required",
        /// Whether the element is disabled.
        Disabled = "disabled",
        /// When the answer is verified.
        Verify = "verify",
        /// The language.
        Lang = "lang",
        /// Light or dark.
        Theme = "theme",
        /// Silence before speech.
        LeadIn = "lead-in",
        /// The speed.
        Rate = "rate",
        /// Whether the keyboard keys `.` `,` `/` work in the answer box.
        Shortcuts = "shortcuts",
        /// Whether typing pauses the audio.
        PauseOnTyping = "pause-on-typing",
        /// Whether speed and volume are kept on the device.
        Remember = "remember",
        /// Whether consent is asked for.
        Consent = "consent",
        /// Whether hidden inputs repeat the form's fields.
        Mirror = "mirror",
        /// How long one network call may take.
        Timeout = "timeout",
    }
}

impl Attribute {
    /// Whether only the presence of the attribute matters, and not its value.
    #[must_use]
    pub const fn is_boolean(self) -> bool {
        use Attribute as A;
        matches!(
            self,
            A::Required | A::Disabled | A::PauseOnTyping | A::Remember | A::Consent | A::Mirror
        )
    }
}

/// When the answer is verified.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verify {
    /// By the site's server, when the form arrives there.
    #[default]
    Form,
    /// By the widget, before the form is sent.
    Inline,
}

/// The lowest speed, in percent.
pub const MIN_RATE: u32 = 50;
/// The highest speed, in percent.
pub const MAX_RATE: u32 = 150;

/// What the page asks of one element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The backend's address. Every text in this struct is empty if the page does not give one.
    pub endpoint: String,
    /// Where a key is issued, if the site has a backend of its own.
    pub key_url: String,
    /// Where the audio is, with `{key}` in place of the key.
    pub audio_url: String,
    /// Where an answer is verified in inline mode.
    pub verify_url: String,
    /// The prefix of the form's fields. Without it nothing is submitted, as with a native field.
    pub name: String,
    /// The ticket: the site's server puts it into the page, so that the backend issues a key.
    pub ticket: String,
    /// Whether the form needs an answer.
    pub required: bool,
    /// When the answer is verified.
    pub verify: Verify,
    /// The silence before speech, in ms. `None`: 1,500 after a button, 500 after a keyboard key in the box.
    pub lead_in: Option<u32>,
    /// Speed in percent.
    pub rate: u32,
    /// Whether the keyboard keys `.` `,` `/` work in the box.
    pub shortcuts: bool,
    /// Whether typing pauses the audio.
    pub pause_on_typing: bool,
    /// Whether speed and volume are kept on the device.
    pub remember: bool,
    /// Whether consent is asked for before Play.
    pub consent: bool,
    /// How long one network call may take, in ms.
    pub timeout: u32,
}

impl Default for Config {
    /// The settings of an element without attributes.
    fn default() -> Self {
        Self {
            endpoint: String::new(),
            key_url: String::new(),
            audio_url: String::new(),
            verify_url: String::new(),
            name: String::new(),
            ticket: String::new(),
            required: false,
            verify: Verify::Form,
            lead_in: None,
            rate: 100,
            shortcuts: true,
            pause_on_typing: false,
            remember: false,
            consent: false,
            timeout: 10_000,
        }
    }
}

/// A value that was not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The attribute.
    pub attribute: Attribute,
    /// Its value.
    pub value: String,
    /// Which values are understood, and which one is used now.
    pub expected: &'static str,
}

impl Config {
    /// Reads the attributes. `value_of` returns `None` for an attribute that is absent.
    pub fn read(
        value_of: impl Fn(Attribute) -> Option<String>,
        mut warn: impl FnMut(Warning),
    ) -> Self {
        let mut config = Self::default();
        for attribute in Attribute::ALL {
            // An empty value counts as absent: a template that has no value writes an empty one.
            let value =
                value_of(attribute).filter(|value| attribute.is_boolean() || !value.is_empty());
            if let Some(value) = value
                && let Err((value, expected)) = config.take(attribute, value)
            {
                warn(Warning {
                    attribute,
                    value,
                    expected,
                });
            }
        }
        if !config.is_complete() {
            warn(Warning {
                attribute: Attribute::Endpoint,
                value: String::new(),
                expected: "the backend's address, such as \"/captcha\"; without it no audio can be played",
            });
        }
        config
    }

    /// Takes one value. If it is not understood, returns it with what was expected.
    fn take(&mut self, attribute: Attribute, value: String) -> Result<(), (String, &'static str)> {
        use Attribute as A;
        let number = hundredths(&value).unwrap_or(u64::MAX);
        let whole = match number % 100 {
            0 => number / 100,
            _ => u64::MAX,
        };
        let expected = match (attribute, value.as_str()) {
            (A::Endpoint, url) if cut(url, b'#').1.is_some() => {
                "an address without #, such as \"/captcha\"; paths are appended to it"
            }
            (A::AudioUrl, _) if around_key(&value).is_none() => {
                "a URL with {key} in the key's place"
            }
            (A::Verify, "form") | (A::Theme, "auto" | "light" | "dark") | (A::Shortcuts, "on") => {
                return Ok(());
            }
            (A::Verify, "inline") => {
                self.verify = Verify::Inline;
                return Ok(());
            }
            (A::Shortcuts, "off") => {
                self.shortcuts = false;
                return Ok(());
            }
            (A::Verify, _) => "\"form\" or \"inline\"; \"form\" is used",
            (A::Theme, _) => "\"auto\", \"light\" or \"dark\"; \"auto\" is used",
            (A::Shortcuts, _) => "\"on\" or \"off\"; \"on\" is used",
            (A::LeadIn, _) if whole > 5000 => {
                "whole milliseconds from 0 to 5000; 1500 after a button and 500 after a key are used"
            }
            (A::Rate, _) if number < MIN_RATE.into() || number > MAX_RATE.into() => {
                "a number from 0.5 to 1.5; 1 is used"
            }
            (A::Timeout, _) if !(1000..=120_000).contains(&whole) => {
                "whole milliseconds from 1000 to 120000; 10000 is used"
            }
            _ => {
                self.keep(attribute, value, number, whole);
                return Ok(());
            }
        };
        Err((value, expected))
    }

    /// Stores a value that was understood.
    fn keep(&mut self, attribute: Attribute, value: String, number: u64, whole: u64) {
        use Attribute as A;
        match attribute {
            A::Endpoint => self.endpoint = value,
            A::KeyUrl => self.key_url = value,
            A::AudioUrl => self.audio_url = value,
            A::VerifyUrl => self.verify_url = value,
            A::Name => self.name = value,
            A::Ticket => self.ticket = value,
            A::Required => self.required = true,
            A::PauseOnTyping => self.pause_on_typing = true,
            A::Remember => self.remember = true,
            A::Consent => self.consent = true,
            A::LeadIn => self.lead_in = Some(whole as u32),
            A::Rate => self.rate = number as u32,
            A::Timeout => self.timeout = whole as u32,
            // The browser reports `disabled`, together with the fieldset's. The shell looks for the nearest `lang`.
            // Only the style sheet uses `theme`. The text of `error` stays in the shell, which alone uses `mirror`.
            A::Error | A::Disabled | A::Verify | A::Lang | A::Theme | A::Shortcuts | A::Mirror => {}
        }
    }

    /// Whether the page gives every address that is needed.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        !self.endpoint.is_empty()
            || (!self.key_url.is_empty()
                && !self.audio_url.is_empty()
                && (self.verify == Verify::Form || !self.verify_url.is_empty()))
    }

    /// Whether both settings lead to the same backend.
    #[must_use]
    pub fn same_backend(&self, other: &Self) -> bool {
        self.endpoint == other.endpoint
            && self.key_url == other.key_url
            && self.audio_url == other.audio_url
            && self.verify_url == other.verify_url
    }

    /// Where a key is issued. Like all these URLs, it is relative to the document's base URL.
    #[must_use]
    pub fn keys(&self) -> String {
        self.address(&self.key_url, KEYS_PATH, "")
    }

    /// Where an answer is verified in inline mode.
    #[must_use]
    pub fn verifications(&self) -> String {
        self.address(&self.verify_url, VERIFICATIONS_PATH, "")
    }

    /// Where the key's audio is.
    #[must_use]
    pub fn audio(&self, key: &Key) -> String {
        self.address(&self.audio_url, AUDIO_PATH, key.as_str())
    }

    /// The page's own address, with the key put into it; if there is none, a path below the endpoint.
    fn address(&self, own: &str, path: &str, key: &str) -> String {
        if own.is_empty() {
            let mut endpoint = self.endpoint.as_str();
            while let Some(shorter) = endpoint.strip_suffix('/') {
                endpoint = shorter;
            }
            let slash = if key.is_empty() { "" } else { "/" };
            return join(&[endpoint, path, slash, key]);
        }
        if key.is_empty() {
            return own.into();
        }
        match around_key(own) {
            Some((before, after)) => join(&[before, key, after]),
            None => own.into(),
        }
    }
}

/// What stands before and after `{key}`.
fn around_key(url: &str) -> Option<(&str, &str)> {
    let (before, place) = cut(url, b'{');
    Some((before, place?.strip_prefix("key}")?))
}
