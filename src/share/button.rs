//! One button, resolved from its page and its attributes as they are just now.

use alloc::string::String;

use super::{
    act::ShareEvent,
    address::{self, Refusal},
    choice, encode,
    facts::Facts,
    settings::Settings,
    text::Texts,
    warning::{self, Warning},
};
use crate::locale::Locale;

/// What is shared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target<'a> {
    /// The URL.
    pub url: String,
    /// Its title; empty if there is none.
    pub title: &'a str,
    /// The link to NAVER's share page.
    pub link: String,
}

/// Everything that was resolved.
#[derive(Clone, Debug)]
pub struct Button<'a> {
    /// What the page asks for.
    pub settings: Settings<'a>,
    /// What is shared, or why nothing can be.
    pub target: Result<Target<'a>, Refusal>,
    /// The language.
    pub locale: Locale,
    /// What the page's developer should know.
    pub warnings: [Option<&'static Warning>; 4],
}

impl<'a> Button<'a> {
    /// Resolves URL, title, settings and language. Each event resolves them again, because single-page
    /// applications change them.
    ///
    /// ```
    /// use sori_captcha::share::{button::Button, facts::Facts};
    /// let facts = Facts {
    ///     urls: ["", "https://example.com/", "", "http://localhost/"],
    ///     titles: ["", "", "소리"],
    ///     ..Facts::default()
    /// };
    /// let target = Button::read(&facts).target.unwrap();
    /// assert_eq!((&*target.url, target.title), ("https://example.com/", "소리"));
    /// ```
    #[must_use]
    pub fn read(facts: &Facts<'a>) -> Self {
        let (settings, [look, popup, theme]) = Settings::read(facts);
        let (source, address) = choice::choose_url(&facts.urls);
        let accepted = address::accept(address);
        let judged = accepted.as_ref().map(|url| url.had_credentials);
        let about_url = warning::about(source, judged.map_err(|refusal| *refusal));
        Self {
            settings,
            target: accepted.map(|address::Accepted { url, .. }| {
                let title = choice::choose_title(&facts.titles);
                let link = encode::share_link(&url, title);
                Target { url, title, link }
            }),
            locale: Locale::negotiate(facts.language),
            warnings: [look, popup, theme, about_url],
        }
    }

    /// What an event means for this button: the link opens a popup only if the page asks for one. Otherwise each click of a
    /// double click opens a tab, as for any link.
    #[must_use]
    pub fn meaning_of(&self, event: ShareEvent) -> ShareEvent {
        match event {
            ShareEvent::Window | ShareEvent::Again if self.settings.popup.is_none() => {
                ShareEvent::Link
            }
            event => event,
        }
    }

    /// The button's words.
    #[must_use]
    pub const fn texts(&self) -> &'static Texts {
        Texts::of(self.locale)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::share::choice::Source;

    #[test]
    fn a_refused_url_is_not_replaced_by_another() {
        let facts = Facts {
            urls: ["javascript:alert(1)", "https://e.kr/", "", ""],
            ..Facts::default()
        };
        let button = Button::read(&facts);
        assert_eq!(button.target, Err(Refusal::Scheme));
        let warning = warning::about(Source::Attribute, Err(Refusal::Scheme));
        assert_eq!(button.warnings, [None, None, None, warning]);
    }

    #[test]
    fn a_press_opens_a_window_only_where_the_page_asks_for_one() {
        let pressed = |event, popup| {
            let facts = Facts {
                popup,
                ..Facts::default()
            };
            Button::read(&facts).meaning_of(event)
        };
        for event in [ShareEvent::Window, ShareEvent::Again] {
            assert_eq!(pressed(event, "600x500"), event);
            for size in ["", "big"] {
                assert_eq!(pressed(event, size), ShareEvent::Link);
            }
        }
    }

    #[test]
    fn credentials_in_a_url_are_warned_of() {
        let facts = Facts {
            urls: ["https://me:pw@e.kr/", "", "", ""],
            ..Facts::default()
        };
        let button = Button::read(&facts);
        assert_eq!(button.target.unwrap().url, "https://e.kr/");
        let warning = warning::about(Source::Attribute, Ok(true));
        assert_eq!(button.warnings[3], warning);
    }
}
