//! What the console tells a page's developer.

use super::{address::Refusal, choice::Source};

/// What is at fault, and why. A warning never repeats a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The attribute, or the part of the page.
    pub at_fault: &'static str,
    /// What was expected, and what happens now.
    pub fault: &'static str,
}

/// The `type` attribute is none of the six letters.
pub static LOOK: Warning = Warning {
    at_fault: "attribute type",
    fault: " must be a letter from a to f; f is shown",
};

/// The `popup` attribute is no size.
pub static POPUP: Warning = Warning {
    at_fault: "attribute popup",
    fault: " must be WIDTHxHEIGHT in CSS pixels, 100 to 9999 each; the link opens a tab",
};

/// The `theme` attribute is none of the three.
pub static THEME: Warning = Warning {
    at_fault: "attribute theme",
    fault: " must be auto, light or dark; auto is used",
};

/// What is wrong with a URL: its refusal, or that credentials were taken out of it.
#[must_use]
pub fn about(source: Source, judged: Result<bool, Refusal>) -> Option<&'static Warning> {
    const fn faults(at_fault: &'static str) -> [Warning; 3] {
        let credentials = " holds a user name or password; it is shared without them";
        let scheme = " must be an http: or https: URL; nothing can be shared";
        let local = " is a local or private address, out of NAVER's reach; nothing can be shared";
        [
            Warning {
                at_fault,
                fault: credentials,
            },
            Warning {
                at_fault,
                fault: scheme,
            },
            Warning {
                at_fault,
                fault: local,
            },
        ]
    }
    // In the order of `Source`.
    static ALL: [[Warning; 3]; 4] = [
        faults("attribute url"),
        faults("<link rel=canonical>"),
        faults("<meta property=og:url>"),
        faults("the page's address (attribute url names another)"),
    ];
    let [credentials, scheme, local] = &ALL[source as usize];
    match judged {
        Ok(false) => None,
        Ok(true) => Some(credentials),
        Err(Refusal::Scheme) => Some(scheme),
        Err(Refusal::Local) => Some(local),
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn a_warning_names_the_attribute_and_what_was_expected() {
        let local = about(Source::Location, Err(Refusal::Local)).unwrap();
        let scheme = about(Source::Attribute, Err(Refusal::Scheme)).unwrap();
        for (warning, name) in [
            (&LOOK, "type"),
            (&POPUP, "popup"),
            (&THEME, "theme"),
            (local, "url"),
            (scheme, "url"),
        ] {
            let Warning { at_fault, fault } = warning;
            assert!(
                at_fault.contains(&format!("attribute {name}")),
                "{at_fault}"
            );
            assert!(fault.starts_with(' ') && fault.contains(';'), "{fault}");
        }
    }

    #[test]
    fn a_good_url_is_nothing_to_warn_of() {
        for source in Source::ALL {
            assert_eq!(about(source, Ok(false)), None);
            assert!(about(source, Ok(true)).is_some());
        }
    }
}
