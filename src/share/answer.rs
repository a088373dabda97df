//! The whole button as one function. It takes two numbers and a record, and gives a record. The shell has no rule and
//! the module has no state. So nothing needs to be freed, and a nested call cannot find a half-changed state.

use alloc::string::String;

use super::{
    act::{Action, Event, Reaction, Session},
    button::Button,
    facts::{Facts, UNIT},
    view::{View, view},
    warning::Warning,
};
use crate::error::ErrorCode;

/// Takes an [`Event`] by its number, the session by its bits, and the [`Facts`] by their record.
///
/// The answer's fields, separated by [`UNIT`]: the session's bits; a letter for the action; whether there is an
/// announcement, and its text; the type of an event for the page, its `via`, its `code`, and whether that code is
/// retryable; URL and title; the popup's size; the [`super::view::View`]; then the warnings, one field each. An empty
/// field stands for nothing.
///
/// ```
/// use sori_captcha::share::{act::Event, answer::answer};
/// let facts = "https://example.com/ example.com\u{1f}\u{1f}\u{1f}\u{1f}소리";
/// let answer = answer(Event::Copy as u32, 0, facts);
/// let fields: Vec<_> = answer.split('\u{1f}').collect();
/// assert_eq!(fields[..2], ["1", "c"]);
/// assert_eq!(fields[8..10], ["https://example.com/", "소리"]);
/// ```
#[must_use]
pub fn answer(event: u32, session: u32, facts: &str) -> String {
    let facts = Facts::read(facts);
    let button = Button::read(&facts);
    let mut session = Session::from_bits(session);
    let event = match Event::numbered(event) {
        Event::Window if button.settings.popup.is_none() => Event::Link,
        event => event,
    };
    let Reaction {
        action,
        say,
        signal,
    } = session.step(event, button.target.is_ok());

    let mut answer = String::new();
    answer.push(char::from(b'0' + session.bits()));
    let mut answer = Record(answer);
    answer.field(action.map_or("", Action::letter));
    answer.flag(say.is_some());
    answer.field(say.map_or("", |message| button.texts().message(message)));
    answer.field(signal.map_or("", |signal| signal.kind));
    answer.field(signal.map_or("", |signal| signal.via));
    let code = signal.and_then(|signal| signal.code);
    answer.field(code.map_or("", ErrorCode::as_str));
    answer.flag(code.is_some_and(ErrorCode::is_retryable));
    let (url, title) = match &button.target {
        Ok(target) => (target.url, target.title),
        Err(_) => ("", ""),
    };
    answer.field(url);
    answer.field(title);
    answer.field(button.settings.popup.unwrap_or_default());
    show(&mut answer, &view(&button, session));
    for Warning { at_fault, fault } in button.warnings.iter().flatten() {
        answer.field(at_fault);
        answer.0.push_str(fault);
    }
    answer.0
}

struct Record(String);

impl Record {
    // This function is called from many places: inlined, it would cost more than everything else.
    #[inline(never)]
    fn field(&mut self, text: &str) {
        self.0.push(UNIT);
        self.0.push_str(text);
    }

    fn flag(&mut self, holds: bool) {
        self.field(if holds { "1" } else { "" });
    }
}

/// The fields of a view, in order.
fn show(answer: &mut Record, view: &View<'_>) {
    answer.field(view.look.letter());
    answer.field(view.locale.tag());
    answer.field(view.href);
    answer.field(view.caption);
    answer.field(view.hint);
    answer.field(view.sheet);
    answer.field(view.copy);
    answer.field(view.address);
    answer.field(view.address_label);
    answer.field(view.explanation);
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PUBLIC: &str = "https://e.kr/ e.kr";

    fn fields(event: Event, session: u32, facts: &[&str]) -> Vec<String> {
        let facts = facts.join("\u{1f}");
        let answer = answer(event as u32, session, &facts);
        answer.split(UNIT).map(String::from).collect()
    }

    #[test]
    fn a_refresh_only_shows() {
        let fields = fields(Event::Refresh, 0, &[PUBLIC]);
        assert_eq!(fields.len(), 21);
        assert_eq!(fields[..8], ["0", "", "", "", "", "", "", ""]);
        assert_eq!(fields[11], "f");
        assert!(fields[13].starts_with("https://share.naver.com/"));
    }

    #[test]
    fn a_refused_press_says_why_and_carries_a_code() {
        let facts = [
            "http://localhost/ localhost",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "ko",
        ];
        let fields = fields(Event::Link, 0, &facts);
        assert_eq!(
            fields[..10],
            [
                "0",
                "x",
                "1",
                "인터넷에 공개된 주소가 아니어서 공유할 수 없습니다.",
                "sori-error",
                "link",
                "config_error",
                "",
                "",
                ""
            ]
        );
        assert!(fields[21].starts_with("attribute url is a local"));
    }

    #[test]
    fn a_press_opens_a_window_only_where_the_page_asks_for_one() {
        let popup = |size| {
            fields(
                Event::Window,
                0,
                &[PUBLIC, "", "", "", "", "", "", "", size],
            )
        };
        assert_eq!(popup("600x500")[1], "w");
        assert_eq!(popup("600x500")[10], "600x500");
        for size in ["", "big"] {
            assert_eq!((&*popup(size)[1], &*popup(size)[4]), ("", "sori-shared"));
        }
    }

    #[test]
    fn a_failed_copy_can_be_tried_again_and_shows_the_url() {
        let facts = [PUBLIC, "", "", "", "", "", "", "", "", "", "1"];
        let fields = fields(Event::CopyFailed, 1, &facts);
        assert_eq!(fields[0], "4");
        assert_eq!(fields[4..8], ["sori-error", "copy", "internal_error", "1"]);
        assert_eq!(fields[18], "https://e.kr/");
    }

    proptest! {
        #[test]
        fn every_call_is_answered_in_full(event: u32, session: u32, facts in "(.|\u{1f})*") {
            let answer = answer(event, session, &facts);
            prop_assert!(answer.split(UNIT).count() >= 21);
        }
    }
}
