//! The attributes of `<sori-captcha>`, read into settings. An unknown value is a warning that names the
//! attribute, and the default.

#[cfg(test)]
mod tests;

use crate::{
    captcha::view::{UNIT, UNIT_BYTE},
    protocol::{AUDIO_PATH, KEYS_PATH, Key, VERIFICATIONS_PATH},
    text::{Fields, cut, field, hundredths, join},
};

macro_rules! attributes {
    ($first:ident $first_name:literal $($variant:ident $name:literal)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        enum Attribute { $first, $($variant,)* }

        impl Attribute {
            const ALL: &[Self] = &[Self::$first, $(Self::$variant,)*];
        }

        /// Every observed attribute, in the order in which [`Config::read`] takes their values; `?` marks a
        /// boolean one.
        pub const ATTRIBUTES: &str = concat!($first_name, $(" ", $name),*);
    };
}

// The first ones are texts, see `TEXTS`, and the very first the backend's addresses, see `ADDRESSES`.
attributes! {
    Endpoint "endpoint"
    KeyUrl "key-url"
    AudioUrl "audio-url"
    VerifyUrl "verify-url"
    Name "name"
    Error "error"
    Ticket "ticket"
    Required "required?"
    Disabled "disabled?"
    Verify "verify"
    Lang "lang"
    Theme "theme"
    LeadIn "lead-in"
    Rate "rate"
    Shortcuts "shortcuts"
    PauseOnTyping "pause-on-typing?"
    Remember "remember?"
    Consent "consent?"
    Timeout "timeout"
}

const TEXTS: usize = Attribute::Ticket as usize + 1;
const ADDRESSES: usize = Attribute::VerifyUrl as usize + 1;

/// When the answer is verified.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verify {
    /// By the site's server, when the form arrives there.
    #[default]
    Form,
    /// By the widget, before the form is sent.
    Inline,
}

/// The `theme` attribute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the page's `color-scheme` and the person's settings say.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    const NAMES: &str = "auto light dark";

    /// As the attribute says it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        field(Self::NAMES, b' ', self as usize)
    }
}

/// The lowest speed, in percent.
pub const MIN_RATE: u32 = 50;
/// The highest speed, in percent.
pub const MAX_RATE: u32 = 150;

/// What the page asks of one element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// The attributes that are texts, each with a [`UNIT`] after it; empty where it is absent or of no use.
    texts: String,
    /// Whether the form needs an answer.
    pub required: bool,
    /// When the answer is verified.
    pub verify: Verify,
    /// Light or dark.
    pub theme: Theme,
    /// Silence before speech, in ms; none: 1,500 after a button, 500 after a key in the box.
    pub lead_in: Option<u32>,
    /// Speed in percent.
    pub rate: u32,
    /// Whether `.` `,` `/` work in the box.
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

/// A value that was not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning<'a> {
    /// The attribute.
    pub attribute: &'static str,
    /// Its value.
    pub value: &'a str,
    /// What would have been understood, and what is used now.
    pub expected: &'static str,
}

impl Config {
    /// Reads the attributes' values, in the order of [`ATTRIBUTES`] and parted by [`UNIT`]. An absent attribute
    /// is empty, a boolean one that is present is not.
    pub fn read<'a>(values: &'a str, mut warn: impl FnMut(Warning<'a>)) -> Self {
        let mut config = Self {
            rate: 100,
            shortcuts: true,
            timeout: 10_000,
            ..Self::default()
        };
        let mut names = Fields::of(ATTRIBUTES, b' ');
        let mut values = Fields::of(values, UNIT_BYTE);
        for &attribute in Attribute::ALL {
            let (name, value) = (names.text(), values.text());
            let mut text = value;
            if !value.is_empty()
                && let Some(expected) = config.take(attribute, value)
            {
                text = "";
                warn(Warning {
                    attribute: cut(name, b'?').0,
                    value,
                    expected,
                });
            }
            if (attribute as usize) < TEXTS {
                config.texts.push_str(text);
                config.texts.push_str(UNIT);
            }
        }
        if !config.is_complete() {
            warn(Warning {
                attribute: "endpoint",
                value: "",
                expected: "the backend's address, such as \"/captcha\"; without it no audio can be played",
            });
        }
        config
    }

    /// Takes one value; what was expected, if it is not understood.
    fn take(&mut self, attribute: Attribute, value: &str) -> Option<&'static str> {
        use Attribute as A;
        let number = hundredths(value).unwrap_or(u64::MAX);
        let whole = match number % 100 {
            0 => number / 100,
            _ => u64::MAX,
        };
        match attribute {
            A::AudioUrl if cut(value, b'{').1.is_none() => {
                return Some("a URL with {key} in the key's place");
            }
            A::Required => self.required = true,
            A::PauseOnTyping => self.pause_on_typing = true,
            A::Remember => self.remember = true,
            A::Consent => self.consent = true,
            A::Verify => match choice("form inline", value) {
                Some(place) => self.verify = [Verify::Form, Verify::Inline][place & 1],
                None => return Some("\"form\" or \"inline\"; \"form\" is used"),
            },
            A::Theme => match choice(Theme::NAMES, value) {
                Some(0) => {}
                Some(1) => self.theme = Theme::Light,
                Some(_) => self.theme = Theme::Dark,
                None => return Some("\"auto\", \"light\" or \"dark\"; \"auto\" is used"),
            },
            A::Shortcuts => match choice("on off", value) {
                Some(place) => self.shortcuts = place == 0,
                None => return Some("\"on\" or \"off\"; \"on\" is used"),
            },
            A::LeadIn if whole > 5000 => {
                return Some(
                    "whole milliseconds from 0 to 5000; 1500 after a button and 500 after a key are used",
                );
            }
            A::LeadIn => self.lead_in = Some(whole as u32),
            A::Rate if number < MIN_RATE.into() || number > MAX_RATE.into() => {
                return Some("a number from 0.5 to 1.5; 1 is used");
            }
            A::Rate => self.rate = number as u32,
            A::Timeout if !(1000..=120_000).contains(&whole) => {
                return Some("whole milliseconds from 1000 to 120000; 10000 is used");
            }
            A::Timeout => self.timeout = whole as u32,
            // Texts are kept as they are. The browser reports `disabled` itself, together with the fieldset's; of `lang` the nearest counts.
            _ => {}
        }
        None
    }

    fn text(&self, attribute: Attribute) -> &str {
        field(&self.texts, UNIT_BYTE, attribute as usize)
    }

    /// The prefix of the form's fields; empty: nothing is submitted, as for a native field.
    #[must_use]
    pub fn name(&self) -> &str {
        self.text(Attribute::Name)
    }

    /// The server's verdict, rendered into the page.
    #[must_use]
    pub fn error(&self) -> &str {
        self.text(Attribute::Error)
    }

    /// What the site's server gives the page to let it issue keys.
    #[must_use]
    pub fn ticket(&self) -> &str {
        self.text(Attribute::Ticket)
    }

    /// Whether every address that is needed is there.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        use Attribute as A;
        let has = |own| !self.text(own).is_empty();
        has(A::Endpoint)
            || (has(A::KeyUrl)
                && has(A::AudioUrl)
                && (self.verify == Verify::Form || has(A::VerifyUrl)))
    }

    /// Whether both lead to the same backend.
    #[must_use]
    pub fn same_backend(&self, other: &Self) -> bool {
        (0..ADDRESSES).all(|place| {
            field(&self.texts, UNIT_BYTE, place) == field(&other.texts, UNIT_BYTE, place)
        })
    }

    /// Where a key is issued: a URL relative to the document's base, as all of them.
    #[must_use]
    pub fn keys(&self) -> String {
        self.address(Attribute::KeyUrl, KEYS_PATH, "")
    }

    /// Where an answer is verified in inline mode.
    #[must_use]
    pub fn verifications(&self) -> String {
        self.address(Attribute::VerifyUrl, VERIFICATIONS_PATH, "")
    }

    /// Where the key's audio is.
    #[must_use]
    pub fn audio(&self, key: &Key) -> String {
        self.address(Attribute::AudioUrl, AUDIO_PATH, key.as_str())
    }

    /// An address of the page's own, with the key in its place, else one below the endpoint.
    fn address(&self, own: Attribute, path: &str, key: &str) -> String {
        let own = self.text(own);
        if own.is_empty() {
            let mut endpoint = self.text(Attribute::Endpoint);
            while let Some(shorter) = endpoint.strip_suffix('/') {
                endpoint = shorter;
            }
            let slash = if key.is_empty() { "" } else { "/" };
            return join(&[endpoint, path, slash, key]);
        }
        if key.is_empty() {
            return own.into();
        }
        let (before, place) = cut(own, b'{');
        let after = cut(place.unwrap_or_default(), b'}').1;
        join(&[before, key, after.unwrap_or_default()])
    }
}

/// The place of a value in a list parted by spaces.
fn choice(list: &str, value: &str) -> Option<usize> {
    Fields::of(list, b' ').position(|name| name == value)
}
