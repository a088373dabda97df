//! The attributes that decide how the button looks and what it offers. If a value is not understood, there is a warning
//! that names the attribute, and the default is used.

use super::{
    facts::Facts,
    look::Look,
    popup,
    warning::{LOOK, POPUP, THEME, Warning},
};

/// What the page asks of one button.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings<'a> {
    /// `type`: the size and arrangement.
    pub look: Look,
    /// `popup`: the size of the popup window, `WxH`.
    pub popup: Option<&'a str>,
    /// `native`: a button for the system's share sheet, if the browser has one.
    pub sheet: bool,
    /// `copy`: a button that copies the URL.
    pub copy: bool,
}

impl<'a> Settings<'a> {
    /// Reads the attributes.
    ///
    /// ```
    /// use sori_captcha::share::{facts::Facts, settings::Settings};
    /// let (settings, warnings) = Settings::read(&Facts { copy: true, ..Facts::default() });
    /// assert!(settings.copy);
    /// assert_eq!(warnings, [None; 3]);
    /// ```
    #[must_use]
    pub fn read(facts: &Facts<'a>) -> (Self, [Option<&'static Warning>; 3]) {
        let look = Look::parse(facts.look);
        let popup = popup::is_size(facts.popup).then_some(facts.popup);
        let unknown =
            |known: bool, value: &str, warning| (!known && !value.is_empty()).then_some(warning);
        let theme =
            (["auto", "light", "dark"].iter()).any(|name| facts.theme.eq_ignore_ascii_case(name));
        let warnings = [
            unknown(look.is_some(), facts.look, &LOOK),
            unknown(popup.is_some(), facts.popup, &POPUP),
            unknown(theme, facts.theme, &THEME),
        ];
        let settings = Self {
            look: look.unwrap_or_default(),
            popup,
            sheet: facts.sheet,
            copy: facts.copy,
        };
        (settings, warnings)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn without_attributes_it_is_a_plain_link_with_a_caption() {
        let (settings, warnings) = Settings::read(&Facts::default());
        assert_eq!((settings, warnings), (Settings::default(), [None; 3]));
        assert_eq!(settings.look, Look::F);
    }

    #[test]
    fn every_attribute_is_read() {
        let facts = Facts {
            look: "b",
            popup: "600x500",
            theme: "dark",
            sheet: true,
            copy: true,
            ..Facts::default()
        };
        let expected = Settings {
            look: Look::B,
            popup: Some("600x500"),
            sheet: true,
            copy: true,
        };
        assert_eq!(Settings::read(&facts), (expected, [None; 3]));
    }

    #[test]
    fn the_case_of_a_value_does_not_matter() {
        let facts = Facts {
            look: "B",
            popup: "600X500",
            theme: "Dark",
            ..Facts::default()
        };
        let (settings, warnings) = Settings::read(&facts);
        assert_eq!(warnings, [None; 3]);
        assert_eq!((settings.look, settings.popup), (Look::B, Some("600X500")));
    }

    #[test]
    fn a_value_that_is_not_understood_is_named_and_harms_nothing_else() {
        let facts = Facts {
            look: "big",
            popup: "yes",
            theme: "pink",
            copy: true,
            ..Facts::default()
        };
        let expected = Settings {
            copy: true,
            ..Settings::default()
        };
        let warnings = [Some(&LOOK), Some(&POPUP), Some(&THEME)];
        assert_eq!(Settings::read(&facts), (expected, warnings));
    }
}
