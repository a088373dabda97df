//! The attributes of `<sori-captcha>`, read into settings. An unknown value is a warning that names the
//! attribute, and the default.

use crate::protocol::{AUDIO_PATH, KEYS_PATH, Key, VERIFICATIONS_PATH};

/// Every observed attribute, in the order in which [`Config::read`] takes their values; `?` marks a
/// boolean one.
pub const ATTRIBUTES: &str = "endpoint key-url audio-url verify-url name required? disabled? verify error lang theme lead-in rate shortcuts pause-on-typing? remember? consent? timeout ticket";

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
    /// As the attribute says it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// The limits of the speed, in percent.
pub const RATES: (u32, u32) = (50, 150);

/// What the page asks of one element. An empty text stands for an absent attribute.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    endpoint: String,
    key_url: String,
    audio_url: String,
    verify_url: String,
    /// The prefix of the form's fields; empty: nothing is submitted, as for a native field.
    pub name: String,
    /// Whether the form needs an answer.
    pub required: bool,
    /// When the answer is verified.
    pub verify: Verify,
    /// The server's verdict, rendered into the page.
    pub error: String,
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
    /// What the site's server gives the page to let it issue keys.
    pub ticket: String,
}

/// A value that was not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The attribute.
    pub attribute: &'static str,
    /// Its value.
    pub value: String,
    /// What would have been understood, and what is used now.
    pub expected: &'static str,
}

impl Config {
    /// Reads the attributes' values, in the order of [`ATTRIBUTES`]. An absent attribute is empty, a
    /// boolean one that is present is not.
    pub fn read<'a>(values: impl Iterator<Item = &'a str>) -> (Self, Vec<Warning>) {
        let mut config = Self {
            rate: 100,
            shortcuts: true,
            timeout: 10_000,
            ..Self::default()
        };
        let mut warnings = Vec::new();
        for (name, value) in ATTRIBUTES.split(' ').zip(values) {
            if let Some(expected) = (!value.is_empty())
                .then(|| config.take(name, value))
                .flatten()
            {
                let attribute = name.trim_end_matches('?');
                warnings.push(Warning {
                    attribute,
                    value: value.into(),
                    expected,
                });
            }
        }
        if !config.is_complete() {
            let expected =
                "the backend's address, such as \"/captcha\"; without it no audio can be played";
            warnings.push(Warning {
                attribute: "endpoint",
                value: config.endpoint.clone(),
                expected,
            });
        }
        (config, warnings)
    }

    /// Takes one value; what was expected, if it is not understood.
    fn take(&mut self, name: &str, value: &str) -> Option<&'static str> {
        let text = match name {
            "endpoint" => &mut self.endpoint,
            "key-url" => &mut self.key_url,
            "audio-url" if !value.contains('{') => {
                return Some("a URL with {key} in the key's place");
            }
            "audio-url" => &mut self.audio_url,
            "verify-url" => &mut self.verify_url,
            "name" => &mut self.name,
            "error" => &mut self.error,
            "ticket" => &mut self.ticket,
            _ => return self.take_setting(name, value),
        };
        text.push_str(value);
        None
    }

    fn take_setting(&mut self, name: &str, value: &str) -> Option<&'static str> {
        let flag = match name {
            "required?" => &mut self.required,
            "pause-on-typing?" => &mut self.pause_on_typing,
            "remember?" => &mut self.remember,
            "consent?" => &mut self.consent,
            // The browser reports the first itself, together with the fieldset's; of the second the nearest counts.
            "disabled?" | "lang" => return None,
            "verify" => {
                self.verify = match value {
                    "form" => Verify::Form,
                    "inline" => Verify::Inline,
                    _ => return Some("\"form\" or \"inline\"; \"form\" is used"),
                };
                return None;
            }
            "theme" => {
                self.theme = match value {
                    "auto" => Theme::Auto,
                    "light" => Theme::Light,
                    "dark" => Theme::Dark,
                    _ => return Some("\"auto\", \"light\" or \"dark\"; \"auto\" is used"),
                };
                return None;
            }
            "shortcuts" => {
                self.shortcuts = value != "off";
                return (value != "on" && value != "off")
                    .then_some("\"on\" or \"off\"; \"on\" is used");
            }
            _ => return self.take_number(name, value),
        };
        *flag = true;
        None
    }

    fn take_number(&mut self, name: &str, value: &str) -> Option<&'static str> {
        let number = hundredths_of(value);
        let whole = number
            .filter(|number| number % 100 == 0)
            .map(|number| number / 100);
        match name {
            "lead-in" => {
                self.lead_in = whole.filter(|ms| *ms <= 5000);
                (self.lead_in.is_none()).then_some(
                    "whole milliseconds from 0 to 5000; 1500 after a button and 500 after a key are used",
                )
            }
            "rate" => match number {
                Some(rate) if rate >= RATES.0 && rate <= RATES.1 => {
                    self.rate = rate;
                    None
                }
                _ => Some("a number from 0.5 to 1.5; 1 is used"),
            },
            _ => match whole {
                Some(ms) if (1000..=120_000).contains(&ms) => {
                    self.timeout = ms;
                    None
                }
                _ => Some("whole milliseconds from 1000 to 120000; 10000 is used"),
            },
        }
    }

    /// Whether every address that is needed is there.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        let has = |own: &String| !(own.is_empty() && self.endpoint.is_empty());
        has(&self.key_url)
            && has(&self.audio_url)
            && (self.verify == Verify::Form || has(&self.verify_url))
    }

    /// Whether both lead to the same backend.
    #[must_use]
    pub fn same_backend(&self, other: &Self) -> bool {
        self.endpoint == other.endpoint
            && self.key_url == other.key_url
            && self.audio_url == other.audio_url
            && self.verify_url == other.verify_url
    }

    /// Where a key is issued: a URL relative to the document's base, as all of them.
    #[must_use]
    pub fn keys(&self) -> String {
        self.address(&self.key_url, KEYS_PATH)
    }

    /// Where an answer is verified in inline mode.
    #[must_use]
    pub fn verifications(&self) -> String {
        self.address(&self.verify_url, VERIFICATIONS_PATH)
    }

    /// Where the key's audio is.
    #[must_use]
    pub fn audio(&self, key: &Key) -> String {
        if self.audio_url.is_empty() {
            return [&self.address("", AUDIO_PATH), "/", key.as_str()].concat();
        }
        let mut pieces = self.audio_url.splitn(2, '{');
        let before = pieces.next().unwrap_or_default();
        let after = pieces
            .next()
            .and_then(|rest| rest.split_once('}'))
            .map_or("", |(_, after)| after);
        [before, key.as_str(), after].concat()
    }

    fn address(&self, own: &str, path: &str) -> String {
        if own.is_empty() {
            [self.endpoint.trim_end_matches('/'), path].concat()
        } else {
            own.into()
        }
    }
}

/// Reads a decimal number into hundredths, without the kilobytes that reading a float costs.
fn hundredths_of(text: &str) -> Option<u32> {
    let mut number: u32 = 0;
    // How many digits after the point are still to come.
    let mut places = None;
    for c in text.chars() {
        match (c.to_digit(10), places) {
            (Some(digit), None | Some(1..)) => {
                number = number.checked_mul(10)?.checked_add(digit)?;
                places = places.map(|places: u32| places - 1);
            }
            // Further digits say nothing that matters here.
            (Some(_), Some(0)) => {}
            (None, None) if c == '.' => places = Some(2),
            _ => return None,
        }
    }
    number.checked_mul([1, 10, 100][places.unwrap_or(2) as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(attributes: &[(&str, &str)]) -> (Config, Vec<Warning>) {
        for (name, _) in attributes {
            let listed = ATTRIBUTES
                .split(' ')
                .any(|listed| listed.trim_end_matches('?') == *name);
            assert!(listed, "{name} is no attribute");
        }
        Config::read(ATTRIBUTES.split(' ').map(|name| {
            let name = name.trim_end_matches('?');
            attributes
                .iter()
                .find(|(n, _)| *n == name)
                .map_or("", |(_, value)| *value)
        }))
    }

    #[test]
    fn an_endpoint_is_enough() {
        let (config, warnings) = read(&[("endpoint", "/captcha/")]);
        assert_eq!(warnings, []);
        assert_eq!(config.keys(), "/captcha/keys");
        assert_eq!(config.verifications(), "/captcha/verifications");
        assert_eq!(
            config.audio(&Key::parse("abc").unwrap()),
            "/captcha/audio/abc"
        );
        assert_eq!(
            (
                config.rate,
                config.timeout,
                config.lead_in,
                config.shortcuts
            ),
            (100, 10_000, None, true)
        );
    }

    #[test]
    fn a_backend_of_ones_own_needs_no_endpoint() {
        let own = [("key-url", "/k"), ("audio-url", "/a?key={key}&x=1")];
        let (config, warnings) = read(&own);
        assert_eq!(warnings, []);
        assert_eq!(config.keys(), "/k");
        assert_eq!(config.audio(&Key::parse("abc").unwrap()), "/a?key=abc&x=1");
        let (config, warnings) = read(&[own[0], own[1], ("verify", "inline")]);
        assert!(!config.is_complete());
        assert_eq!(warnings[0].attribute, "endpoint");
    }

    #[test]
    fn every_unknown_value_names_its_attribute_and_keeps_the_default() {
        for (name, value) in [
            ("verify", "later"),
            ("theme", "blue"),
            ("shortcuts", "none"),
            ("lead-in", "5001"),
            ("lead-in", "-1"),
            ("lead-in", "0.5"),
            ("rate", "2"),
            ("rate", "fast"),
            ("rate", "1.x"),
            ("rate", "99999999999"),
            ("timeout", "10s"),
            ("timeout", "999"),
            ("audio-url", "/a"),
        ] {
            let (config, warnings) = read(&[("endpoint", "/c"), (name, value)]);
            assert_eq!(warnings.len(), 1, "{name}={value}");
            assert_eq!(
                (warnings[0].attribute, warnings[0].value.as_str()),
                (name, value)
            );
            let (plain, _) = read(&[("endpoint", "/c")]);
            assert_eq!(config, plain, "{name}={value}");
        }
    }

    #[test]
    fn a_missing_endpoint_is_said_at_once() {
        let (config, warnings) = read(&[]);
        assert!(!config.is_complete());
        assert_eq!(warnings[0].attribute, "endpoint");
    }

    #[test]
    fn speeds_are_read_without_floats() {
        for (text, rate) in [
            ("0.5", 50),
            (".75", 75),
            ("1", 100),
            ("1.", 100),
            ("1.0", 100),
            ("1.25", 125),
            ("1.5000", 150),
        ] {
            let (config, warnings) = read(&[("endpoint", "/c"), ("rate", text)]);
            assert_eq!((config.rate, warnings.len()), (rate, 0), "{text}");
        }
    }

    #[test]
    fn every_attribute_is_read() {
        let samples = [
            ("name", "captcha"),
            ("required", "1"),
            ("verify", "inline"),
            ("error", "no"),
            ("theme", "dark"),
            ("lead-in", "0"),
            ("rate", "0.8"),
            ("shortcuts", "off"),
            ("pause-on-typing", "1"),
            ("remember", "1"),
            ("consent", "1"),
            ("timeout", "2000"),
            ("ticket", "t"),
            ("key-url", "/k"),
            ("audio-url", "/{key}"),
            ("verify-url", "/v"),
        ];
        let (plain, _) = read(&[("endpoint", "/c")]);
        for sample in samples {
            let (config, warnings) = read(&[("endpoint", "/c"), sample]);
            assert_eq!(warnings, [], "{sample:?}");
            assert_ne!(config, plain, "{sample:?}");
        }
    }
}
