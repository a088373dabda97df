//! The keyboard keys that work in the answer box. They are matched by character, never by position, because layouts
//! differ.

/// What a keyboard key in the box does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyAct {
    /// `.` plays or pauses.
    Toggle,
    /// `,` goes back.
    Back,
    /// `/` goes forward.
    Forward,
    /// Enter submits, as in a native field.
    Enter,
}

/// One press, as `keydown` reports it.
#[derive(Clone, Copy, Debug)]
pub struct Press<'a> {
    /// `KeyboardEvent.key`
    pub key: &'a str,
    /// Ctrl, Alt or Meta is held.
    pub modified: bool,
    /// An input method is at work (`isComposing`).
    pub composing: bool,
    /// The key code is 229: the input method handles the press, and `beforeinput` reports the character.
    pub taken: bool,
}

/// What a press does; `None` if it types a character.
#[must_use]
pub fn press(press: Press<'_>, shortcuts: bool) -> Option<KeyAct> {
    if press.modified || press.composing {
        return None;
    }
    if press.key == "Enter" {
        // Safari ends the composition first and then reports the Enter key with 229.
        return (!press.taken).then_some(KeyAct::Enter);
    }
    if press.taken {
        None
    } else {
        typed(press.key, shortcuts)
    }
}

/// What a character does that is about to be typed, for keyboards whose `keydown` does not name the character.
#[must_use]
pub fn typed(text: &str, shortcuts: bool) -> Option<KeyAct> {
    if !shortcuts {
        return None;
    }
    // East Asian input methods have other characters on the same keys.
    match only_character(text)? {
        '.' | '．' | '。' => Some(KeyAct::Toggle),
        ',' | '，' | '、' => Some(KeyAct::Back),
        '/' | '／' | '・' => Some(KeyAct::Forward),
        _ => None,
    }
}

fn only_character(text: &str) -> Option<char> {
    let mut characters = text.chars();
    let first = characters.next()?;
    characters.as_str().is_empty().then_some(first)
}

/// Whether a key would type a character: such presses stay in the shadow root, so that a site's
/// single-key shortcuts do not fire.
#[must_use]
pub fn is_printable(key: &str, modified: bool) -> bool {
    !modified && only_character(key).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(key: &str) -> Press<'_> {
        Press {
            key,
            modified: false,
            composing: false,
            taken: false,
        }
    }

    #[test]
    fn space_is_never_a_shortcut() {
        assert_eq!(press(plain(" "), true), None);
        assert_eq!(typed(" ", true), None);
    }

    #[test]
    fn a_press_that_an_input_method_took_acts_by_its_character_alone() {
        assert_eq!(
            press(
                Press {
                    taken: true,
                    ..plain(".")
                },
                true
            ),
            None
        );
        assert_eq!(press(plain("Process"), true), None);
        assert_eq!(press(plain("Unidentified"), true), None);
        assert_eq!(typed(".", true), Some(KeyAct::Toggle));
    }

    #[test]
    fn enter_while_composing_sends_nothing() {
        assert_eq!(
            press(
                Press {
                    composing: true,
                    ..plain("Enter")
                },
                true
            ),
            None
        );
        assert_eq!(
            press(
                Press {
                    taken: true,
                    ..plain("Enter")
                },
                true
            ),
            None
        );
        assert_eq!(press(plain("Enter"), true), Some(KeyAct::Enter));
    }

    #[test]
    fn shortcuts_off_leaves_only_enter() {
        for key in [".", ",", "/"] {
            assert_eq!(press(plain(key), false), None);
        }
        assert_eq!(press(plain("Enter"), false), Some(KeyAct::Enter));
    }

    #[test]
    fn modified_presses_belong_to_the_browser() {
        assert_eq!(
            press(
                Press {
                    modified: true,
                    ..plain("/")
                },
                true
            ),
            None
        );
        assert!(!is_printable("a", true));
        assert!(is_printable("가", false) && !is_printable("Tab", false));
    }
}
