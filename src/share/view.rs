//! What is shown, as a pure function of the button's resolved values.

use super::{act::Session, button::Button, look::Look};
use crate::locale::Locale;

/// Everything about a button that can be seen or heard, except announcements. An empty text is not
/// shown.
#[derive(Debug, PartialEq, Eq)]
pub struct View<'a> {
    /// The size and arrangement.
    pub look: Look,
    /// The language of the texts.
    pub locale: Locale,
    /// Where the link leads; empty if the link is disabled. [`View::explanation`] says why.
    pub href: &'a str,
    /// The caption, visible where the look has room for it.
    pub caption: &'static str,
    /// The rest of the link's accessible name, never visible.
    pub hint: &'static str,
    /// The label of the button for the system's share sheet.
    pub sheet: &'static str,
    /// The label of the copy button.
    pub copy: &'static str,
    /// The URL in a field of its own, to be copied by hand.
    pub address: &'a str,
    /// The name of that field.
    pub address_label: &'static str,
    /// Why nothing can be shared. The link and the buttons are then disabled, and this text describes them.
    pub explanation: &'static str,
}

/// The view of a button.
///
/// ```
/// use sori_captcha::share::{act::Session, button::Button, facts::Facts, view::view};
/// let facts = Facts { urls: ["http://10.0.0.1/", "", "", ""], ..Facts::default() };
/// let button = Button::read(&facts);
/// let shown = view(&button, Session::default());
/// assert_eq!(shown.explanation, "This address is not on the public web, so it cannot be shared.");
/// ```
#[must_use]
pub fn view<'a>(button: &'a Button<'_>, session: Session) -> View<'a> {
    let texts = button.texts();
    let settings = &button.settings;
    let (href, url, explanation) = match &button.target {
        Ok(target) => (&*target.link, &*target.url, ""),
        Err(_) => ("", "", texts.refused),
    };
    let reveals = settings.copy && session.reveals_url();
    View {
        look: settings.look,
        locale: button.locale,
        href,
        caption: texts.share,
        hint: texts.new_window,
        sheet: if settings.sheet { texts.sheet } else { "" },
        copy: if settings.copy { texts.copy } else { "" },
        address: if reveals { url } else { "" },
        address_label: texts.address,
        explanation,
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::share::{act::ShareEvent, facts::Facts};

    fn facts(address: &'static str) -> Facts<'static> {
        Facts {
            urls: [address, "", "", ""],
            titles: ["소리", "", ""],
            language: "ko",
            ..Facts::default()
        }
    }

    const PUBLIC: &str = "https://example.com/";

    #[test]
    fn a_button_is_either_a_link_or_explained() {
        for language in ["ko", "en"] {
            for look in Look::ALL {
                for address in [PUBLIC, "data:x"] {
                    let facts = Facts {
                        look: look.letter(),
                        language,
                        copy: true,
                        sheet: true,
                        ..facts(address)
                    };
                    let button = Button::read(&facts);
                    let shown = view(&button, Session::default());
                    assert_ne!(shown.href.is_empty(), shown.explanation.is_empty());
                    assert_eq!(shown.look, look);
                    for label in [shown.caption, shown.hint, shown.copy, shown.sheet] {
                        assert!(!label.is_empty());
                    }
                }
            }
        }
    }

    #[test]
    fn the_accessible_name_starts_with_the_visible_caption() {
        let facts = facts(PUBLIC);
        let button = Button::read(&facts);
        let shown = view(&button, Session::default());
        assert_eq!((shown.caption, shown.hint), ("네이버에 공유", "(새 창)"));
    }

    #[test]
    fn the_buttons_are_there_only_when_asked_for() {
        let facts = facts(PUBLIC);
        let button = Button::read(&facts);
        let shown = view(&button, Session::default());
        assert_eq!((shown.copy, shown.sheet), ("", ""));
    }

    #[test]
    fn the_url_is_shown_after_a_failed_copy_and_hidden_with_the_copy_button() {
        let mut session = Session::default();
        session.step(ShareEvent::Copy, true);
        session.step(ShareEvent::CopyFailed, true);
        let shown = |address, copy| {
            let facts = Facts {
                copy,
                ..facts(address)
            };
            view(&Button::read(&facts), session).address.to_owned()
        };
        assert_eq!(shown(PUBLIC, true), "https://example.com/");
        assert_eq!(shown(PUBLIC, false), "");
        assert_eq!(shown("http://localhost/", true), "");
    }
}
