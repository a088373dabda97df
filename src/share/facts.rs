//! What the shell finds out about the page and the element.

use crate::names::names;

names! {
    /// A text that the page or the element may have.
    pub enum Fact in fact {
        /// The `url` attribute. It is resolved and serialised by the browser, as are the other three URLs.
        Url = "url",
        /// The page's `<link rel="canonical">`.
        CanonicalUrl = "canonicalUrl",
        /// The page's `<meta property="og:url">`.
        OpenGraphUrl = "openGraphUrl",
        /// The page's own address, without its fragment.
        DocumentUrl = "documentUrl",
        /// The `share-title` attribute.
        ShareTitle = "shareTitle",
        /// The page's `<meta property="og:title">`.
        OpenGraphTitle = "openGraphTitle",
        /// The document's title.
        DocumentTitle = "documentTitle",
        /// The `type` attribute.
        Type = "type",
        /// The `popup` attribute.
        Popup = "popup",
        /// The `theme` attribute.
        Theme = "theme",
        /// The language tag that holds for the element.
        Language = "language",
    }
}

names! {
    /// A button beside the link, which the page may ask for.
    pub enum Extra in extra {
        /// The `copy` attribute.
        Copy = "copy",
        /// The `native` attribute, in a browser that has a share sheet.
        Sheet = "sheet",
    }
}

/// All facts. A text is empty if the page says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts<'a> {
    /// In the order of [`super::choice::Source`].
    pub urls: [&'a str; 4],
    /// In the order in which they are preferred.
    pub titles: [&'a str; 3],
    /// [`Fact::Type`].
    pub look: &'a str,
    /// [`Fact::Popup`].
    pub popup: &'a str,
    /// [`Fact::Theme`].
    pub theme: &'a str,
    /// [`Fact::Language`].
    pub language: &'a str,
    /// [`Extra::Copy`].
    pub copy: bool,
    /// [`Extra::Sheet`].
    pub sheet: bool,
}

impl<'a> Facts<'a> {
    /// Asks for each fact by its name.
    pub fn read(text: impl Fn(Fact) -> &'a str, asks_for: impl Fn(Extra) -> bool) -> Self {
        Self {
            urls: [
                Fact::Url,
                Fact::CanonicalUrl,
                Fact::OpenGraphUrl,
                Fact::DocumentUrl,
            ]
            .map(&text),
            titles: [Fact::ShareTitle, Fact::OpenGraphTitle, Fact::DocumentTitle].map(&text),
            look: text(Fact::Type),
            popup: text(Fact::Popup),
            theme: text(Fact::Theme),
            language: text(Fact::Language),
            copy: asks_for(Extra::Copy),
            sheet: asks_for(Extra::Sheet),
        }
    }
}
