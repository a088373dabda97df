//! What is shown, as a pure function of what was resolved.

use super::{act::Session, address::Refusal, look::Look, text::Texts};

/// What the page's URL and title came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The URL that is shared.
    pub url: String,
    /// Its title; empty if there is none.
    pub title: String,
    /// The link to NAVER's share page.
    pub link: String,
}

/// Everything that can be seen or heard of a button, but for the status line.
#[derive(Debug, PartialEq, Eq)]
pub struct View<'a> {
    /// The size and arrangement.
    pub look: Look,
    /// Where the link leads; `None` disables link and buttons, and [`View::explanation`] says why.
    pub href: Option<&'a str>,
    /// The caption, visible where the look has room for it.
    pub caption: &'static str,
    /// The rest of the link's accessible name, never visible.
    pub new_window: &'static str,
    /// The label of the button for the system's share sheet, if there is one.
    pub sheet: Option<&'static str>,
    /// The label of the copy button, if there is one.
    pub copy: Option<&'static str>,
    /// The URL in a field of its own, to be copied by hand.
    pub address: Option<&'a str>,
    /// The name of that field.
    pub address_label: &'static str,
    /// Why nothing can be shared; the link and the buttons are described by it.
    pub explanation: Option<&'static str>,
}

/// The attributes and abilities that decide which buttons there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The size and arrangement.
    pub look: Look,
    /// The `copy` attribute.
    pub copy: bool,
    /// The `native` attribute, and a browser that has a share sheet.
    pub sheet: bool,
}

/// The view of a button.
///
/// ```
/// use sori_captcha::share::{act::Session, address::Refusal, text::EN, view::{Options, view}};
/// let shown = view(Err(Refusal::Local), Options::default(), Session::default(), &EN);
/// assert_eq!(shown.href, None);
/// assert_eq!(shown.explanation, Some("This address is not on the public web, so it cannot be shared."));
/// ```
#[must_use]
pub fn view<'a>(
    target: Result<&'a Target, Refusal>,
    options: Options,
    session: Session,
    texts: &Texts,
) -> View<'a> {
    let target = target.ok();
    View {
        look: options.look,
        href: target.map(|target| target.link.as_str()),
        caption: texts.share,
        new_window: texts.new_window,
        sheet: options.sheet.then_some(texts.sheet),
        copy: options.copy.then_some(texts.copy),
        address: target
            .filter(|_| options.copy && session.reveals_url())
            .map(|target| target.url.as_str()),
        address_label: texts.address,
        explanation: target.is_none().then_some(texts.refused),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::share::{
        act::Event,
        text::{EN, KO},
    };

    fn target() -> Target {
        Target {
            url: "https://example.com/".into(),
            title: "소리".into(),
            link: "https://share.naver.com/web/shareView?url=…".into(),
        }
    }

    #[test]
    fn a_button_is_either_a_link_or_explained() {
        let target = target();
        for texts in [&KO, &EN] {
            for look in Look::ALL {
                for given in [Ok(&target), Err(Refusal::Scheme)] {
                    let options = Options {
                        look,
                        copy: true,
                        sheet: true,
                    };
                    let shown = view(given, options, Session::default(), texts);
                    assert_ne!(shown.href.is_some(), shown.explanation.is_some());
                    assert!(!shown.caption.is_empty() && !shown.new_window.is_empty());
                }
            }
        }
    }

    #[test]
    fn the_accessible_name_starts_with_the_visible_caption() {
        let target = target();
        let shown = view(Ok(&target), Options::default(), Session::default(), &KO);
        assert_eq!(
            (shown.caption, shown.new_window),
            ("네이버로 공유", "(새 창)")
        );
    }

    #[test]
    fn the_buttons_are_there_only_when_asked_for() {
        let target = target();
        let plain = view(Ok(&target), Options::default(), Session::default(), &KO);
        assert_eq!((plain.copy, plain.sheet), (None, None));
    }

    #[test]
    fn the_url_is_shown_after_a_failed_copy_and_hidden_with_the_copy_button() {
        let target = target();
        let mut session = Session::default();
        session.step(Event::Copy, true);
        session.step(Event::CopyFailed, true);
        let with = Options {
            copy: true,
            ..Options::default()
        };
        assert_eq!(
            view(Ok(&target), with, session, &KO).address,
            Some("https://example.com/")
        );
        assert_eq!(
            view(Ok(&target), Options::default(), session, &KO).address,
            None
        );
        assert_eq!(view(Err(Refusal::Local), with, session, &KO).address, None);
    }
}
