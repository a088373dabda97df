//! Any text that crosses between Rust and JavaScript is only text: it changes nothing else and breaks nothing.

use proptest::prelude::*;
use sori_captcha::{
    captcha::{
        answer,
        event::Event,
        form,
        keys::{self, Press},
        part::Part,
        state::StateName,
        view::View,
    },
    config::{Attribute, Config},
    protocol::{Key, RESPONSE_PREFIX, classify, split_response},
};

use crate::browser::Browser;

/// Texts that have caused problems somewhere: control characters, separators, direction marks, markup.
const AWKWARD: [&str; 25] = [
    "",
    "\u{1d}",
    "\u{1e}",
    "\u{1f}",
    "\0",
    "\u{7f}",
    "\r\n",
    "\u{fffd}",
    "\u{feff}",
    "\u{202e}",
    "\u{2066}",
    "\u{200f}",
    "<script>",
    "\"'>",
    "{play}",
    "{}",
    "{key}",
    "%1e",
    ":",
    "/",
    "..",
    "ka_",
    "１",
    "일",
    "\u{1f600}",
];

/// The awkward texts, any others, and long ones.
fn text() -> impl Strategy<Value = String> {
    let awkward = prop::sample::select(AWKWARD.to_vec());
    prop_oneof![
        4 => prop::collection::vec(prop_oneof![awkward.prop_map(str::to_owned), any::<String>()], 0..6)
            .prop_map(|parts| parts.concat()),
        1 => (any::<char>(), 1usize..2000).prop_map(|(c, times)| c.to_string().repeat(times)),
    ]
}

/// The form's fields with a captcha that has this one attribute besides a usual endpoint and name.
fn check_attribute(attribute: Attribute, value: &str) {
    let values = [
        (Attribute::Endpoint, "/captcha"),
        (Attribute::Name, "captcha"),
        (attribute, value),
    ];
    let read = |asked: Attribute| {
        let named = values.iter().rev().find(|(name, _)| *name == asked);
        named.map(|(_, value)| (*value).to_owned())
    };
    let mut warnings = Vec::new();
    let config = Config::read(read, |warning| warnings.push(warning.attribute));
    let name = config.name.clone();
    let complete = config.is_complete();
    if complete {
        // Whatever the URLs are made of, the key is a separate segment of the path.
        let key = Key::parse("t521bp3qM7Qyk2X2").expect("it is a key");
        assert!(config.audio(&key).contains("t521bp3qM7Qyk2X2"));
    }
    let mut browser = Browser::with(config);
    browser.captcha.configured = complete;
    browser.tell(Event::Consent(true));
    if complete {
        browser.listen();
        browser.type_answer("12345");
        assert_ne!(browser.state(), StateName::Loading);
    } else {
        // Without an endpoint there is nothing to play. The author of the page gets a warning, and nothing waits.
        assert_eq!(attribute, Attribute::Endpoint);
        assert!(value.is_empty() || value.contains('#'), "{value}");
        assert!(warnings.contains(&Attribute::Endpoint));
        browser.press_play();
        assert!(browser.request.is_none());
    }
    for (part, _) in form::entries(&browser.captcha) {
        let end = part.strip_prefix(&name);
        assert!(
            end.is_some_and(|end| ENTRIES.contains(&end)),
            "{attribute:?}={value:?}: {part:?}"
        );
    }
}

/// The endings of the names of the form's fields.
const ENTRIES: [&str; 5] = ["-key", "-answer", "-response", "-error", "-consent"];

/// No value of any attribute changes another field of the form, or keeps the captcha from working.
#[test]
fn no_awkward_attribute_breaks_the_form() {
    for attribute in Attribute::ALL {
        for value in AWKWARD {
            check_attribute(attribute, value);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// A text of the page appears exactly as it is, and the rest of the view is the same as with any other text.
    #[test]
    fn what_the_site_says_is_shown_as_it_is(said in text().prop_filter("empty says nothing", |text| !text.is_empty())) {
        let mut browser = Browser::new(&[]);
        let mut plain = Browser::new(&[]);
        for (browser, text) in [(&mut browser, said.as_str()), (&mut plain, "no")] {
            browser.listen();
            browser.type_answer("12345");
            browser.reject(text);
        }
        prop_assert_eq!(browser.text(Part::Error), said);
        prop_assert_eq!(View::of(&browser.captcha), View::of(&plain.captcha));
    }

    #[test]
    fn no_attribute_breaks_the_form(attribute in prop::sample::select(Attribute::ALL.to_vec()), value in text()) {
        check_attribute(attribute, &value);
    }

    /// The server gets back exactly what was typed, and nothing else.
    #[test]
    fn an_answer_comes_back_from_its_response(typed in text()) {
        let mut browser = Browser::new(&[]);
        browser.listen();
        browser.type_answer(&typed);
        let entries = form::entries(&browser.captcha);
        if let Some((_, response)) = entries.iter().find(|(name, _)| name == "captcha-response") {
            prop_assert!(response.starts_with(RESPONSE_PREFIX));
            prop_assert!(response.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)));
            let (_, answer) = split_response(response).expect("it holds key and answer");
            let normalised = answer::normalise(&typed);
            prop_assert_eq!(answer.as_ref(), normalised.as_str());
        } else {
            prop_assert!(answer::is_empty(&typed));
        }
    }

    #[test]
    fn no_key_is_more_than_its_one_act(key in text(), modified: bool, composing: bool, taken: bool, shortcuts: bool) {
        let act = keys::press(Press { key: &key, modified, composing, taken }, shortcuts);
        let steers = [".", ",", "/", "Enter"].contains(&key.as_str());
        prop_assert!(act.is_none() || steers || key.chars().count() == 1, "{key:?}");
        prop_assert!(keys::typed(&key, false).is_none());
        let types = !modified && key.chars().count() == 1;
        prop_assert_eq!(keys::is_printable(&key, modified), types);
    }

    #[test]
    fn what_the_backend_answers_is_read_without_trust(key in text(), code in text(), naver_code in text(), status: u16) {
        if let Some(key) = Key::parse(&key) {
            prop_assert!(key.as_str().bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)));
        }
        // The result is always one of the codes, and the widget has a text for it.
        let code = classify(status, Some(&code), Some(&naver_code));
        prop_assert!(!code.to_string().is_empty());
    }
}
