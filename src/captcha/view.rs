//! What is shown: a pure function of the captcha, so that every label is tested without a browser.

// `String::push` brings the encoding of every character.
#![allow(clippy::single_char_add_str)]

use super::{
    description, form,
    messages::{Catalog, Message, Text},
    state::{Captcha, Focus, StateName, Telling, Verdict},
    status::AGAIN,
    template::{HOST, Part, TEMPLATE},
};
use crate::{
    config::Verify,
    locale::direction,
    text::{push, push_number},
};

/// Begins a record.
pub const RECORD: &str = "\u{1e}";
/// Parts the fields of a record.
pub const UNIT: &str = "\u{1f}";
/// The same, to look for.
pub(crate) const UNIT_BYTE: u8 = UNIT.as_bytes()[0];

/// What the page around the element says.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// The text of the page's labels, else of the host's `aria-label`.
    pub label: String,
    /// The text that the host's `aria-describedby` names.
    pub description: String,
    /// Whether the device lets the page set the volume: iOS does not.
    pub volume: bool,
}

/// Everything that is shown at one time: the values of the element's own slots ([`HOST`])
/// and of those of the tree, in their order, each behind a [`RECORD`]. An absent attribute is empty. The
/// painter compares them with those painted last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View(String);

const ICON_PLAY: &str = "M4 2.5v11l9-5.5z";
const ICON_PAUSE: &str = "M4 3h3v10H4zM9 3h3v10H9z";

impl View {
    /// What is shown of a captcha.
    #[must_use]
    pub fn of(captcha: &Captcha, catalog: &Catalog, around: &Surroundings) -> Self {
        Self::after(String::new(), captcha, catalog, around)
    }

    /// The same, with this before it.
    pub(super) fn after(
        before: String,
        captcha: &Captcha,
        catalog: &Catalog,
        around: &Surroundings,
    ) -> Self {
        let mut view = Writer {
            out: before,
            captcha,
            catalog,
        };
        view.host();
        view.answer(around);
        view.notice();
        view.transport(around);
        view.progress();
        view.rendered(captcha.status.shown());
        view.again(captcha.status.is_second());
        let announced = captcha.is_told(Telling::Announced);
        view.verdict(announced);
        view.again(announced && !captcha.turn);
        Self(view.out)
    }

    /// As it is painted.
    #[must_use]
    pub fn into_records(self) -> String {
        self.0
    }
}

struct Writer<'a> {
    out: String,
    captcha: &'a Captcha,
    catalog: &'a Catalog,
}

impl Writer<'_> {
    #[inline(never)]
    fn value(&mut self, value: &str) {
        self.out.push_str(RECORD);
        self.out.push_str(value);
    }

    fn flag(&mut self, holds: bool) {
        self.value(if holds { "true" } else { "" });
    }

    fn number(&mut self, number: u32) {
        self.value("");
        push_number(&mut self.out, number);
    }

    fn say(&mut self, message: Message) {
        self.value(self.catalog.get(message));
    }

    /// The same, with its number in place.
    fn rendered(&mut self, text: Option<Text>) {
        self.value("");
        if let Some(text) = text {
            self.catalog.render(text, self.captcha, &mut self.out);
        }
    }

    fn again(&mut self, holds: bool) {
        if holds {
            self.out.push_str(AGAIN);
        }
    }

    fn host(&mut self) {
        self.value(self.captcha.state().as_str());
        self.say(Message::Group);
        self.value("");
        if let Some((flaw, text)) = form::flaw(self.captcha) {
            self.out.push_str(flaw.as_str());
            self.out.push_str(UNIT);
            match text {
                Verdict::Ours(text) => self.catalog.render(text, self.captcha, &mut self.out),
                Verdict::Site(text) => self.out.push_str(&text),
            }
        }
        self.value("");
        form::entries(self.captcha, UNIT, &mut self.out);
        self.value(self.catalog.tag());
        self.value(direction(self.catalog.tag()));
        self.value(self.captcha.config.theme.as_str());
    }

    fn answer(&mut self, around: &Surroundings) {
        let Self {
            captcha, catalog, ..
        } = *self;
        self.say(Message::Label);
        self.flag(captcha.disabled);
        self.flag(captcha.is_settled());
        self.value(&around.label);
        if !around.label.is_empty() {
            push(&mut self.out, &[" ", catalog.get(Message::Label)]);
        }
        self.flag(captcha.error_at() == Some(Focus::Answer));
        self.flag(captcha.config.required);
        self.value(captcha.description.ids());
        self.verdict(true);
        let hint = description::hint(captcha);
        self.rendered(hint.map(Text::from));
        self.flag(hint.is_none() || captcha.verdict.is_some());
        self.value(&around.description);
    }

    fn verdict(&mut self, there: bool) {
        match &self.captcha.verdict {
            Some((Verdict::Site(text), _)) if there => self.value(text),
            Some((Verdict::Ours(text), _)) if there => self.rendered(Some(*text)),
            _ => self.value(""),
        }
    }

    fn notice(&mut self) {
        let missing = self.captcha.error_at() == Some(Focus::Consent);
        self.say(self.captcha.notice());
        self.flag(!self.captcha.config.consent);
        self.flag(self.captcha.disabled);
        self.flag(missing);
        self.value(if missing { "error notice" } else { "notice" });
        self.say(Message::Consent);
    }

    fn transport(&mut self, around: &Surroundings) {
        let captcha = self.captcha;
        let name = captcha.play_name();
        let icon = match name {
            Message::Pause => ICON_PAUSE,
            _ => ICON_PLAY,
        };
        self.flag(captcha.disabled);
        self.unavailable(Part::Play);
        self.value(icon);
        self.say(name);
        self.control(Message::Back);
        self.unavailable(Part::Back);
        self.control(Message::Forward);
        self.unavailable(Part::Forward);
        self.control(Message::Slower);
        self.control(Message::Faster);
        self.control(Message::Renew);
        self.unavailable(Part::Renew);
        self.flag(!around.volume);
        self.control(Message::Volume);
        self.number(captcha.volume);
        let percent = Text::with(Message::VolumePercent, captcha.volume);
        self.rendered(Some(percent));
        self.control(Message::Check);
        self.unavailable(Part::Check);
        self.flag(captcha.config.verify != Verify::Inline);
    }

    fn control(&mut self, name: Message) {
        self.say(name);
        self.flag(self.captcha.disabled);
    }

    fn unavailable(&mut self, part: Part) {
        self.flag(!self.captcha.can_use(part));
    }

    fn progress(&mut self) {
        let elapsed = self.captcha.position / 1000;
        let length = self.captcha.length.div_ceil(1000);
        let state = self.captcha.state();
        let moving = matches!(
            state,
            StateName::Playing | StateName::Paused | StateName::Loading
        );
        self.flag(!moving);
        self.number(length.max(1));
        if state == StateName::Loading {
            // No value: nobody knows how long it takes.
            self.value("");
            return self.value("");
        }
        self.number(elapsed);
        if state == StateName::Playing {
            self.say(Message::Playing);
            self.out.push_str(" ");
        } else {
            self.value("");
        }
        push_number(&mut self.out, elapsed / 60);
        self.out.push_str(":");
        push_number(&mut self.out, elapsed % 60 / 10);
        push_number(&mut self.out, elapsed % 10);
    }
}

impl View {
    /// What a part's attribute holds, none where it is absent; with no attribute, its text.
    #[must_use]
    pub fn get(&self, part: Part, attribute: &str) -> Option<&str> {
        let attribute = if attribute.is_empty() {
            "text"
        } else {
            attribute
        };
        let mut slots = slots().zip(self.0.split(RECORD).skip(1));
        let (_, value) = slots.find(|(slot, _)| *slot == (part as usize, attribute))?;
        (attribute == "text" || !value.is_empty()).then_some(value)
    }
}

/// The parts and names of all slots, in order.
fn slots() -> impl Iterator<Item = (usize, &'static str)> {
    let host = HOST.split(' ').map(|name| (Part::Host as usize, name));
    host.chain(TEMPLATE.lines().enumerate().flat_map(|(part, line)| {
        let words = line.split(' ').skip(2).filter(|word| !word.contains('='));
        words.map(move |name| (part, name))
    }))
}

impl Captcha {
    /// Whether there is a verdict, told in this way.
    fn is_told(&self, telling: Telling) -> bool {
        matches!(self.verdict, Some((_, as_it_is)) if as_it_is == telling)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn every_slot_has_its_value() {
        let captcha = Captcha::new(Config::default(), false, String::new());
        let view = View::of(&captcha, &Catalog::default(), &Surroundings::default());
        assert_eq!(view.0.split(RECORD).skip(1).count(), slots().count());
        assert_eq!(view.get(Part::Status, ""), Some(""));
        assert_eq!(view.get(Part::Volume, "value"), Some("100"));
        assert_eq!(view.get(Part::Check, "hidden"), Some("true"));
    }
}
