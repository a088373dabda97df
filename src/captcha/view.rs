//! What is shown: a pure function of the captcha, so that every label is tested without a browser.

use super::{
    form,
    messages::{Catalog, Message, push_number},
    state::{Captcha, Phase, Playback, Ready, StateName, Verdict},
    template::Part,
};
use crate::config::Verify;

/// Parts two records.
pub const RECORD: char = '\u{1e}';
/// Parts the fields of a record.
pub const UNIT: char = '\u{1f}';

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

/// Everything that is shown at one time, as records of part, attribute and value. No attribute stands
/// for the text, no value for an absent attribute. Every view has the same records in the same order,
/// so that the painter can compare them with those painted last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View(String);

const ICON_PLAY: &str = "M4 2.5v11l9-5.5z";
const ICON_PAUSE: &str = "M4 3h3v10H4zM9 3h3v10H9z";

impl View {
    /// What is shown of a captcha.
    #[must_use]
    pub fn of(captcha: &Captcha, catalog: &Catalog, around: &Surroundings) -> Self {
        let mut view = Self(String::new());
        view.host(captcha, catalog);
        view.surface(captcha, catalog);
        view.answer(captcha, catalog, around);
        view.transport(captcha, catalog, around);
        view.progress(captcha, catalog);
        let status = captcha
            .status
            .shown()
            .map(|text| catalog.render(text))
            .unwrap_or_default();
        view.text(Part::Status, &status);
        view
    }

    /// As it is painted.
    #[must_use]
    pub fn records(&self) -> &str {
        &self.0
    }

    /// As it is painted.
    #[must_use]
    pub fn into_records(self) -> String {
        self.0
    }

    /// What a part's attribute holds; with no attribute, its text.
    #[must_use]
    pub fn get(&self, part: Part, attribute: &str) -> Option<&str> {
        let mut head = String::new();
        push_number(&mut head, part as u32);
        self.0.split(RECORD).find_map(|record| {
            let (of, rest) = record.split_once(UNIT)?;
            let (name, value) = rest.split_once(UNIT)?;
            (of == head && name == attribute).then_some(value)
        })
    }

    /// Every text of the view, with its part's number: nothing that is read out is anywhere else.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.split(RECORD).filter_map(|record| {
            let (part, rest) = record.split_once(UNIT)?;
            let (name, value) = rest.split_once(UNIT)?;
            name.is_empty().then_some((part, value))
        })
    }

    #[inline(never)]
    fn row(&mut self, part: Part, attribute: &str, value: Option<&str>) {
        if !self.0.is_empty() {
            self.0.push(RECORD);
        }
        push_number(&mut self.0, part as u32);
        self.0.push(UNIT);
        self.0.push_str(attribute);
        if let Some(value) = value {
            self.0.push(UNIT);
            self.0.push_str(value);
        }
    }

    fn text(&mut self, part: Part, text: &str) {
        self.row(part, "", Some(text));
    }

    fn flag(&mut self, part: Part, attribute: &str, holds: bool) {
        self.row(part, attribute, holds.then_some("true"));
    }

    fn host(&mut self, captcha: &Captcha, catalog: &Catalog) {
        self.row(Part::Host, "state", Some(captcha.state().as_str()));
        self.row(Part::Host, "label", Some(catalog.get(Message::Group)));
        let mut validity = String::new();
        if let Some((flaw, text)) = form::flaw(captcha) {
            validity.push_str(flaw.as_str());
            validity.push(UNIT);
            validity.push_str(&catalog.render(text));
        }
        self.row(Part::Host, "flaw", Some(&validity));
        self.row(Part::Host, "fields", Some(&form::entries(captcha, UNIT)));
        self.row(Part::Wrapper, "lang", Some(catalog.tag()));
        self.row(
            Part::Wrapper,
            "dir",
            Some(crate::locale::direction(catalog.tag())),
        );
        self.row(
            Part::Wrapper,
            "data-theme",
            Some(captcha.config.theme.as_str()),
        );
    }

    fn surface(&mut self, captcha: &Captcha, catalog: &Catalog) {
        const TEXTS: [(Part, Message); 12] = [
            (Part::Label, Message::Label),
            (Part::Hint, Message::Instruction),
            (Part::Keys, Message::KeysHint),
            (Part::Notice, Message::Notice),
            (Part::ConsentText, Message::Consent),
            (Part::Back, Message::Back),
            (Part::Forward, Message::Forward),
            (Part::Slower, Message::Slower),
            (Part::Faster, Message::Faster),
            (Part::Renew, Message::Renew),
            (Part::VolumeText, Message::Volume),
            (Part::Check, Message::Check),
        ];
        const CONTROLS: [Part; 10] = [
            Part::Answer,
            Part::ConsentBox,
            Part::Play,
            Part::Back,
            Part::Forward,
            Part::Slower,
            Part::Faster,
            Part::Renew,
            Part::Volume,
            Part::Check,
        ];
        for (part, message) in TEXTS {
            self.text(part, catalog.get(message));
        }
        for part in CONTROLS {
            self.flag(part, "disabled", captcha.disabled);
        }
        self.flag(Part::Keys, "hidden", !captcha.config.shortcuts);
        self.flag(Part::Consent, "hidden", !captcha.config.consent);
        self.flag(
            Part::Check,
            "hidden",
            captcha.config.verify != Verify::Inline,
        );
    }

    fn answer(&mut self, captcha: &Captcha, catalog: &Catalog, around: &Surroundings) {
        let name = [&around.label, " ", catalog.get(Message::Label)].concat();
        self.row(
            Part::Answer,
            "aria-label",
            (!around.label.is_empty()).then_some(&name),
        );
        self.text(Part::More, &around.description);
        let rendered;
        let verdict = match &captcha.verdict {
            None => "",
            Some(Verdict::Ours(text)) => {
                rendered = catalog.render(*text);
                &rendered
            }
            Some(Verdict::Site(text)) => text,
        };
        self.text(Part::Error, verdict);
        self.flag(Part::Error, "hidden", verdict.is_empty());
        self.flag(Part::Answer, "aria-invalid", !verdict.is_empty());
        self.flag(Part::Answer, "aria-required", captcha.config.required);
        self.flag(Part::Answer, "readonly", captcha.is_settled());
        let described = if captcha.config.shortcuts {
            "more error hint keys"
        } else {
            "more error hint"
        };
        // A description that is read over the digits hides them.
        self.row(
            Part::Answer,
            "aria-describedby",
            (!captcha.is_sounding()).then_some(described),
        );
    }

    fn transport(&mut self, captcha: &Captcha, catalog: &Catalog, around: &Surroundings) {
        // The name changes at the press, before the lead-in: a press is answered at once.
        let (name, icon) = match &captcha.phase {
            Phase::Loading(loading) if loading.play => (Message::Pause, ICON_PAUSE),
            Phase::Ready(Ready {
                playback: Playback::LeadIn { .. } | Playback::Playing,
                ..
            }) => (Message::Pause, ICON_PAUSE),
            Phase::Over(_) => (Message::PlayNew, ICON_PLAY),
            _ => (Message::Play, ICON_PLAY),
        };
        self.text(Part::PlayText, catalog.get(name));
        self.row(Part::PlayIcon, "d", Some(icon));
        for part in [
            Part::Play,
            Part::Check,
            Part::Back,
            Part::Forward,
            Part::Renew,
        ] {
            self.flag(part, "aria-disabled", !captcha.can_use(part));
        }
        self.flag(Part::VolumeLabel, "hidden", !around.volume);
        self.number(Part::Volume, "value", captcha.volume);
    }

    fn number(&mut self, part: Part, attribute: &str, number: u32) {
        let mut text = String::new();
        push_number(&mut text, number);
        self.row(part, attribute, Some(&text));
    }

    fn progress(&mut self, captcha: &Captcha, catalog: &Catalog) {
        let state = captcha.state();
        let mut text = String::new();
        match state {
            StateName::Loading => self.row(Part::ProgressBar, "value", None),
            _ => {
                self.number(Part::ProgressBar, "value", captcha.elapsed);
                if state == StateName::Playing {
                    text.push_str(catalog.get(Message::Playing));
                    text.push(' ');
                }
                push_number(&mut text, captcha.elapsed / 60);
                text.push(':');
                push_number(&mut text, captcha.elapsed % 60 / 10);
                push_number(&mut text, captcha.elapsed % 10);
            }
        }
        self.number(Part::ProgressBar, "max", captcha.length.max(1));
        self.text(Part::ProgressText, &text);
        let moving = matches!(
            state,
            StateName::Playing | StateName::Paused | StateName::Loading
        );
        self.flag(Part::Progress, "hidden", !moving);
    }
}

impl Captcha {
    /// Whether nothing more is to be typed.
    fn is_settled(&self) -> bool {
        matches!(self.phase, Phase::Checking(_) | Phase::Verified { .. })
    }

    /// Whether a button does something now. One that does not stays focusable: a natively disabled
    /// button drops the focus in WebKit.
    #[must_use]
    pub fn can_use(&self, part: Part) -> bool {
        match part {
            Part::Play | Part::Check => !self.is_settled(),
            Part::Back | Part::Forward | Part::Renew => matches!(self.phase, Phase::Ready(_)),
            _ => true,
        }
    }
}
